"""A network of one's own: dropped on the page, verified, described, looked at exactly, removed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from onnx.reference import ReferenceEvaluator
from playwright.sync_api import Locator, Page, Route, expect

from app.config import Settings
from tests.api.live import Live, served
from tests.browser.conftest import READY, Complaints, OpenPage
from tests.browser.looks import looks, seems_right, violations
from tests.browser.networks import CLASSES, drop, network
from tests.browser.test_arithmetic import number
from tests.browser.test_pixels import numbers
from tests.browser.test_view import wait_for_view
from tests.core.onnx_import.test_gathering import apart

START = "/?model=tiny_vgg"


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with served(Settings(data_folder=tmp_path_factory.mktemp("data"))) as live:
        yield live


@pytest.fixture
def bench(lasting: Live) -> Iterator[Live]:
    """A server that nobody has brought anything."""
    yield lasting
    for model in lasting.client.get("/api/models").json():
        if model["imported"]:
            lasting.client.delete(f"/api/models/{model['id']}").raise_for_status()


@pytest.fixture
def open_bench(bench: Live, complaints: Complaints, open_page: OpenPage) -> OpenPage:
    """Open an address of that server, which outlives the pages."""
    complaints.home = str(bench.client.base_url).rstrip("/")

    def open_at(address: str = START, **options: Any) -> Page:
        return open_page(complaints.home + address, **options)

    return open_at


def bring(page: Page, name: str = "my_net.onnx", **form: bool) -> Locator:
    """Drop a network; the window that says what was found."""
    drop(page, name, network(**form).SerializeToString())
    window = page.get_by_role("dialog")
    expect(window.locator(".import-form")).to_be_visible()
    return window


def use(page: Page, window: Locator) -> str:
    """Look with the network; its id."""
    window.get_by_role("button", name="Use this model").click()
    expect(window).to_be_hidden()
    page.wait_for_url(re.compile(r"model=[0-9a-f]{16}"))
    page.wait_for_selector(READY)
    found = re.search(r"model=([0-9a-f]{16})", page.url)
    assert found
    return found[1]


def trace_of(page: Page, live: Live) -> str:
    found = re.search(r"model=(\w+)&image=(\w+)", page.url)
    assert found
    return f"{str(live.client.base_url).rstrip('/')}/api/traces/{found[1]}/{found[2]}"


def test_a_dropped_network_is_verified_and_shown_exactly(open_bench: OpenPage, bench: Live) -> None:
    page = open_bench()
    window = bring(page)
    badge = window.locator(".import-badge.verified")
    expect(badge).to_have_text(
        re.compile(r"^verified by ONNX Runtime [0-9.]+: largest difference \d\.\de[-+]\d\d .*in 8 layers$")
    )
    facts = window.locator(".import-facts")
    for told in ("32×32×3", "769", "5 classes"):
        expect(facts).to_contain_text(told)
    expect(page.locator("model-picker [data-part=title]")).to_have_text("Tiny VGG")
    use(page, window)
    expect(page.locator("model-picker [data-part=title]")).to_have_text("my net")

    page.locator("#work").focus()
    page.keyboard.press("/")
    page.keyboard.type("stem conv")
    found = page.get_by_role("dialog", name="Find a layer")
    expect(found).to_be_visible()
    page.keyboard.press("Enter")
    expect(found).to_be_hidden()
    wait_for_view(page, layer="stem.Conv", channel="0")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    wait_for_view(page, channel="3")
    place = {key: int(value) for key, value in re.findall(r"(channel|y|x)=(\d+)", page.url)}
    seen = numbers(trace_of(page, bench), "x")[None]
    model = network()
    del model.graph.output[:]
    model.graph.output.extend(
        [type(model.graph.input[0])(name="stem"), type(model.graph.input[0])(name="scores")]
    )
    stem, scores = ReferenceEvaluator(model).run(None, {"x": seen})
    shown = float(number(page.locator(".value-large").inner_text()))
    assert shown == pytest.approx(float(stem[0, place["channel"], place["y"], place["x"]]), rel=1e-5)

    shares = np.exp(scores[0] - scores[0].max())
    best = int(shares.argmax())
    row = page.locator(".probabilities li.best")
    expect(row).to_contain_text(CLASSES[best])
    expect(row).to_contain_text(f"{100 * shares[best] / shares.sum():.1f}")


def test_it_is_looked_at_before_every_layer_is_compared_and_the_finding_comes_by_itself(
    open_bench: OpenPage,
) -> None:
    page = open_bench()
    held: list[Route] = []
    page.route("**/verification", lambda route: held.append(route))
    window = bring(page)
    expect(window.locator(".import-badge.pending")).to_have_text(re.compile("^not compared yet"))
    use(page, window)
    assert len(held) == 1
    expect(page.locator("model-picker [data-part=facts]")).to_contain_text("not compared yet")
    held[0].continue_()
    expect(page.locator("model-picker [data-part=facts]")).to_have_text(
        re.compile(r"^769 parameters \u00b7 verified by ONNX Runtime [0-9.]+$")
    )
    page.keyboard.press("m")
    expect(page.locator(".model-card .import-badge.verified")).to_contain_text("in 8 layers")


@pytest.mark.parametrize("name", ["weights.pt", "script.pth", "program.pt2"])
def test_a_file_of_pytorch_is_refused_with_the_line_that_converts_it(
    open_bench: OpenPage, complaints: Complaints, name: str
) -> None:
    complaints.allow("422")
    page = open_bench()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("archive/data.pkl", b"\x80\x02}q\x00.")
    drop(page, name, made.getvalue())
    refusal = page.get_by_role("dialog").get_by_role("alert")
    expect(refusal).to_contain_text("this is a PyTorch file, and nothing is unpickled here")
    expect(refusal).to_contain_text("torch.onnx.export(model.eval(), torch.zeros(1, 3, 224, 224)")


def test_a_link_restores_it_and_its_card_keeps_the_badge(open_bench: OpenPage) -> None:
    page = open_bench()
    window = bring(page)
    expect(window.locator(".import-badge.verified")).to_be_visible()
    badge = window.locator(".import-badge").inner_text()
    use(page, window)
    again = open_bench(page.url.removeprefix(page.url.split("/?")[0]))
    expect(again.locator("model-picker [data-part=title]")).to_have_text("my net")
    again.keyboard.press("m")
    expect(again.locator(".model-card .import-badge.verified")).to_have_text(badge)


@pytest.mark.parametrize("scaling", ["imagenet", "caffe"])
def test_the_live_picture_and_the_network_get_the_pixels_as_chosen(
    open_bench: OpenPage, bench: Live, scaling: str
) -> None:
    page = open_bench()
    window = bring(page)
    window.locator(f"input[value={scaling}]").check()
    home = str(bench.client.base_url).rstrip("/")
    image = bench.client.get("/api/samples").json()[0]["id"]
    query = {"height": 32, "width": 32, "channels": 3, "scaling": scaling}
    answer = httpx.get(f"{home}/api/images/{image}/seen", params=query)
    wanted = np.load(io.BytesIO(answer.content))
    said = window.locator(".import-seen")
    expect(said).to_contain_text("blue first" if scaling == "caffe" else "values from \u2212")
    low, high = re.findall(r"values from (\S+) to ([^\s.,]+(?:\.\d+)?)", said.inner_text())[0]
    step = 1 if scaling == "caffe" else 0.01
    assert float(number(low)) == pytest.approx(float(wanted.min()), abs=step)
    assert float(number(high)) == pytest.approx(float(wanted.max()), abs=step)
    use(page, window)
    np.testing.assert_array_equal(numbers(trace_of(page, bench), "x"), wanted)


def test_classes_get_their_names_from_a_file(open_bench: OpenPage) -> None:
    page = open_bench()
    window = bring(page, labels=False)
    expect(window).to_contain_text("5, known by their numbers alone")
    file = window.get_by_label("File of labels")
    file.set_input_files({"name": "few.txt", "mimeType": "text/plain", "buffer": b"one\ntwo\n"})
    expect(window.get_by_role("alert")).to_have_text(
        "few.txt has 2 names; this network tells 5 classes apart."
    )
    names = "\n".join(f"kind_{number}" for number in range(5)).encode()
    file.set_input_files({"name": "names.txt", "mimeType": "text/plain", "buffer": names})
    expect(window).to_contain_text("5: kind 0, kind 1, kind 2…")
    expect(window.get_by_role("alert")).to_be_hidden()
    use(page, window)
    expect(page.locator(".probabilities li").first).to_contain_text("kind ")


def test_a_size_that_the_file_leaves_open_is_asked_for(open_bench: OpenPage, bench: Live) -> None:
    page = open_bench()
    window = bring(page, free=True)
    expect(window.get_by_label("Input height")).to_have_value("224")
    window.get_by_label("Input height").fill("0")
    window.get_by_role("button", name="Use this model").click()
    expect(window.get_by_role("alert")).to_have_text("Sides are whole numbers from 1 to 4096.")
    window.get_by_label("Input height").fill("40")
    window.get_by_label("Input width").fill("48")
    expect(window.locator(".import-planes").get_by_text("48×40")).to_be_visible()
    use(page, window)
    assert numbers(trace_of(page, bench), "x").shape == (3, 40, 48)
    expect(page.locator("image-dock [data-part=seen]")).to_have_text(re.compile("48×40"))


def test_what_is_no_network_is_refused_in_words_and_nothing_is_lost(
    open_bench: OpenPage, complaints: Complaints, bench: Live
) -> None:
    complaints.allow("422")
    page = open_bench()
    before = bench.client.get("/api/models").json()
    drop(page, "broken.onnx", network().SerializeToString()[:500])
    refusal = page.get_by_role("dialog").get_by_role("alert")
    expect(refusal).to_contain_text("ONNX file: ")
    assert bench.client.get("/api/models").json() == before
    page.keyboard.press("Escape")
    expect(page.locator("model-picker [data-part=title]")).to_have_text("Tiny VGG")
    expect(page.locator(READY)).to_be_visible()


def test_a_removed_network_gives_way_and_its_link_says_so(
    open_bench: OpenPage, complaints: Complaints, bench: Live
) -> None:
    page = open_bench()
    link = f"/?model={use(page, bring(page))}"
    page.keyboard.press("m")
    page.get_by_role("button", name="Change or remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    wait_for_view(page, model="tiny_vgg")
    assert all(model["imported"] is None for model in bench.client.get("/api/models").json())
    complaints.allow("404")
    gone = open_bench(link)
    expect(gone.locator("image-dock [role=alert]")).to_contain_text("No such model")
    expect(gone.locator("model-picker [data-part=title]")).to_have_text("Tiny VGG")


def test_an_answer_of_maps_is_called_that(open_bench: OpenPage) -> None:
    page = open_bench()
    window = bring(page, maps=True)
    expect(window.locator(".import-facts")).to_contain_text("maps, 32×32×12: no classes")
    use(page, window)
    answer = page.locator("class-bars")
    expect(answer).to_contain_text("Maps, not classes: this network gives 32×32×12 values.")
    expect(page.locator(".dock-classes h2")).to_have_text("Answer")
    answer.get_by_role("button", name="Look at the maps").click()
    wait_for_view(page, layer="block.Concat")
    page.keyboard.press("m")
    page.get_by_role("button", name="Use Tiny VGG").click()
    expect(page.locator(".dock-classes h2")).to_have_text("Class probability")


def test_the_windows_suit_everybody(open_bench: OpenPage, complaints: Complaints) -> None:
    complaints.allow("422")
    page = open_bench(reduced_motion="reduce")
    page.keyboard.press("m")
    page.get_by_role("button", name="Open a model of your own").click()
    window = page.locator("dialog.import")
    expect(window.get_by_role("button", name="Choose a file")).to_be_focused()
    seems_right(page)
    mine, weights = apart(made=network())
    window.get_by_label("ONNX file").set_input_files(
        [
            {"name": "weights.data", "mimeType": "", "buffer": weights},
            {"name": "my_net.onnx", "mimeType": "", "buffer": mine},
        ]
    )
    expect(window.locator(".import-planes canvas")).to_have_count(4)
    for look in looks(page):
        assert violations(page) == [], look
        assert window.evaluate("each => each.scrollWidth <= each.clientWidth"), look
    page.keyboard.press("Escape")
    drop(page, "broken.onnx", b"nothing")
    expect(window.get_by_role("alert")).to_be_visible()
    seems_right(page)
    page.keyboard.press("Escape")
    expect(window).to_be_hidden()
