"""What connects the columns: ribbons as wide as the kernel is strong, arcs over the layers skipped."""

from __future__ import annotations

import io
import re
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import READY, OpenPage, wait_until
from tests.browser.test_out_of_view import walked
from tests.browser.test_pixels import numbers, trace_address
from tests.browser.test_view import wait_for_view
from tests.server import Server

RIBBONS = """
() => [...document.querySelectorAll('.strip-links path.ribbon')].map((path) => {
  const [r, , b] = getComputedStyle(path).fill.match(/\\d+/g).map(Number);
  return { d: path.getAttribute('d'), r, b, plain: path.classList.contains('plain') };
})
"""
"""Every ribbon's path and colour, from the top down."""

CELLS = """
(node) => {
  const home = document.querySelector('.strip-links').getBoundingClientRect();
  return [...document.querySelectorAll(`#network [data-node="${node}"] [data-cell]`)].map((cell) => {
    const { top, height } = cell.getBoundingClientRect();
    return { channel: Number(cell.dataset.cell), middle: top + height / 2 - home.top };
  });
}
"""

ARCS = """
() => {
  const home = document.querySelector('.strip-links').getBoundingClientRect();
  const middles = {};
  for (const column of document.querySelectorAll('#network .strip-column')) {
    const { left, width } = column.getBoundingClientRect();
    middles[column.dataset.node] = { left: left - home.left, middle: left + width / 2 - home.left };
  }
  const heads = Math.min(...[...document.querySelectorAll('.strip-head b')].map(
    (each) => each.getBoundingClientRect().top - home.top));
  return {
    middles,
    heads,
    paths: [...document.querySelectorAll('.strip-links .strip-arc')].map((path) => path.getAttribute('d')),
    near: [...document.querySelectorAll('.strip-links .strip-arc.near')]
      .map((path) => path.getAttribute('d')),
  };
}
"""


def ribbons(page: Page) -> list[dict[str, Any]]:
    """Where each ribbon begins, how thick it is, and its colour."""
    found = []
    for ribbon in page.evaluate(RIBBONS):
        start, arrives, leaves = re.fullmatch(
            r"M\S+ (\S+)C\S+ \S+ \S+ \S+ \S+ (\S+?)V(\S+?)C.*", ribbon["d"]
        ).groups()  # type: ignore[union-attr]
        thickness = float(leaves) - float(arrives)
        found.append({**ribbon, "thickness": thickness, "start": float(start) + thickness / 2})
    return found


def parameter(server: Server, model: str, name: str) -> np.ndarray[Any, Any]:
    answer = httpx.get(f"{server.address}/api/models/{model}/parameters/{name}")
    return np.asarray(np.load(io.BytesIO(answer.content)), np.float64)


def check_ribbons(page: Page, strengths: np.ndarray[Any, Any], signs: np.ndarray[Any, Any]) -> None:
    """As wide as it is strong, orange where it raises, blue where it lowers."""
    drawn = ribbons(page)
    assert len(drawn) == len(strengths)
    widths = np.array([ribbon["thickness"] for ribbon in drawn])
    np.testing.assert_allclose(
        widths / widths.sum(), strengths / strengths.sum(), atol=0.11 / widths.sum() + 2e-3
    )
    for ribbon, sign in zip(drawn, signs, strict=True):
        assert not ribbon["plain"]
        assert np.sign(ribbon["r"] - ribbon["b"]) == np.sign(sign)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ribbons_are_as_wide_as_the_kernel_is_strong_and_tell_its_sign(
    open_page: OpenPage, server: Server, theme: str
) -> None:
    page = open_page("/?layer=conv_2_1&channel=3", color_scheme=theme)
    weights = parameter(server, "tiny_vgg", "conv_2_1.weight")
    for channel in (3, 4):
        wait_for_view(page, channel=str(channel))
        kernel = weights[channel]
        wait_until(page, "() => document.querySelectorAll('.ribbon:not(.plain)').length === 10")
        check_ribbons(page, np.linalg.norm(kernel.reshape(10, -1), axis=1), kernel.sum(axis=(1, 2)))
        cells = sorted(page.evaluate(CELLS, "max_pool_1"), key=lambda cell: cell["channel"])
        starts = [ribbon["start"] for ribbon in ribbons(page)]
        np.testing.assert_allclose(starts, [cell["middle"] for cell in cells], atol=1)
        page.locator("#work").focus()
        page.keyboard.press("ArrowDown")
        wait_for_view(page, channel=str(channel + 1))
        page.wait_for_timeout(50)


