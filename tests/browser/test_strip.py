"""The strip: what it marks, sorts and colours, against the server's own numbers."""

from __future__ import annotations

import io
from typing import Any

import httpx
import numpy as np
import pytest

from tests.api.live import Live
from tests.browser.conftest import OpenPage, wait_until
from tests.browser.seen import seen_maps, value_pixels
from tests.browser.test_large import RANKS, shown_channels
from tests.browser.test_pixels import numbers, trace_address
from tests.browser.test_view import wait_for_view
from tests.server import Server

REACH = """
async ([model, y, x]) => {
  const { reachOf } = await import('/static/js/geometry/reach.js');
  const { nodes } = await (await fetch(`/api/models/${model}`)).json();
  return Object.fromEntries(reachOf(nodes, { y, x }));
}
"""


def models(server: Server) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{server.address}/api/models").json()
    return found


@pytest.mark.parametrize(("down", "across"), [(0, 0), (0.31, 0.77), (0.5, 0.5), (1, 0.6)])
def test_what_a_pixel_reaches_is_what_the_server_says(
    open_page: OpenPage, server: Server, down: float, across: float
) -> None:
    page = open_page(ready=False)
    for model in models(server):
        size = model["input"]
        y, x = round(down * (size["height"] - 1)), round(across * (size["width"] - 1))
        told = httpx.get(f"{server.address}/api/models/{model['id']}/reach", params={"y": y, "x": x}).json()
        boxes = page.evaluate(REACH, [model["id"], y, x])
        shapes = {node["name"]: node["output_shape"] for node in page.evaluate(NODES, model["id"])}
        for node in told["nodes"]:
            box = boxes.get(node["name"])
            if node["box"] is None or len(shapes[node["name"]]) == 3:
                assert box == node["box"], f"{model['id']}: {node['name']}"
            else:
                assert box, f"{model['id']}: {node['name']} is reached"


OUTLINED = """
() => {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = 'var(--accent)';
  const accent = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
  probe.remove();
  const all = (selector) => [...document.querySelectorAll(`#network ${selector}`)];
  const drawn = all('.marks').filter((canvas) => canvas.checkVisibility());
  const marked = (box) => drawn.some((canvas) => {
    const area = canvas.getBoundingClientRect();
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
    copy.drawImage(canvas, 0, 0);
    const [x, y, width, height] = [box.left - area.left, box.top - area.top, box.width, box.height];
    const { data } = copy.getImageData(x, y, Math.max(1, width), Math.max(1, height));
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 255 && accent.every((value, channel) => data[at + channel] === value)) return true;
    }
    return false;
  });
  return all('.strip-maps').filter((maps) => marked(maps.getBoundingClientRect())).length;
}
"""
"""How many layers have an outline of the accent's very colour over their maps."""

SHOWS_FILTERS = (
    "(node) => document.querySelector(`[data-node=${node}] [data-cell]`).ariaLabel.startsWith('filter')"
)

NODES = "async (model) => (await (await fetch(`/api/models/${model}`)).json()).nodes"


@pytest.mark.parametrize(
    "place", ["crop-box [data-part=crop]", ".field-frame", '[data-node="input"] [data-cell="0"]']
)
def test_pointing_at_the_photo_outlines_what_it_reaches(open_page: OpenPage, place: str) -> None:
    page = open_page("/?layer=conv_2_1")
    assert page.evaluate(OUTLINED) == 0
    page.locator(place).hover()
    layers = page.locator("#network .strip-column").count()
    wait_until(page, f"(layers) => ({OUTLINED})() === layers", layers)
    page.locator("h2", has_text="Samples").hover()
    wait_until(page, f"() => ({OUTLINED})() === 0")


def test_through_strides_holes_and_branches_the_boxes_are_the_servers(
    open_large: OpenPage, lab: Live
) -> None:
    page = open_large("/?model=every_kind")
    shapes = {node["name"]: node["output_shape"] for node in page.evaluate(NODES, "every_kind")}
    for y, x in [(0, 0), (5, 4), (6, 9), (11, 10)]:
        boxes = page.evaluate(REACH, ["every_kind", y, x])
        told = lab.client.get("/api/models/every_kind/reach", params={"y": y, "x": x}).json()
        for node in told["nodes"]:
            if len(shapes[node["name"]]) == 3:
                assert boxes.get(node["name"]) == node["box"], f"{node['name']} from {y}, {x}"


