"""What is painted is what the server computed: pixels of the canvases against the numbers."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page

from app.pictures.colours import colours
from tests.browser.conftest import READY, OpenPage
from tests.browser.seen import seen_maps, value_pixels
from tests.server import Server


def trace_address(page: Page, server: Server) -> str:
    """Where the numbers of the view in the address bar are."""
    page.wait_for_url("**image=*")
    query = parse_qs(urlsplit(page.url).query)
    return f"{server.address}/api/traces/{query['model'][0]}/{query['image'][0]}"


def layers(server: Server) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = httpx.get(f"{server.address}/api/models/tiny_vgg").json()["nodes"]
    return nodes


def numbers(address: str, node: str, **query: str) -> np.ndarray[Any, Any]:
    answer = httpx.get(f"{address}/nodes/{node}", params=query).raise_for_status()
    array: np.ndarray[Any, Any] = np.load(io.BytesIO(answer.content))
    return array


def test_every_value_of_every_map_is_the_servers_number_in_colour(
    open_page: OpenPage, server: Server
) -> None:
    page = open_page()
    address = trace_address(page, server)
    for node in layers(server):
        if len(node["output_shape"]) != 3:
            continue
        page.locator(f'[data-head="{node["name"]}"]').first.click()
        page.wait_for_selector(f'[data-node="{node["name"]}"][data-role="focus"]')
        page.wait_for_selector(READY)
        values = numbers(address, node["name"])
        expected = colours(values, grey=node["kind"] == "input")
        painted = seen_maps(page, node["name"])
        assert sorted(painted) == list(range(len(values))), f"{node['name']} shows all its channels"
        for channel, seen in painted.items():
            pixels = value_pixels(seen, values.shape[1:])
            np.testing.assert_array_equal(pixels[..., 3], 255)
            np.testing.assert_array_equal(
                pixels[..., :3], expected[channel], err_msg=f"{node['name']} {channel}"
            )


@pytest.mark.parametrize("ratio", [1, 2])
def test_a_narrow_column_shows_its_maps_where_they_are_pointed_at(
    open_page: OpenPage, server: Server, ratio: float
) -> None:
    page = open_page("/?layer=conv_1_2", device_scale_factor=ratio)
    address = trace_address(page, server)
    enlarged, reduced = (colours(numbers(address, node)) for node in ("max_pool_2", "conv_1_1"))
    for channel, seen in seen_maps(page, "max_pool_2").items():
        pixels = value_pixels(seen, enlarged[channel].shape[:2])
        np.testing.assert_array_equal(pixels[..., :3], enlarged[channel])
    for channel, seen in seen_maps(page, "conv_1_1").items():
        means = seen[..., :3].mean(axis=(0, 1))
        np.testing.assert_allclose(means, reduced[channel].mean(axis=(0, 1)), atol=4)


def test_the_crop_in_the_address_is_what_is_painted(open_page: OpenPage, server: Server) -> None:
    page = open_page("/?layer=input&crop=60,30,200")
    address = trace_address(page, server)
    whole = numbers(address, "input")
    cropped = numbers(address, "input", crop="60,30,200")
    assert not np.array_equal(whole, cropped)
    expected = colours(cropped, grey=True)
    for channel, seen in seen_maps(page, "input").items():
        pixels = value_pixels(seen, cropped.shape[1:])
        np.testing.assert_array_equal(pixels[..., :3], expected[channel])


def test_the_crop_box_moves_by_key_and_the_picture_follows(open_page: OpenPage) -> None:
    page = open_page()
    before = seen_maps(page, "input")[0]
    box = page.locator("crop-box [role=slider]")
    box.focus()
    box.press("ArrowRight")
    box.press("ArrowRight")
    page.wait_for_url("**crop=*")
    page.wait_for_selector(READY)
    assert not np.array_equal(seen_maps(page, "input")[0], before)


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


BARS = """() => {
  const film = document.querySelector('.film-sheet');
  const ratio = film.width / film.clientWidth;
  const frame = document.querySelector('[data-frame="output"]');
  const [left, width] = [frame.offsetLeft, frame.clientWidth].map((each) => Math.round(each * ratio));
  const { data } = film.getContext('2d').getImageData(left, 0, width, film.height);
  const pixels = Array.from({ length: film.height * width }, (_, at) => [...data.slice(4 * at, 4 * at + 4)]);
  return Array.from({ length: film.height }, (_, row) => pixels.slice(row * width, (row + 1) * width));
}"""


def test_the_film_draws_every_score_as_a_bar_from_the_common_zero(
    open_page: OpenPage, server: Server
) -> None:
    page = open_page()
    scores = numbers(trace_address(page, server), "output").astype(np.float64)
    pixels = np.array(page.evaluate(BARS))
    height, width = pixels.shape[:2]
    highest, lowest = max(0.0, scores.max()), min(0.0, scores.min())
    for number, score in enumerate(scores):
        column = pixels[:, int((number + 0.5) / len(scores) * width)]
        rows = np.flatnonzero(column[:, 3] > 127)
        top, bottom = (
            (highest - end) / (highest - lowest) * height for end in (max(0.0, score), min(0.0, score))
        )
        assert rows[0] == pytest.approx(min(top, bottom - 0.02 * height), abs=1), score
        assert rows[-1] + 1 == pytest.approx(bottom, abs=1), score
        assert len(rows) == rows[-1] + 1 - rows[0]
        red, _, blue, _ = column[rows[len(rows) // 2]]
        assert (blue > red) == (score < 0)
