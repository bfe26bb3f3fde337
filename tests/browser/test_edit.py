"""Editing on the page: one number of a kernel, and the changed sums on the canvases behind it."""

from __future__ import annotations

import io
import re
import zipfile

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.services.image_store import _read_samples
from cnn_core.graph import Edit, Region, edited
from cnn_core.models import load_model
from cnn_core.preprocess import default_crop, to_tensor
from cnn_core.runtime import compile_plan
from tests.browser.conftest import READY, OpenPage, wait_until
from tests.browser.looks import seems_right
from tests.browser.seen import seen_lanes, seen_maps, value_pixels
from tests.browser.test_compare import TWO_FRAMES, lanes_of
from tests.server import Server

ESPRESSO, COINS = 0, 5
PHOTOS = (0, 1, 3, 5)


def apart(*edits: Edit, picture: int = ESPRESSO) -> dict[str, np.ndarray]:
    """Every output of the network with these edits, run in this process by a plan of its own."""
    model = load_model("tiny_vgg")
    graph, parameters = edited(model.graph, model.parameters, edits)
    pixels = pixels_of(picture)
    x = to_tensor(pixels, model.spec, default_crop(model.spec, pixels.shape[1], pixels.shape[0]))
    return {
        record.node.name: record.output[0] for record in compile_plan(graph, parameters, x.shape).records(x)
    }


def pixels_of(picture: int) -> np.ndarray:
    """The pixels of a sample."""
    return next(image.pixels for at, image in enumerate(_read_samples()) if at == picture)


