"""What a channel detects: every number on a card is that of the arrays, in each of its states."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage
from PIL import Image
from playwright.sync_api import Page, expect

from app.config import Settings
from cnn_core import load_model, trace
from cnn_core.atlas import Atlas, CutPictures, make_atlas
from cnn_core.preprocess import read_image
from tests.api.live import Live, served
from tests.browser.conftest import LAPTOP, PHONE, READY, Complaints, OpenPage, wait_until
from tests.browser.looks import violations
from tests.browser.test_shift_page import OVERFLOWING

NODE = "relu_2_1"
CARD = f"/explain?model=tiny_vgg&view=channel&card={NODE}:3"
FILES = {"coffee.png": "Espresso", "chelsea.png": "Cat", "astronaut.png": "Astronaut", "rocket.jpg": "Rocket"}

ROW = ("li.", "button.", "b.", "span.", "small.")
"""On a phone layers stand in a row that is pushed aside with a finger."""

Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """Of Tiny VGG on pieces of four samples, where a server will find it."""
    folder = tmp_path_factory.mktemp("data")
    pictures = tuple(read_image(Path(skimage.__file__).parent / "data" / name) for name in FILES)
    photos = CutPictures(pictures, tuple(FILES.values()), 30)
    return make_atlas(load_model("tiny_vgg"), photos, folder / "atlases")


@pytest.fixture(scope="module")
def lab(atlas: Atlas) -> Iterator[Live]:
    with served(Settings(workers=2, data_folder=atlas.folder.parent.parent)) as live:
        yield live


@pytest.fixture
def opened(lab: Live, complaints: Complaints, open_page: OpenPage) -> Opened:
    """Open an address and wait until the card is there, or what stands in its place."""
    complaints.home = str(lab.client.base_url).rstrip("/")

    def open_at(address: str = CARD, wait: str = "channel-here b[data-value]", **options: Any) -> Page:
        page = open_page(complaints.home + address, ready=False, **options)
        page.wait_for_selector(wait)
        return page

    return open_at


def numbers(page: Page, selector: str) -> list[float]:
    """The very numbers that are written rounded."""
    return [float(each.get_attribute("data-value") or "nan") for each in page.locator(selector).all()]


def text_of(value: float) -> str:
    return f"{value:.{1 if abs(value) >= 10 else 2}f}".replace("-", "−")


def test_a_card_has_the_values_of_the_arrays(opened: Opened, atlas: Atlas) -> None:
    page = opened()
    card_is_the_atlas(page, atlas)
    patch_is_the_photo(page, atlas)
    here_is_the_trace(page, atlas)
    made_reaches_what_it_says(page, atlas)
    quiz_is_answered_by_the_network(page, atlas)


def card_is_the_atlas(page: Page, atlas: Atlas) -> None:
    card = atlas.card(NODE, 3)
    expect(page.locator("channel-card h2")).to_have_text(f"{NODE}, channel 3")
    assert numbers(page, ".nine figcaption") == pytest.approx([patch.value for patch in card.top])
    assert page.locator(".nine figcaption").all_inner_texts() == [text_of(p.value) for p in card.top]
    assert page.locator(".low figcaption").all_inner_texts() == [text_of(value) for _, value in card.low]
    facts = page.locator('channel-card [data-part="facts"]').inner_text()
    assert "sees 10 × 10 px" in facts
    assert f"on in {card.on * 100:.0f} % of photos · {card.zeros * 100:.0f} % of its values are 0" in facts
    note = page.locator('channel-card [data-part="zeros"]').inner_text()
    assert note == f"{card.zeros * 100:.0f} % are 0, not drawn; heights are logarithms"
    ends = page.locator('channel-card [data-part="range"] span').all_inner_texts()
    some = [i for i, count in enumerate(card.counts) if count and card.edges[i]]
    assert ends == [text_of(0), text_of(card.edges[some[-1] + 1])]
    means = sorted(card.class_means, reverse=True)
    assert page.locator(".c-classes b").all_inner_texts() == [text_of(mean) for mean in means]
    assert page.locator(".flow-item:not(.right) em").all_inner_texts() == [
        f"{'+' if p.strength >= 0 else '−'}{abs(p.strength):.2f}" for p in card.sources
    ]


def patch_is_the_photo(page: Page, atlas: Atlas) -> None:
    patch = atlas.card(NODE, 3).top[4]  # the middle one of nine: no number over its middle
    shot = page.locator(".nine .patch").nth(4).screenshot()
    shown = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)
    top, left, bottom, right = patch.box
    photo = atlas.picture(patch.photo)[top:bottom, left:right].astype(int)
    side = bottom - top
    for row, column in ((1, 1), (4, 5), (2, side - 2)):
        y, x = (int((place + 0.5) * 72 / side) for place in (row, column))
        assert np.abs(shown[y, x] - photo[row, column]).max() <= 2
    output = trace(load_model("tiny_vgg"), atlas.picture(patch.photo))[NODE].output[0, 3]
    assert output[patch.y, patch.x] == output.max() == pytest.approx(patch.value)


def here_is_the_trace(page: Page, atlas: Atlas) -> None:
    coffee = read_image(Path(skimage.__file__).parent / "data" / "coffee.png")
    output = trace(load_model("tiny_vgg"), coffee)[NODE].output[0, 3]
    (value,) = numbers(page, "channel-here b[data-value]")
    assert value == pytest.approx(float(output.max()), rel=1e-5)
    row, column = divmod(int(output.argmax()), output.shape[1])
    peaks, _ = atlas.peaks_of(NODE, 3)
    share = np.count_nonzero(peaks < value) / len(peaks)
    told = page.locator("channel-here p").inner_text()
    assert f"at row {row}, column {column} of 28 × 28: more than on {100 * share:.0f} % of the atlas" in told


def made_reaches_what_it_says(page: Page, atlas: Atlas) -> None:
    best = atlas.card(NODE, 3).top[0].value
    expect(page.locator("channel-made .note")).to_contain_text(f", best photo {text_of(best)}")
    wait_until(page, "() => !document.querySelector('channel-made .note').textContent.includes('step')")
    (value,) = numbers(page, "channel-made b[data-value]")
    assert value >= best
    assert page.locator("channel-made .note").inner_text().startswith(text_of(value))


def quiz_is_answered_by_the_network(page: Page, atlas: Atlas) -> None:
    pair = page.locator(".q-photo img")
    expect(pair).to_have_count(2)
    photos = [int((each.get_attribute("src") or "").rsplit("/", 1)[1]) for each in pair.all()]
    assert not set(photos) & {patch.photo for patch in atlas.card(NODE, 3).top}
    model = load_model("tiny_vgg")
    wanted = [float(trace(model, atlas.picture(photo))[NODE].output[0, 3].max()) for photo in photos]
    better = int(wanted[1] > wanted[0])
    page.keyboard.press(str(better + 1))
    expect(page.locator(".q-photo b")).to_have_count(2)
    assert numbers(page, ".q-photo b") == pytest.approx(wanted, rel=1e-5)
    expect(page.locator(".q-text")).to_contain_text("Yes.")
    expect(page.locator(".q-score")).to_contain_text("1 of 1")
    expect(page.locator(".q-photo").nth(better)).to_have_class("q-photo right")
    page.keyboard.press("n")
    expect(page.locator(".q-photo b")).to_have_count(0)


def test_channels_are_found_walked_to_and_linked(opened: Opened, atlas: Atlas) -> None:
    page = opened()
    wall_finds_and_sorts(page, atlas)
    source = atlas.card(NODE, 3).sources[0]
    page.goto(page.url.split("/explain")[0] + CARD)
    page.locator(".flow-item").first.click()
    expect(page.locator("channel-card h2")).to_have_text(f"{source.node}, channel {source.channel}")
    value = atlas.card(source.node, source.channel).top[0].value
    expect(page.locator(".nine figcaption").first).to_have_text(text_of(value))
    links_lead_on(page, source.node, source.channel)


def wall_finds_and_sorts(page: Page, atlas: Atlas) -> None:
    tiles = page.locator(".w-tile")
    expect(tiles).to_have_count(10)
    apart = [atlas.card(NODE, channel).separation or 0 for channel in range(10)]
    order = sorted(range(10), key=lambda channel: -apart[channel])
    assert [int(each.get_attribute("data-channel") or -1) for each in tiles.all()] == order
    page.keyboard.press("ArrowDown")
    following = order[(order.index(3) + 1) % 10]
    expect(page.locator("channel-card h2")).to_have_text(f"{NODE}, channel {following}")
    page.wait_for_url(f"**card={NODE}%3A{following}*")
    page.select_option('channel-wall [data-part="sort"]', "number")
    expect(tiles.first).to_have_attribute("data-channel", "0")
    page.keyboard.press("/")
    page.locator("channel-wall input:focus").fill("7")
    expect(tiles).to_have_count(1)
    expect(tiles.first).to_have_attribute("data-channel", "7")
    # a class is found by its name: channels one of whose two best classes it is
    means = np.array([atlas.card(NODE, channel).class_means for channel in range(10)])
    rockets = int((np.argsort(-means, axis=1, kind="stable")[:, :2] == 3).any(axis=1).sum())
    page.locator("channel-wall input").fill("rocket")
    expect(tiles).to_have_count(rockets)
    page.locator("channel-wall input").fill("")
    twins = sum(atlas.twinned(atlas.layers[NODE]))
    page.get_by_role("button", name=f"{twins} twins").click()
    expect(tiles).to_have_count(int(twins))
    page.wait_for_url("**only=twin*")
    page.reload()
    expect(tiles).to_have_count(int(twins))


def links_lead_on(page: Page, node: str, channel: int) -> None:
    """The value's place is taken along: into Explore, and to why it is what it is."""
    explore = page.get_by_role("link", name="Open in Explore").get_attribute("href") or ""
    muted = page.get_by_role("link", name="Mute it").get_attribute("href") or ""
    told = page.locator("channel-here p").inner_text()
    row, column = (re.findall(r"(?:row|column) (\d+)", told)) or ("0", "0")
    for part in (f"layer={node}", f"channel={channel}", f"y={row}", f"x={column}"):
        assert part in explore
    value = float(page.locator("channel-here b[data-value]").get_attribute("data-value") or "nan")
    page.get_by_role("link", name="Why, here?").click()
    expect(page.get_by_role("button", name="Channel", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".fields .note b")).to_have_text(f"{value:.3f}".replace("-", "−"))
    page.wait_for_url(f"**layer={node}&ch={channel}&place=strongest*")
    page.goto(page.url.split("/explain")[0] + explore)
    page.wait_for_selector(READY)
    expect(page.locator("value-facts, layer-inspector").first).to_contain_text(f"{value:.3f}"[:5])
    page.goto(page.url.split("/?")[0] + muted)
    page.wait_for_selector(READY)
    expect(page.get_by_role("list", name="Edits")).to_contain_text(node)
    expect(page.get_by_role("button", name="Mute", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("value-facts, layer-inspector").first).to_contain_text("0.000")


def test_a_network_without_an_atlas_gets_one_of_your_photos(opened: Opened, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    for name in FILES:
        kind = folder / ("cups" if name == "coffee.png" else "others")
        kind.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(skimage.__file__).parent / "data" / name, kind / name)
    (folder / "list.txt").write_text("milk, bread")
    (folder / ".hidden").write_text("never sent")
    page = opened("/explain?model=lenet5&view=channel", "atlas-panel h2")
    expect(page.locator("atlas-panel h2")).to_have_text("No atlas of this network yet")
    expect(page.locator("atlas-panel code").first).to_have_text("convscope atlas lenet5 photos/")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("channel-made .note")).to_contain_text("reaches")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder…").click()
    chooser.value.set_files(folder)
    page.wait_for_selector(".w-tile")
    expect(page.locator('channel-dock [data-part="atlas"]')).to_contain_text("4 photos in 2 classes")
    page.get_by_text("1 file was left out").click()
    expect(page.locator("channel-dock details li")).to_have_text(re.compile(r"^mine/list\.txt: not an image"))
    page.get_by_role("button", name="Other photos…").click()
    expect(page.locator("channel-wall")).to_be_hidden()
    page.get_by_role("button", name="Keep this one").click()
    expect(page.locator(".w-tile").first).to_be_visible()
    wait_until(page, "() => !document.querySelector('channel-made .note').textContent.includes('step')")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save").click()
    assert saved.value.suggested_filename.startswith("lenet5-")
    assert "data:image/png;base64," in Path(saved.value.path()).read_text(encoding="utf-8")
    page.emulate_media(media="print")
    expect(page.locator("channel-wall")).to_be_hidden()
    expect(page.locator(".nine")).to_be_visible()


def test_it_is_for_everybody(opened: Opened) -> None:
    page = opened(reduced_motion="reduce")
    for theme, size in (("light", LAPTOP), ("dark", PHONE)):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert violations(page) == [], theme
    assert [each for each in page.evaluate(OVERFLOWING) if not each.startswith(ROW)] == []
