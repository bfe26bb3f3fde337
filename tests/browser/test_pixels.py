"""What is painted is what the server computed: pixels of the canvases against the numbers."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page

from app.colours import colours
from tests.browser.conftest import READY, OpenPage
from tests.server import Server

CANVASES = """
(node) => {
  const found = document.querySelectorAll(`#network [data-node="${node}"] canvas[data-channel]`);
  return [...found].map((canvas) => {
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    return { channel: Number(canvas.dataset.channel), width, height, data: [...data] };
  });
}
"""

PICTURE = """
(node) => {
  const column = document.querySelector(`#network [data-node="${node}"]`);
  const picture = column.querySelector('.strip-picture');
  const { width, height } = picture;
  const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(picture, 0, 0);
  const [from, scale] = [picture.getBoundingClientRect(), picture.width / picture.clientWidth];
  return [...column.querySelectorAll('[data-cell]')].map((cell) => {
    const { left, top, right, bottom } = cell.getBoundingClientRect();
    const edges = [left - from.left, top - from.top, right - from.left, bottom - from.top];
    const [x, y, end, low] = edges.map((edge) => Math.round(edge * scale));
    const { data } = copy.getImageData(x, y, end - x, low - y);
    return { channel: Number(cell.dataset.cell), width: end - x, height: low - y, data: [...data] };
  });
}
"""
"""What is seen of every map of a narrow column, which shows them as one picture."""


def trace_address(page: Page, server: Server) -> str:
    """Where the numbers of the view in the address bar are."""
    page.wait_for_url("**image=*")
    query = parse_qs(urlsplit(page.url).query)
    return f"{server.address}/api/traces/{query['model'][0]}/{query['image'][0]}"


def painted_maps(page: Page, node: str, script: str = CANVASES) -> dict[int, np.ndarray[Any, Any]]:
    """RGBA pixels of each channel's canvas in one layer's column."""
    return {
        canvas["channel"]: np.array(canvas["data"], np.uint8).reshape(canvas["height"], canvas["width"], 4)
        for canvas in page.evaluate(script, node)
    }


def layers(server: Server) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = httpx.get(f"{server.address}/api/models/tiny_vgg").json()["nodes"]
    return nodes


def numbers(address: str, node: str, **query: str) -> np.ndarray[Any, Any]:
    answer = httpx.get(f"{address}/nodes/{node}", params=query).raise_for_status()
    array: np.ndarray[Any, Any] = np.load(io.BytesIO(answer.content))
    return array


def test_every_pixel_of_every_map_is_the_servers_number_in_colour(
    open_page: OpenPage, server: Server
) -> None:
    page = open_page()
    address = trace_address(page, server)
    for node in layers(server):
        if len(node["output_shape"]) != 3:
            continue
        values = numbers(address, node["name"])
        expected = colours(values, grey=node["kind"] == "input")
        painted = painted_maps(page, node["name"])
        assert sorted(painted) == list(range(len(values))), f"{node['name']} shows all its channels"
        for channel, pixels in painted.items():
            assert pixels.shape == (*values.shape[1:], 4)
            np.testing.assert_array_equal(pixels[..., 3], 255)
            np.testing.assert_array_equal(
                pixels[..., :3], expected[channel], err_msg=f"{node['name']} {channel}"
            )


@pytest.mark.parametrize("ratio", [1, 2])
def test_a_narrow_column_shows_its_maps_where_they_are_pointed_at(open_page: OpenPage, ratio: float) -> None:
    page = open_page("/?layer=conv_1_2", device_scale_factor=ratio)
    enlarged, reduced = painted_maps(page, "max_pool_2"), painted_maps(page, "conv_1_1")
    for channel, seen in painted_maps(page, "max_pool_2", PICTURE).items():
        rows, columns = enlarged[channel].shape[:2]
        middles = [
            ((np.arange(count) + 0.5) * size / count).astype(int)
            for count, size in zip((rows, columns), seen.shape[:2], strict=True)
        ]
        np.testing.assert_array_equal(seen[np.ix_(*middles)], enlarged[channel])
    for channel, seen in painted_maps(page, "conv_1_1", PICTURE).items():
        np.testing.assert_allclose(seen.mean(axis=(0, 1)), reduced[channel].mean(axis=(0, 1)), atol=4)


def test_the_crop_in_the_address_is_what_is_painted(open_page: OpenPage, server: Server) -> None:
    page = open_page("/?crop=60,30,200")
    address = trace_address(page, server)
    whole = numbers(address, "input")
    cropped = numbers(address, "input", crop="60,30,200")
    assert not np.array_equal(whole, cropped)
    expected = colours(cropped, grey=True)
    for channel, pixels in painted_maps(page, "input").items():
        np.testing.assert_array_equal(pixels[..., :3], expected[channel])


def test_the_crop_box_moves_by_key_and_the_picture_follows(open_page: OpenPage) -> None:
    page = open_page()
    before = painted_maps(page, "input")[0]
    box = page.locator("crop-box [role=slider]")
    box.focus()
    box.press("ArrowRight")
    box.press("ArrowRight")
    page.wait_for_url("**crop=*")
    page.wait_for_selector(READY)
    assert not np.array_equal(painted_maps(page, "input")[0], before)


def test_every_layer_has_a_column(open_page: OpenPage, server: Server) -> None:
    page = open_page()
    for node in layers(server):
        assert page.locator(f'#network [data-node="{node["name"]}"]').count() >= 1, node["name"]


def test_class_probabilities_are_the_servers(open_page: OpenPage, server: Server) -> None:
    page = open_page()
    top = httpx.get(trace_address(page, server)).json()["top"]
    best = page.locator("class-bars li.best")
    assert best.locator("span").inner_text() == top[0]["label"].replace("_", " ")
    shown = best.locator("b").inner_text()
    assert float(shown) == pytest.approx(100 * top[0]["probability"], abs=0.051)
