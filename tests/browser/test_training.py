"""The Training lab in a browser: what the page shows of a race is held against the arrays of that race."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from app.config import Settings
from app.pictures.colours import colours
from app.services.model_store import fingerprint_of
from app.services.twins import untrained_twin
from cnn_core.models import load_model
from cnn_core.models.base import Model
from cnn_core.preprocess import InputSpec, to_tensor
from cnn_core.training.last_layer import solve
from cnn_core.training.race.gradient import TOLERANCE, gradient_of_weight, watch_step
from cnn_core.training.race.race import Race
from tests.api.live import Live, served, until
from tests.api.test_training_tasks import MNIST
from tests.browser.conftest import PHONE, Complaints, OpenPage, wait_until
from tests.browser.looks import FITS, seems_right, violations
from tests.browser.seen import CANVAS, rgba

SHORT = "/train?passes=1&batch=128&filter=2&row=1&column=3"
"""A race of 16 steps."""


SEEN = f"""() => {{
  const seen = ({CANVAS})(document.querySelector(".test canvas"));
  return [seen, ...[...document.querySelectorAll(".score-row .cell")].map((cell) => cell.textContent)];
}}"""
"""The test picture that is shown and the answer beside it, which were painted together."""


@pytest.fixture(scope="module")
def races(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with served(Settings(data_folder=tmp_path_factory.mktemp("data"))) as live:
        yield live


@pytest.fixture
def open_lab(races: Live, complaints: Complaints, open_page: OpenPage) -> OpenPage:
    complaints.home = str(races.client.base_url).rstrip("/")

    def open_at(address: str, **options: object) -> Page:
        page = open_page(complaints.home + address, ready=False, **options)
        page.wait_for_selector("race-learnt .filters")
        page.wait_for_url("**run=*")
        return page

    return open_at


def raced(open_lab: OpenPage) -> Page:
    """A page whose race has come to its end."""
    page = open_lab(SHORT)
    page.get_by_role("button", name="Start the race").click()
    ended(page)
    return page


def ended(page: Page) -> None:
    expect(page.locator("race-lead")).to_contain_text("its edge was", timeout=120_000)
    expect(page.locator(".sheet-head small").first).to_have_text("at step 16")


@pytest.fixture(scope="module")
def finished(races: Live) -> str:
    """The address of such a race, which nobody looked at on its way."""
    settings = {"passes": 1, "batch": 128}
    run = races.client.post("/api/training/runs", json={"settings": settings}).json()["id"]
    order = f"/api/training/runs/{run}/orders"
    assert races.client.post(order, json={"order": "go"}).json()["running"]
    until(lambda: not races.client.get(f"/api/training/runs/{run}").json()["running"])
    return f"/train?run={run}&filter=2&row=1&column=3"


@pytest.fixture
def open_finished(open_lab: OpenPage, finished: str) -> Page:
    page = open_lab(finished)
    ended(page)
    return page


def run_of(page: Page, races: Live) -> Race:
    found = re.search(r"run=(\w+)", page.url)
    assert found
    return Race(races.services.races.folder / found[1])


def number(text: str) -> float:
    """The number that a printed text says."""
    found = re.search(r"[−+-]?\d[\d.]*(e−?\d+)?", text.replace("\u202f", ""))
    assert found, text
    return float(found[0].replace("−", "-"))


def pixels(page: Page, selector: str) -> np.ndarray:
    """What a canvas shows, uint8 ``(H, W, 3)``."""
    return rgba(page.eval_on_selector(selector, CANVAS))[..., :3]


def shows_gradient_of(page: Page, race: Race, step: int, index: tuple[int, ...]) -> None:
    """The map, its rows, its total and the optimizer's number are those of the step, made again here."""
    learner = race.learners["cnn"]
    watched = watch_step(learner, race.state_at("cnn", step - 1), race.timeline)
    wanted = gradient_of_weight(watched, "conv_1", index)
    places = wanted.products.sum(axis=0)
    total = page.locator(".total b")
    expect(page.locator(".insp-head p")).to_have_text(
        f"conv_1, filter {index[0]}, row {index[2]}, column {index[3]}"
    )
    decimals = len(total.inner_text().split(".")[1])
    expect(total).to_have_text(f"{wanted.total:.{decimals}f}".replace("-", "−"))
    assert np.array_equal(pixels(page, ".sum-map canvas"), colours(places))
    rows = [number(text) for text in page.locator(".sum-rows div").all_inner_texts()]
    assert round(sum(rows), decimals) == round(number(total.inner_text()), decimals)
    for shown, block in zip(rows, places.reshape(6, 4, 24).sum(axis=(1, 2)), strict=True):
        assert abs(shown - block) <= 10**-decimals
    checked = page.locator(".check").first
    assert number(checked.locator("span").inner_text()) == round(wanted.used, decimals)
    assert abs(places.sum() - wanted.used) <= TOLERANCE * wanted.largest
    expect(checked.locator("strong")).to_have_text("✓ the same")
    final = page.locator(".update .final")
    after = race.state_at("cnn", step).parameters["conv_1.weight"][index]
    assert number(final.inner_text()) == pytest.approx(after, abs=6e-6)


