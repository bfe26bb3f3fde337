"""Networks that are no chain: branches in lanes, blocks that fold, layers found by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.config import Settings
from tests.api.graphs import install
from tests.api.live import Live, served
from tests.browser.branched import branched, deep
from tests.browser.conftest import Complaints, OpenPage, wait_until
from tests.browser.looks import seems_right
from tests.browser.seen import RECORD, WRITTEN
from tests.browser.test_arithmetic import number
from tests.browser.test_pixels import numbers
from tests.browser.test_view import wait_for_view

BOXES = """
() => Object.fromEntries([...document.querySelectorAll('#network .strip-column')].map((column) => {
  const { left, right } = column.getBoundingClientRect();
  const cells = [...column.querySelectorAll('[data-cell]')].map((cell) => cell.getBoundingClientRect());
  const head = column.querySelector('.strip-head').getBoundingClientRect();
  const bottom = Math.max(head.bottom, ...cells.map((cell) => cell.bottom));
  return [column.dataset.node, { left, right, top: head.top, bottom, cells: cells.length }];
}))
"""


@pytest.fixture(scope="module")
def forest() -> Iterator[Live]:
    """A server with a branched network and one of 300 layers."""
    with served(Settings(), install(branched(), deep(blocks=43, side=32, channels=4))) as live:
        yield live


@pytest.fixture
def open_forest(forest: Live, complaints: Complaints, open_page: OpenPage) -> OpenPage:
    """Open an address of that server, which outlives the pages."""
    complaints.home = str(forest.client.base_url).rstrip("/")

    def open_at(address: str, **options: Any) -> Page:
        return open_page(complaints.home + address, **options)

    return open_at


def shown(page: Page) -> list[str]:
    """Layers that have a column."""
    return list(page.evaluate(BOXES))


def wait_for_columns(page: Page, wanted: list[str]) -> None:
    """Until these layers, and no others, have one."""
    wait_until(
        page,
        "(wanted) => wanted.join() === "
        "[...document.querySelectorAll('#network .strip-column')].map((each) => each.dataset.node).join()",
        wanted,
    )


@pytest.mark.parametrize("view", ["even", "lens"])
def test_branches_stand_below_each_other_and_never_overlap(open_forest: OpenPage, view: str) -> None:
    page = open_forest(f"/?model=branched&view={view}&layer=mixed0/c1/conv")
    boxes = page.evaluate(BOXES)
    for ends in [("a/relu", "b2/relu"), ("b2/relu", "c3/relu"), ("c3/relu", "d/relu")]:
        upper, lower = (boxes[f"mixed0/{end}"] for end in ends)
        assert upper["bottom"] <= lower["top"] + 1
        assert upper["left"] == pytest.approx(lower["left"], abs=1)
    assert boxes["mixed0/c3/relu"]["right"] < boxes["mixed0/concat"]["left"]
    names = [name for name, box in boxes.items() if box["cells"]]
    for one in names:
        for other in names:
            a, b = boxes[one], boxes[other]
            apart = a["right"] <= b["left"] + 1 or b["right"] <= a["left"] + 1
            assert one == other or apart or a["bottom"] <= b["top"] + 1 or b["bottom"] <= a["top"] + 1, (
                one,
                other,
            )
    # into four branches, and out of them; the chosen layer's own line begins at its sheet
    assert page.locator(".strip-wire").count() >= 3 * 8 - 2


def test_a_map_in_a_lane_tells_the_servers_number(open_forest: OpenPage, forest: Live) -> None:
    page = open_forest("/?model=branched&layer=mixed0/concat")
    cell = page.locator('#network [data-node="mixed0/c3/relu"] [data-cell]').first
    page.evaluate(RECORD)
    cell.hover()
    expect(page.locator(".strip-loupe")).to_be_visible()
    image = re.search(r"image=(\w+)", page.url)
    assert image
    home = str(forest.client.base_url).rstrip("/")
    maps = numbers(f"{home}/api/traces/branched/{image[1]}", "mixed0%2Fc3%2Frelu")
    channel = int(cell.get_attribute("data-cell") or "")
    name, told = page.evaluate(WRITTEN, ".strip-loupe")
    assert name == f"mixed0/c3/relu, {channel}"
    value = float(number(told))
    assert abs(maps[channel, 15:18, 15:18] - value).min() <= 0.0005


def test_a_click_on_a_map_of_a_lane_selects_it_there(open_forest: OpenPage) -> None:
    page = open_forest("/?model=branched&layer=mixed0/concat")
    cell = page.locator('#network [data-node="mixed0/b2/relu"] [data-cell]').last
    channel = cell.get_attribute("data-cell") or ""
    cell.click()
    wait_for_view(page, layer="mixed0%2Fb2%2Frelu", channel=channel)
    expect(page.locator('#network [data-node="mixed0/b2/relu"]')).to_have_attribute("data-role", "focus")


def test_a_block_folds_to_its_last_layer_and_opens_again(open_forest: OpenPage) -> None:
    page = open_forest("/?model=branched&layer=stem/relu")
    everything = shown(page)
    block = page.get_by_role("button", name="mixed1", exact=True)
    expect(block).to_have_attribute("aria-expanded", "true")
    block.click()
    expect(block).to_have_attribute("aria-expanded", "false")
    inner = [name for name in everything if name.startswith("mixed1/") and name != "mixed1/concat"]
    wait_for_columns(page, [name for name in everything if name not in inner])
    page.get_by_role("button", name="Fold", exact=True).click()
    few = [name for name in everything if not name.startswith("mixed") or name.endswith("concat")]
    wait_for_columns(page, few)
    page.locator("#work").focus()
    page.keyboard.press("ArrowRight")
    wait_for_view(page, layer="mixed0%2Fconcat")
    page.get_by_role("button", name="Unfold", exact=True).click()
    wait_for_columns(page, everything)


def test_folding_the_block_of_the_chosen_layer_chooses_what_stands_for_it(open_forest: OpenPage) -> None:
    page = open_forest("/?model=branched&layer=mixed1/c1/conv")
    page.get_by_role("button", name="mixed1", exact=True).click()
    wait_for_view(page, layer="mixed1%2Fconcat")
    expect(page.locator('#network [data-node^="mixed1/"]')).to_have_count(1)


def find(page: Page, text: str) -> None:
    page.locator("#work").focus()
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Name of a layer")
    expect(field).to_be_focused()
    field.fill(text)


def test_a_layer_is_found_by_typing_and_its_block_opens(open_forest: OpenPage) -> None:
    page = open_forest("/?model=branched&layer=stem/relu")
    page.get_by_role("button", name="Fold", exact=True).click()
    find(page, "b1 conv")
    options = page.get_by_role("option", name=re.compile("b1"))
    expect(options).to_have_text([re.compile(f"^mixed{block}/b1/convConvolution") for block in range(3)])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_for_view(page, layer="mixed1%2Fb1%2Fconv")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator('#network [data-node="mixed1/b1/conv"]')).to_be_in_viewport()
    expect(page.locator('#network [data-node^="mixed2/"]')).to_have_count(1)
    find(page, "no such thing")
    expect(page.get_by_role("status").filter(has_text="No layer")).to_be_visible()
    page.keyboard.press("Escape")
    wait_for_view(page, layer="mixed1%2Fb1%2Fconv")


def test_what_is_typed_before_the_search_is_there_counts_the_line_s_end_too(open_forest: OpenPage) -> None:
    page = open_forest("/?model=branched&layer=stem/relu")
    page.route("**/search*.css", lambda route: None if page.keyboard.type("b1 conv\n") else route.continue_())
    page.keyboard.press("/")
    wait_for_view(page, layer="mixed0%2Fb1%2Fconv")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_very_long_network_opens_folded_and_the_film_moves_along_all_of_it(open_forest: OpenPage) -> None:
    page = open_forest("/?model=deep&layer=stem/conv")
    assert len(shown(page)) < 70
    page.get_by_role("slider", name="Step of the forward pass").focus()
    page.keyboard.press("End")
    wait_for_view(page, layer="softmax")
    expect(page.locator('#network [data-node="softmax"]')).to_be_in_viewport()
    page.get_by_role("button", name="Unfold", exact=True).click()
    wait_until(page, "() => document.querySelectorAll('#network .strip-column').length > 300")
    assert page.locator("#network [data-cell]").count() < 900, "cells are made where they are seen"
    arcs = page.locator(".strip-arc")
    assert arcs.count() == 43


def test_lanes_and_search_have_no_violations(open_forest: OpenPage) -> None:
    page = open_forest("/?model=branched")
    page.get_by_role("button", name="mixed2", exact=True).click()
    seems_right(page)
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("combobox", name="Name of a layer")).to_be_focused()
    seems_right(page)