def test_ribbons_into_a_score_are_what_each_map_adds(open_page: OpenPage, server: Server) -> None:
    page = open_page("/?layer=output&channel=4")
    flat = numbers(trace_address(page, server), "flatten").astype(np.float64)
    products = parameter(server, "tiny_vgg", "output.weight")[4] * flat
    adds = products.reshape(10, -1).sum(axis=1)
    wait_until(page, "() => document.querySelectorAll('.ribbon:not(.plain)').length === 10")
    check_ribbons(page, np.abs(adds), adds)


def test_pointing_at_a_source_fades_the_other_ribbons(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=3")
    wait_until(page, "() => document.querySelectorAll('.ribbon:not(.plain)').length === 10")
    page.locator('#network [data-node="max_pool_1"] [data-cell="6"]').hover()
    dimmed = "() => [...document.querySelectorAll('.ribbon')].map((each) => each.classList.contains('dim'))"
    wait_until(page, f"() => ({dimmed})().some(Boolean)")
    assert page.evaluate(dimmed) == [channel != 6 for channel in range(10)]


@pytest.mark.parametrize("layer", ["block_2_add", "block_1_1_conv"])
def test_every_skip_connection_is_an_arc_from_head_to_head(
    open_page: OpenPage, server: Server, layer: str
) -> None:
    page = open_page(f"/?model=resnet&layer={layer}&channel=1")
    nodes = httpx.get(f"{server.address}/api/models/resnet").json()["nodes"]
    order = [node["name"] for node in nodes]
    skipped = [
        (source, node["name"])
        for node in nodes
        for source in node["inputs"]
        if order.index(source) < order.index(node["name"]) - 1
    ]
    walked(page)
    told = page.evaluate(ARCS)
    assert len(told["paths"]) == len(skipped) > 5

    def middle(node: str) -> float:
        place = told["middles"][node]
        return float(place["left"] + 10 if node == layer else place["middle"])

    tops: dict[tuple[int, int], float] = {}
    for (source, target), path in zip(skipped, told["paths"], strict=True):
        start, foot, height, end = re.fullmatch(
            r"M(\S+) (\S+)V\S+Q\S+ (\S+) \S+ \S+H\S+Q(\S+) \S+ \S+ \S+V\S+", path
        ).groups()  # type: ignore[union-attr]
        assert float(start) == pytest.approx(middle(source), abs=1), f"{source} to {target}"
        assert float(end) == pytest.approx(middle(target), abs=1), f"{source} to {target}"
        assert 0 < float(height) < float(foot) <= told["heads"]
        tops[order.index(source), order.index(target)] = float(height)
        assert (path in told["near"]) == (layer in (source, target))
    for (a, b), top in tops.items():
        for (c, d), other in tops.items():
            if (a, b) < (c, d) and a < d and c < b:
                assert top != other, "arcs over the same columns lie at different heights"


HEARD = """
() => {
  window.painted = new Set();
  for (const name of ['putImageData', 'drawImage', 'clearRect']) {
    const usual = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      const map = this.canvas.isConnected && !this.canvas.matches('.marks');
      const drawn = map && this.canvas.closest('.strip-column, step-bar');
      if (drawn) window.painted.add(this.canvas);
      return usual.apply(this, given);
    };
  }
}
"""


def test_hovering_moves_marks_and_repaints_no_map(open_page: OpenPage) -> None:
    page = open_page("/?model=resnet&layer=block_2_1_conv&channel=1")
    page.evaluate(HEARD)
    map_box = page.locator('#network [data-node="block_2_1_conv"] [data-cell="1"]').bounding_box()
    assert map_box
    marks = "() => document.querySelector('.strip-track > .marks').toDataURL()"
    before = page.evaluate(marks)
    for step in range(4):
        page.mouse.move(map_box["x"] + 10 + 9 * step, map_box["y"] + 10 + 7 * step)
    wait_until(page, f"(before) => ({marks})() !== before", before)
    assert page.evaluate("() => window.painted.size") == 0
    page.keyboard.press("t")
    page.wait_for_selector(READY)
    wait_until(page, "() => window.painted.size > 5")