def test_the_map_of_a_clicked_weight_adds_up_to_what_the_optimizer_used(
    open_finished: Page, races: Live
) -> None:
    page = open_finished
    race = run_of(page, races)
    assert race.step == 16
    shows_gradient_of(page, race, 16, (2, 0, 1, 3))
    page.locator(".kernel button").nth(4 * 5 + 2).click()
    expect(page.locator(".insp-head p")).to_contain_text("row 4, column 2")
    shows_gradient_of(page, race, 16, (2, 0, 4, 2))
    page.locator(".cells").first.locator(".filter").nth(5).click(position={"x": 4, "y": 4})
    expect(page.locator(".insp-head p")).to_contain_text("filter 5, row 0, column 0")
    shows_gradient_of(page, race, 16, (5, 0, 0, 0))


def test_every_past_step_can_be_looked_at_and_gone_on_from(open_lab: OpenPage, races: Live) -> None:
    page = raced(open_lab)
    film = page.locator("[data-part=film]")
    box = film.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + 30)
    step = int(film.get_attribute("aria-valuenow") or 0)
    assert 0 < step < 16
    expect(page.locator(".sheet-head small").first).to_have_text(f"at step {step}")
    expect(page.locator("race-lead")).to_contain_text(f"You look at step {step}")
    shows_gradient_of(page, run_of(page, races), step, (2, 0, 1, 3))
    losses = {row.step: row.loss for row in run_of(page, races).folder.steps() if row.net == "cnn"}
    cell = page.locator("tr[data-net=cnn] td").nth(4)
    assert number(cell.inner_text()) == pytest.approx(losses[step], abs=6e-4)
    ends = run_of(page, races).states["cnn"].parameters
    page.get_by_role("button", name="Go on from here").click()
    expect(page.locator("race-lead")).to_contain_text("its edge was", timeout=120_000)
    again = run_of(page, races)
    assert again.step == 16
    assert all(np.array_equal(value, ends[name]) for name, value in again.states["cnn"].parameters.items())


def test_a_link_restores_the_view_and_a_change_gets_a_flag(
    open_finished: Page, open_lab: OpenPage, races: Live
) -> None:
    page = open_finished
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="conv_2").click()
    page.get_by_role("button", name="MLP", exact=True).click()
    wait_until(page, "() => /step=2/.test(location.search) && /net=mlp/.test(location.search)")
    again = open_lab(page.url.removeprefix(str(races.client.base_url).rstrip("/")))
    expect(again.locator(".sheet-head small").first).to_have_text("at step 2")
    expect(again.locator("tr.chosen")).to_have_attribute("data-net", "mlp")
    again.keyboard.press("End")
    again.get_by_role("group", name="Optimiser").get_by_role("button", name="Adam").click()
    expect(again.locator(".changes li")).to_contain_text("optimiser momentum → adam")
    again.get_by_role("button", name="undo").click()
    expect(again.locator(".changes li")).to_contain_text("Nothing yet")