def class_folders() -> bytes:
    """A zip with one folder of a class, and photos that are some of that class and some of none."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for at in PHOTOS:
            photo = io.BytesIO()
            Image.fromarray(pixels_of(at)).save(photo, "PNG")
            file.writestr(f"espresso/{at}.png", photo.getvalue())
    return archive.getvalue()


def settled(page: Page, chips: int) -> None:
    """So many edits, made and told of."""
    expect(page.locator(".edit-chips li")).to_have_count(chips)
    page.wait_for_selector("body.compared")
    verdict = page.locator(".compare-answer .verdict")
    expect(verdict).not_to_be_empty()
    expect(verdict).not_to_have_class(re.compile("stale"))
    page.wait_for_selector(READY)
    page.evaluate(TWO_FRAMES)


def sheet_is(page: Page, node: str, before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> None:
    """The sheet has A, B and what differs in every value of every channel."""
    wanted = lanes_of(before[node], after[node])
    shape = after[node].shape[1:]
    for channel, lanes in seen_lanes(page, node).items():
        for lane, expected in zip(lanes, wanted, strict=True):
            np.testing.assert_array_equal(value_pixels(lane, shape)[..., :3], expected[channel])


def what_stands_below_is_right(page: Page, before: dict[str, np.ndarray]) -> None:
    """Mute each, Export and Folder say what this process finds of the network edited so."""
    page.get_by_role("button", name="Mute each").click()
    without = apart(Edit("conv_2_1", "mute", (7,)))["output"]
    espresso = int(before["softmax"].argmax())
    bar = page.locator(".edit-mutes [data-channel='7']")
    expect(bar).to_have_attribute("aria-label", re.compile("without it"))
    told = re.sub("[^0-9.−]", "", (bar.get_attribute("title") or "").split(":")[1]).replace("−", "-")
    assert float(told) == pytest.approx(without[espresso] - before["output"][espresso], abs=0.051)
    bar.click()
    settled(page, 1)
    expect(bar).to_have_attribute("aria-pressed", "true")

    with page.expect_download() as download:
        page.get_by_role("button", name="Export edited net").click()
    assert download.value.suggested_filename == "tiny_vgg-edited.onnx"
    expect(page.locator(".edit-exported")).to_contain_text("equal in every value")

    page.get_by_role("button", name="Folder", exact=True).click()
    archive = {"name": "photos.zip", "mimeType": "application/zip", "buffer": class_folders()}
    page.locator("input[accept*=zip]").set_input_files(archive)  # type: ignore[arg-type]
    muted = Edit("conv_2_1", "mute", (7,))
    a, b = ([int(apart(*edits, picture=at)["softmax"].argmax()) for at in PHOTOS] for edits in ((), (muted,)))
    right = [100 * each.count(espresso) / len(PHOTOS) for each in (a, b)]
    others = sum(one != other for one, other in zip(a, b, strict=True))
    told = (
        f"{len(PHOTOS)} photos: accuracy {right[0]:.1f} → {right[1]:.1f}\u202f%, another answer for {others}."
    )
    expect(page.locator(".edit-view:not([hidden]) .edit-sentence")).to_contain_text(told)


def test_a_number_of_a_kernel_changes_the_canvases_behind_it(open_page: OpenPage, server: Server) -> None:
    page = open_page("/?layer=conv_2_1&channel=2&lane=b")
    image = httpx.get(f"{server.address}/api/samples").json()[ESPRESSO]["id"]
    before = apart()

    page.get_by_role("button", name="Kernel", exact=True).click()
    page.get_by_label("Row 1, column 2").fill("0.75")
    page.get_by_label("Row 1, column 2").press("Enter")
    settled(page, 1)
    after = apart(Edit("conv_2_1", "set", (2, 0, 1, 2), 0.75, "weight"))
    assert not np.array_equal(after["max_pool_2"], before["max_pool_2"])

    # the sheet has A, B and what differs; the columns behind it the lane that is chosen
    sheet_is(page, "conv_2_1", before, after)
    lane = page.locator(".lanes [aria-pressed=true]").inner_text()
    of = {"A": 0, "B": 1, "B − A": 2}[lane]
    wanted = lanes_of(before["max_pool_2"], after["max_pool_2"])[of]
    for channel, seen in seen_maps(page, "max_pool_2").items():
        np.testing.assert_array_equal(value_pixels(seen, (13, 13))[..., :3], wanted[channel])

    assert f"a-model=tiny_vgg&a-image={image}" in page.url
    assert "edit-conv_2_1" in page.url

    page.locator("#network [data-role=focus] [data-mute='2']").click()
    settled(page, 2)
    expect(page.get_by_role("button", name="Mute", exact=True)).to_have_attribute("aria-pressed", "true")
    address = page.url
    expect(page.get_by_label("Bias of the channel")).not_to_have_value("")
    page.get_by_role("button", name="conv_2_1 · 2 muted: on").click()
    expect(page.locator(".edit-chips li.off")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    wait_until(page, "(address) => location.href === address", address)
    expect(page.locator(".edit-chips li.off")).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".edit-chips li.off")).to_have_count(1)
    page.get_by_role("button", name="Reset").click()
    settled(page, 1)
    expect(page.get_by_label("Row 1, column 2")).not_to_have_value("0.75")
    page.keyboard.press("o")
    expect(page.locator(".edit-chips li.off")).to_have_count(0)
    page.keyboard.press("o")
    settled(page, 0)

    what_stands_below_is_right(page, before)
    seems_right(page)


def test_painted_and_patched_maps_are_what_the_layers_behind_read(
    open_page: OpenPage, server: Server
) -> None:
    page = open_page("/?layer=max_pool_1&channel=4")
    coins = httpx.get(f"{server.address}/api/samples").json()[COINS]
    before = apart()

    page.get_by_role("button", name="Paint", exact=True).click()
    page.get_by_label("Value of the brush, typed").fill("1.5")
    page.get_by_label("Value of the brush, typed").press("Enter")
    field = page.get_by_role("application", name="Map of max_pool_1")
    box = field.bounding_box()
    assert box is not None
    one = box["width"] / 30
    page.mouse.move(box["x"] + 4.5 * one, box["y"] + 6.5 * one)
    page.mouse.down()
    page.mouse.move(box["x"] + 8.5 * one, box["y"] + 6.5 * one)
    page.mouse.up()
    settled(page, 1)
    expect(page.locator(".edit-chips li")).to_contain_text("max_pool_1 · 4: 21 values painted")
    stroke = Edit("max_pool_1", "fill", (4,), 1.5, region=Region(5, 3, 8, 10))
    painted = apart(stroke)
    sheet_is(page, "max_pool_1", before, painted)

    page.get_by_role("button", name="Patch", exact=True).click()
    page.get_by_role("button", name=coins["title"], exact=True).click()
    settled(page, 2)
    page.get_by_role("button", name="only 4").click()
    field = page.get_by_role("application", name="Rectangle to be replaced")
    expect(page.locator(".edit-proof")).to_contain_text("900 of 900 values of one channel")
    for key in ("Shift+ArrowUp", "ArrowDown"):
        address = page.url
        field.press(key)
        wait_until(page, "(address) => location.href !== address", address)
    expect(page.locator(".edit-chips li").last).to_contain_text(
        "4, rows 1 to 29, columns 0 to 29, from Coins"
    )
    settled(page, 2)
    theirs = apart(picture=COINS)["max_pool_1"][4:5, 1:]
    patch = Edit("max_pool_1", "replace", (4,), theirs, region=Region(1, 0, 30, 30))
    sheet_is(page, "max_pool_1", before, apart(stroke, patch))

    page.get_by_role("button", name="all 10").click()
    page.get_by_role("button", name="Whole map").click()
    settled(page, 2)
    expect(page.locator(".edit-proof", has_text="exact")).to_contain_text("in every bit")
    seems_right(page, ".inspector")