def test_filters_of_the_first_layer_are_in_colour_and_lead_to_their_maps(
    open_page: OpenPage, server: Server
) -> None:
    page = open_page("/?layer=conv_1_1&channel=0")
    weights = httpx.get(f"{server.address}/api/models/tiny_vgg/parameters/conv_1_1.weight")
    kernels = np.load(io.BytesIO(weights.content))
    page.get_by_role("button", name="Filters").click()
    wait_until(page, SHOWS_FILTERS, "conv_1_1")
    largest = np.abs(kernels).max()
    expected = np.clip(np.rint(255 * (0.5 + 0.5 * kernels.astype(np.float64) / largest)), 0, 255)
    for channel, seen in seen_maps(page, "conv_1_1").items():
        pixels = value_pixels(seen, (3, 3))
        difference = pixels[..., :3].astype(int) - expected[channel].transpose(1, 2, 0)
        assert np.abs(difference).max() <= 1
    legend = page.locator('#network [data-node="conv_1_1"] .strip-legend')
    assert legend.inner_text().split()[-1] == f"{largest:.2f}"
    page.locator('#network [data-node="conv_1_1"] [data-cell="6"]').click()
    wait_for_view(page, layer="conv_1_1", channel="6")
    wait_until(page, f"(node) => !({SHOWS_FILTERS})(node)", "conv_1_1")


@pytest.mark.parametrize("order", RANKS)
def test_filters_stand_in_the_order_of_what_their_maps_hold(
    open_page: OpenPage, server: Server, order: str
) -> None:
    node = "stack_1_1_conv"
    page = open_page(f"/?model=vgg&layer={node}&channel=5")
    maps = numbers(trace_address(page, server), node).astype(np.float64)
    answer = httpx.get(f"{server.address}/api/models/vgg/parameters/{node}.weight")
    kernels = np.load(io.BytesIO(answer.content)).astype(np.float64)
    keys = RANKS[order](maps.reshape(len(maps), -1))
    expected = sorted(range(len(maps)), key=lambda channel: (-keys[channel], channel))
    assert expected != sorted(expected) or not np.ptp(keys)
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Order of the maps").select_option(order)
    first = "(node) => document.querySelector(`[data-node=${node}] [data-cell]`).dataset.cell"
    wait_until(page, f"([node, channel]) => ({first})(node) === channel", [node, str(expected[0])])
    wait_until(page, SHOWS_FILTERS, node)
    tops = page.locator(f'#network [data-node="{node}"] [data-cell]').evaluate_all(
        "cells => cells.map((cell) => cell.getBoundingClientRect()).map(({ top, left }) => [top, left])"
    )
    assert tops == sorted(tops), "read from left to right, line by line"
    shown = shown_channels(page, node)
    assert shown == [channel for channel in expected if channel in shown]
    assert len(shown) >= 10
    painted = {channel: value_pixels(seen, (3, 3)) for channel, seen in seen_maps(page, node).items()}
    for channel in shown:
        pixels = np.clip(np.rint(255 * (0.5 + 0.5 * kernels[channel] / np.abs(kernels).max())), 0, 255)
        assert np.abs(painted[channel][..., :3].astype(int) - pixels.transpose(1, 2, 0)).max() <= 1


def test_slices_of_other_layers_follow_the_chosen_input_channel(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=0")
    page.get_by_role("button", name="Filters").click()
    wait_until(page, SHOWS_FILTERS, "conv_2_1")
    before = seen_maps(page, "conv_2_1")[0]
    page.get_by_label("Input channel").fill("4")
    for _ in range(100):
        if not np.array_equal(seen_maps(page, "conv_2_1")[0], before):
            return
        page.wait_for_timeout(50)
    pytest.fail("the slices stayed as they were")