def test_shifted_test_images_and_the_answer_are_those_of_the_network(
    open_finished: Page, races: Live
) -> None:
    page = open_finished
    page.get_by_role("button", name="Shift the test images").click()
    race = run_of(page, races)
    learner, state = race.learners["cnn"], race.states["cnn"]
    x = np.zeros((1, 1, 28, 28), np.float32)
    x[..., 3:] = race.task.test[:1, :, :, :-3]
    expect(page.locator(".pager span")).to_have_text("dx 3")
    wanted = learner.answers(state.parameters, x)["softmax"][0]
    shown = [number(text) for text in page.locator(".score-row .cell").all_inner_texts()]
    assert shown == pytest.approx(100 * wanted, abs=0.51)
    expect(page.locator("race-charts .label.cnn").first).to_contain_text("CNN ", timeout=60_000)


CHARTS_FIT = """() => [...document.querySelectorAll(".chart")].every((box) =>
  [...box.querySelectorAll("text")].every((text) =>
    text.getBoundingClientRect().bottom <= box.getBoundingClientRect().bottom + 1))"""
"""What is drawn in a chart ends where the chart does."""


def test_nothing_overflows_and_axe_finds_nothing(open_lab: OpenPage) -> None:
    page = open_lab(SHORT)
    page.locator("body").press("ArrowRight")
    expect(page.locator(".sheet-head small").first).to_have_text("at step 1", timeout=60_000)
    seems_right(page)
    for height in (900, 720):
        page.set_viewport_size({"width": 1280, "height": height})
        wait_until(page, FITS)
        wait_until(page, CHARTS_FIT)


def test_two_steps_of_a_trained_network_stand_beside_each_other(open_lab: OpenPage, races: Live) -> None:
    run = races.client.post("/api/training/runs", json={"nets": ["cnn"], "settings": {"batch": 8}}).json()[
        "id"
    ]
    for _ in range(3):
        races.client.post(f"/api/training/runs/{run}/orders", json={"order": "step"})
    page = open_lab(f"/train?run={run}")
    race = run_of(page, races)
    page.get_by_role("button", name="Open in").click()
    expect(page.get_by_role("group", name="Open in")).to_contain_text("The CNN at step 3")
    page.get_by_role("spinbutton", name="Compare with which step").fill("1")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**/?model=*a-model=*")
    page.wait_for_selector("#network[data-state=ready]")
    expect(page.locator("model-picker")).to_contain_text("CNN of Shapes, step 3")
    for side, step in (("a-model", 1), ("model", 3)):
        model = re.search(rf"[?&]{side}=(\w+)", page.url)
        assert model
        answer = races.client.get(f"/api/models/{model[1]}/parameters/conv_1.weight")
        wanted = race.state_at("cnn", step).parameters["conv_1.weight"]
        assert np.array_equal(np.load(io.BytesIO(answer.content)), wanted)


def test_a_phone_has_every_exit_and_a_drawn_picture_is_seen(open_lab: OpenPage, races: Live) -> None:
    page = open_lab(SHORT, viewport=PHONE, has_touch=True)
    page.locator("body").press("ArrowRight")
    expect(page.locator(".sheet-head small").first).to_have_text("at step 1", timeout=60_000)
    page.get_by_role("button", name="Draw one").click()
    sheet = page.locator(".draw-sheet")
    sheet.press("Space")
    for _ in range(5):
        sheet.press("ArrowDown")
    wait_until(page, "() => /drawn=/.test(location.search)")
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".pager span")).to_have_text("yours")
    seen, *shown = page.evaluate(SEEN)
    picture = rgba(seen)[..., :3]
    assert picture.shape == (28, 28, 3)
    assert picture[14:18, 13:15].min() > 99  # the stroke, and nothing else
    assert picture[:12].max() == picture[:, :12].max() == 0
    x = to_tensor(picture, InputSpec(1, 28, 28))
    race = run_of(page, races)
    wanted = race.learners["cnn"].answers(race.state_at("cnn", 1).parameters, x)["softmax"][0]
    assert [number(text) for text in shown] == pytest.approx(100 * wanted, abs=0.51)
    page.get_by_role("button", name="Open in").click()
    page.get_by_role("button", name=re.compile("^Explain")).click()
    page.wait_for_url("**/explain?model=*&image=*")


