"""Editing on the page: one number of a kernel, and the changed sums on the canvases behind it."""

from __future__ import annotations

import re

import httpx
import numpy as np
from playwright.sync_api import Page, expect

from app.services.image_store import _read_samples
from cnn_core.graph import Edit, edited
from cnn_core.models import load_model
from cnn_core.preprocess import default_crop, to_tensor
from cnn_core.runtime import compile_plan
from tests.browser.conftest import READY, OpenPage, wait_until
from tests.browser.looks import seems_right
from tests.browser.seen import seen_lanes, seen_maps, value_pixels
from tests.browser.test_compare import TWO_FRAMES, lanes_of
from tests.server import Server

ESPRESSO = 0


def apart(*edits: Edit) -> dict[str, np.ndarray]:
    """Every output of the network with these edits, run in this process by a plan of its own."""
    model = load_model("tiny_vgg")
    graph, parameters = edited(model.graph, model.parameters, edits)
    pixels = next(image.pixels for at, image in enumerate(_read_samples()) if at == ESPRESSO)
    x = to_tensor(pixels, model.spec, default_crop(model.spec, pixels.shape[1], pixels.shape[0]))
    return {
        record.node.name: record.output[0] for record in compile_plan(graph, parameters, x.shape).records(x)
    }


def settled(page: Page, chips: int) -> None:
    """So many edits, made and told of."""
    expect(page.locator(".edit-chips li")).to_have_count(chips)
    page.wait_for_selector("body.compared")
    verdict = page.locator(".compare-answer .verdict")
    expect(verdict).not_to_be_empty()
    expect(verdict).not_to_have_class(re.compile("stale"))
    page.wait_for_selector(READY)
    page.evaluate(TWO_FRAMES)


def test_a_number_of_a_kernel_changes_the_canvases_behind_it(open_page: OpenPage, server: Server) -> None:
    page = open_page("/?layer=conv_2_1&channel=2&lane=b")
    image = httpx.get(f"{server.address}/api/samples").json()[ESPRESSO]["id"]
    before = apart()

    page.get_by_role("button", name="Edit this channel").click()
    page.get_by_label("Row 1, column 2").fill("0.75")
    page.get_by_label("Row 1, column 2").press("Enter")
    settled(page, 1)
    after = apart(Edit("conv_2_1", "set", (2, 0, 1, 2), 0.75, "weight"))
    assert not np.array_equal(after["max_pool_2"], before["max_pool_2"])

    # the sheet has A, B and what differs; the columns behind it the lane that is chosen
    wanted = lanes_of(before["conv_2_1"], after["conv_2_1"])
    for channel, lanes in seen_lanes(page, "conv_2_1").items():
        for lane, expected in zip(lanes, wanted, strict=True):
            np.testing.assert_array_equal(value_pixels(lane, (28, 28))[..., :3], expected[channel])
    lane = page.locator(".lanes [aria-pressed=true]").inner_text()
    of = {"A": 0, "B": 1, "B − A": 2}[lane]
    wanted = lanes_of(before["max_pool_2"], after["max_pool_2"])[of]
    for channel, seen in seen_maps(page, "max_pool_2").items():
        np.testing.assert_array_equal(value_pixels(seen, (13, 13))[..., :3], wanted[channel])

    assert f"a-model=tiny_vgg&a-image={image}" in page.url
    assert "edit-conv_2_1" in page.url

    page.get_by_role("button", name="Mute").click()
    settled(page, 2)
    address = page.url
    expect(page.get_by_label("Bias of the channel")).not_to_have_value("")
    page.get_by_role("button", name="conv_2_1 · 2: mute: on").click()
    expect(page.locator(".edit-chips li.off")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    wait_until(page, "(address) => location.href === address", address)
    expect(page.locator(".edit-chips li.off")).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".edit-chips li.off")).to_have_count(1)
    page.get_by_role("button", name="Reset").click()
    settled(page, 1)
    expect(page.get_by_label("Row 1, column 2")).not_to_have_value("0.75")
    seems_right(page)
