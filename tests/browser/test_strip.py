"""The strip: what it marks, sorts and colours, against the server's own numbers."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from app.config import Settings
from tests.api.graphs import every_kind, install
from tests.api.live import Live, served
from tests.browser.conftest import Complaints, OpenPage, wait_until
from tests.browser.large import CHANNELS, large
from tests.browser.test_pixels import numbers, painted_maps
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


NODES = "async (model) => (await (await fetch(`/api/models/${model}`)).json()).nodes"


@pytest.mark.parametrize(
    "place", ["crop-box [data-part=crop]", ".field-frame", '[data-node="input"] [data-cell="0"]']
)
def test_pointing_at_the_photo_outlines_what_it_reaches(open_page: OpenPage, place: str) -> None:
    page = open_page("/?layer=conv_2_1")
    outlined = "() => document.querySelectorAll('#network path.reach').length"
    assert page.evaluate(outlined) == 0
    page.locator(place).hover()
    layers = page.locator("#network .strip-column").count()
    wait_until(page, f"(layers) => ({outlined})() === layers", layers)
    page.locator("h2", has_text="Samples").hover()
    wait_until(page, f"() => ({outlined})() === 0")


@pytest.fixture(scope="module")
def lab() -> Iterator[Live]:
    """A server with a network of every kind of layer, and with one that fits no screen."""
    with served(Settings(), install(large(), every_kind())) as live:
        yield live


@pytest.fixture
def open_large(open_page: OpenPage, complaints: Complaints, lab: Live) -> OpenPage:
    """Open an address of that server."""
    complaints.home = str(lab.client.base_url)

    def open_at(address: str) -> Page:
        return open_page(complaints.home.rstrip("/") + address)

    return open_at


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


def lab_numbers(page: Page, lab: Live, node: str, **query: str) -> np.ndarray[Any, Any]:
    page.wait_for_url("**image=*")
    found = re.search(r"image=(\w+)", page.url)
    assert found
    model = "large"
    return numbers(f"{str(lab.client.base_url).rstrip('/')}/api/traces/{model}/{found[1]}", node, **query)


def shown_channels(page: Page, node: str = "wide") -> list[int]:
    """Channels in the order in which the sheet has them, those in view alone."""
    cells = page.locator(f'#network [data-node="{node}"] [data-cell]')
    return [int(cell) for cell in cells.evaluate_all("cells => cells.map((cell) => cell.dataset.cell)")]


def test_of_512_channels_only_those_in_view_are_made(open_large: OpenPage) -> None:
    page = open_large("/?model=large&layer=wide&channel=0")
    before = shown_channels(page)
    assert before[0] == 0
    assert len(before) < CHANNELS / 4
    maps = page.locator('#network [data-node="wide"] .strip-maps')
    maps.evaluate("maps => maps.scrollTo(0, maps.scrollHeight)")
    last = page.locator(f'#network [data-node="wide"] [data-cell="{CHANNELS - 1}"]')
    expect(last).to_be_visible()
    painted = painted_maps(page, "wide")[CHANNELS - 1]
    np.testing.assert_array_equal(painted[..., 3], 255)
    last.click()
    wait_for_view(page, channel=str(CHANNELS - 1))


def test_the_sheet_sorts_by_what_the_maps_hold(open_large: OpenPage, lab: Live) -> None:
    page = open_large("/?model=large&layer=wide&channel=3")
    maps = lab_numbers(page, lab, "wide")
    page.get_by_label("Order of the maps").select_option("by maximum")
    wait_until(
        page, "() => !document.querySelector('[data-node=wide] [data-cell]').dataset.cell.match(/^0$/)"
    )
    order = [channel for channel in shown_channels(page) if channel != 3]
    largest = maps.reshape(CHANNELS, -1).max(axis=1)[order]
    # the page sorts what it has, which is in steps of a 255th of the layer's range
    assert np.all(np.diff(largest) <= np.ptp(maps) / 255)
    assert largest[0] >= maps.max() - np.ptp(maps) / 255
    first, second = shown_channels(page)[:2]
    page.locator(f'#network [data-node="wide"] [data-cell="{first}"]').click()
    page.keyboard.press("ArrowDown")
    wait_for_view(page, channel=str(second))


def test_a_preview_says_so_and_the_selected_channel_becomes_exact(open_large: OpenPage, lab: Live) -> None:
    page = open_large("/?model=large&layer=wide&channel=77&y=5&x=9")
    value = float(lab_numbers(page, lab, "wide", channel="77")[5, 9])
    expect(page.locator('#network [data-node="wide"] .strip-legend')).to_contain_text("8-bit preview")
    shown = page.locator(".value-large")
    expect(shown).not_to_contain_text("≈")
    assert float(shown.inner_text().replace("\u2212", "-")) == pytest.approx(value, rel=1e-5)


def test_the_film_shows_what_is_in_view_and_its_handle_moves_it(open_large: OpenPage) -> None:
    page = open_large("/?model=large&layer=stem")
    left = "() => document.querySelector('.strip-stage').scrollLeft"
    start = page.evaluate(left)
    grip = page.locator(".film-grip").bounding_box()
    assert grip
    page.mouse.move(grip["x"] + 10, grip["y"] + 4)
    page.mouse.down()
    page.mouse.move(grip["x"] + 400, grip["y"] + 4, steps=5)
    page.mouse.up()
    wait_until(page, f"(start) => ({left})() > start + 300", start)
    wait_for_view(page, layer="stem")
    page.get_by_role("slider", name="Step of the forward pass").focus()
    page.keyboard.press("End")
    wait_for_view(page, layer="softmax")
    expect(page.locator('#network [data-node="softmax"]')).to_be_in_viewport()


def test_filters_of_the_first_layer_are_in_colour_and_lead_to_their_maps(
    open_page: OpenPage, server: Server
) -> None:
    page = open_page("/?layer=conv_1_1&channel=0")
    weights = httpx.get(f"{server.address}/api/models/tiny_vgg/parameters/conv_1_1.weight")
    kernels = np.load(io.BytesIO(weights.content))
    page.get_by_role("button", name="Filters").click()
    wait_until(page, "() => document.querySelector('[data-node=conv_1_1] canvas[data-channel]').width === 3")
    largest = np.abs(kernels).max()
    expected = np.clip(np.rint(255 * (0.5 + 0.5 * kernels.astype(np.float64) / largest)), 0, 255)
    for channel, pixels in painted_maps(page, "conv_1_1").items():
        difference = pixels[..., :3].astype(int) - expected[channel].transpose(1, 2, 0)
        assert np.abs(difference).max() <= 1
    legend = page.locator('#network [data-node="conv_1_1"] .strip-legend')
    assert legend.inner_text().split()[-1] == f"{largest:.2f}"
    page.locator('#network [data-node="conv_1_1"] [data-cell="6"]').click()
    wait_for_view(page, layer="conv_1_1", channel="6")
    wait_until(page, "() => document.querySelector('[data-node=conv_1_1] canvas[data-channel]').width === 62")


def test_slices_of_other_layers_follow_the_chosen_input_channel(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=0")
    page.get_by_role("button", name="Filters").click()
    wait_until(page, "() => document.querySelector('[data-node=conv_2_1] canvas[data-channel]').width === 3")
    before = painted_maps(page, "conv_2_1")[0]
    page.get_by_label("Input channel").fill("4")
    page.wait_for_timeout(100)
    assert not np.array_equal(painted_maps(page, "conv_2_1")[0], before)
