"""Columns out of view cost nothing, stand where they belong once in view, and are reached by Tab."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import READY, OpenPage, wait_until

COLUMNS = "() => [...document.querySelectorAll('#network .strip-column')].map((each) => each.dataset.node)"

DRAWN = """
() => [...document.querySelectorAll('#network .strip-column')].map((column) => [
  column.classList.contains('away'),
  column.querySelector('[data-cell], [data-head]').checkVisibility({ contentVisibilityAuto: true })])
"""
"""Of every column, whether it is away, and whether anything of it is laid out."""

STANDING = """
() => {
  const { scrollLeft } = document.querySelector('.strip-stage');
  return [...document.querySelectorAll('#network .strip-column:not(.away)')].map((column) => {
    const { left, width } = column.getBoundingClientRect();
    return [column.dataset.node, Math.round(left + scrollLeft), Math.round(width)];
  });
}
"""

SCROLL = """
(left) => {
  document.querySelector('.strip-stage').scrollLeft = left;
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}
"""

WIDTH = "() => document.querySelector('.strip-stage').scrollWidth"


def walked(page: Page) -> dict[str, tuple[int, int]]:
    """Left edge and width of every column as it comes into view, from the first to the last."""
    found: dict[str, tuple[int, int]] = {}
    for left in range(0, page.evaluate(WIDTH), 400):
        page.evaluate(SCROLL, left)
        found |= {node: (x, width) for node, x, width in page.evaluate(STANDING)}
    return found


def test_out_of_view_nothing_is_laid_out_or_drawn(open_page: OpenPage) -> None:
    page = open_page("/?model=resnet&layer=softmax")
    told = page.evaluate(DRAWN)
    assert {away for away, _ in told} == {True, False}
    assert all(away != visible for away, visible in told)
    assert page.locator("step-bar canvas").count() == 1


def test_columns_that_moved_out_of_view_stand_in_order_when_they_come_into_view(open_page: OpenPage) -> None:
    """In the order of the layers, none over another, and just where a page newly opened has them."""
    page = open_page("/?model=efficientnet&layer=stem_norm")
    for layer in ("stem_silu", "block_1_1_depthwise_conv", "block_1_1_depthwise_norm"):
        page.keyboard.press("ArrowRight")
        wait_until(page, "(layer) => location.search.includes(layer)", layer)
    nodes = page.evaluate(COLUMNS)
    moved = walked(page)
    page.reload()
    page.wait_for_selector(READY)
    assert moved == walked(page)
    assert list(moved) == nodes
    assert len(nodes) > 100
    assert all(left + width < after for (left, width), (after, _) in pairwise(moved.values()))


def test_tab_reaches_every_layer_and_comes_back(open_page: OpenPage) -> None:
    page = open_page("/?model=efficientnet&layer=input")
    columns = page.evaluate(COLUMNS)
    focused = """() => {
      const { dataset } = document.activeElement;
      return [dataset.head ?? null, dataset.cell ?? null];
    }"""
    page.locator("#network [data-head]").first.focus()
    for key, way in (("Tab", columns), ("Shift+Tab", columns[::-1])):
        reached = [way[0]]
        while reached[-1] != way[-1]:
            page.keyboard.press(key)
            head, cell = page.evaluate(focused)
            # The selected map is a stop too, beside the head of its column.
            assert head or cell, f"after {reached[-1]} the focus left the strip"
            reached += [head] if head else []
        assert reached == way


def test_of_a_block_half_in_view_sign_and_name_lie_side_by_side(open_page: OpenPage) -> None:
    page = open_page("/?model=efficientnet&layer=block_3_2_add")
    labels = """() => [...document.querySelectorAll('.strip-block')].map((block) => {
      const [sign, name] = ['i', 'span'].map((each) => block.querySelector(each).getBoundingClientRect());
      return [sign.right, name.left, name.right, block.getBoundingClientRect().right];
    })"""
    for left in range(0, page.evaluate(WIDTH), 90):
        page.evaluate(SCROLL, left)
        found = page.evaluate(labels)
        assert len(found) > 4
        assert all(sign < name <= end <= block + 1 for sign, name, end, block in found)


@pytest.mark.parametrize("layer", ["stem_norm", "block_2_1_depthwise_norm", "block_4_3_excite"])
@pytest.mark.parametrize("width", [1280, 1440])
def test_no_name_or_shape_over_a_column_touches_the_next_one(
    open_page: OpenPage, layer: str, width: int
) -> None:
    page = open_page(f"/?model=efficientnet&layer={layer}", viewport={"width": width, "height": 720})
    lines = page.evaluate("""() => {
      const columns = [...document.querySelectorAll('#network .strip-column:not(.away, [data-role=focus])')];
      return ['b', 'small'].map((part) => columns.flatMap((column) => {
        const text = document.createRange();
        text.selectNodeContents(column.querySelector(`.strip-head ${part}`));
        const { left, right } = text.getBoundingClientRect();
        return right > left ? [[left, right]] : [];
      }));
    }""")
    for line in lines:
        assert len(line) > 3
        assert all(end < start for (_, end), (start, _) in pairwise(line))