def test_files_of_mnist_are_learnt_and_bad_ones_named(
    open_lab: OpenPage, races: Live, complaints: Complaints
) -> None:
    complaints.allow("422")
    page = open_lab(SHORT)
    files = [{"name": name, "mimeType": "", "buffer": data} for name, data in MNIST.items()]
    chooser = page.locator("[data-part=files-input]")
    chooser.set_input_files(files[:1])
    expect(page.get_by_role("alert")).to_contain_text("train-images-idx3-ubyte.gz came alone")
    chooser.set_input_files(files)
    expect(page.locator("race-setup [data-part=note]")).to_contain_text("32 to learn from, 8 to test")
    page.wait_for_url("**classes=0*")
    assert run_of(page, races).task.classes == ("0", "3")
    expect(page.get_by_role("group", name="Optimiser").locator("[aria-pressed=true]")).to_have_text("Adam")


def test_own_classes_are_learnt_from_photos_and_told_with_their_control(
    open_lab: OpenPage, races: Live
) -> None:
    page = open_lab(SHORT, viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="Own…").click()
    window = page.get_by_role("dialog")
    page.get_by_role("button", name="Use the camera").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    expect(window.get_by_role("status").first).to_contain_text("amera")
    colours = {"mug": 0, "cat": 2}
    for at, (name, channel) in enumerate(colours.items()):
        window.get_by_label(f"Name of class {at + 1}").fill(name)
        window.get_by_label(f"Name of class {at + 1}").press("Tab")
        files = [_photo(at, n, channel) for n in range(8 - at)]
        window.locator(f"[data-photos='{at}']").set_input_files(files)
        expect(window.locator(".own-class").nth(at).locator(".own-pic")).to_have_count(8 - at)
    expect(window).to_contain_text(
        "“cat” has 7 pictures; with fewer than 8 a net learns them by heart. Take 1 more"
    )
    expect(page.get_by_role("button", name="Race from scratch")).to_be_disabled()
    window.locator("[data-photos='1']").set_input_files([_photo(1, 9, 2)])
    expect(window).to_contain_text("an untrained network in its place: ", timeout=60_000)
    told = window.locator("[data-part=sum]").inner_text()
    found = re.search(r"(\d+) of 16 right; an untrained network in its place: (\d+)", told)
    assert found, told
    resnet = load_model("resnet")
    assert int(found[1]) == _right(races, resnet)
    assert int(found[2]) == _right(races, untrained_twin(resnet, 1))
    assert violations(page) == []
    page.wait_for_url(re.compile(r"[?&]own=[0-9a-f]{32}(?![0-9a-f])"))
    page.reload()
    expect(window.locator("[data-part=sum]")).to_contain_text(told.split(";")[0], timeout=60_000)
    expect(window.locator(".own-pic")).to_have_count(16)
    expect(window.get_by_label("Name of class 1")).to_have_value("mug")
    page.get_by_role("button", name="Race from scratch").click()
    expect(page.locator("race-setup [data-part=note]")).to_contain_text(
        "mug, cat, 32×32 px: 13 to learn from"
    )


def _photo(seed: int, number: int, channel: int) -> FilePayload:
    picture = np.random.default_rng((seed, number)).integers(0, 120, (40, 40, 3), np.uint8)
    picture[..., channel] += 80
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return {"name": f"{number}.png", "mimeType": "image/png", "buffer": file.getvalue()}


def _right(races: Live, model: Model) -> int:
    """How many of the pictures that the server has of both classes are right when they are left out."""
    known = [key for key in races.services.own.cache if key[0] == fingerprint_of(model)]
    features = np.stack([races.services.own.cache.get(key) for key in known])
    shown = [races.services.images.uploads.get(image).pixels for _, image in known]
    reddish = [pixels.mean((0, 1)).argmax() == 0 for pixels in shown]
    return solve(features, np.where(reddish, 0, 1), 2).right
