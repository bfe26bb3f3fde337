"""The window of a layer slides over its input: played, held, stepped and scrubbed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, wait_until
from tests.browser.seen import FILLED
from tests.browser.test_view import view, wait_for_view

SIDE = 28
"""Rows and columns of conv_2_1."""
SIDES = {"conv_2_1": SIDE, "conv_2_2": 26, "max_pool_1": 30}
MAP = ["conv_2_1", 3, SIDE]


def pace(page: Page, name: str) -> None:
    page.locator("step-bar .seg").get_by_role("button", name=name).click()


def filled(page: Page, count: int, node: str = "conv_2_1", channel: int = 3) -> None:
    """Wait until exactly this many values of a map are painted."""
    wait_until(page, f"([map, count]) => ({FILLED})(map) === count", [[node, channel, SIDES[node]], count])


def test_a_step_fills_the_map_up_to_the_value_that_is_explained(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=3&y=13&x=26")
    pace(page, "Value")
    page.keyboard.press(".")
    wait_for_view(page, y="13", x="27")
    filled(page, 13 * SIDE + 28)
    page.keyboard.press(".")
    wait_for_view(page, y="14", x="0")
    filled(page, 14 * SIDE + 1)
    filled(page, 14 * SIDE + 1, channel=7)
    filled(page, 0, "conv_2_2")
    filled(page, 30 * 30, "max_pool_1")
    page.keyboard.press(",")
    page.keyboard.press(",")
    wait_for_view(page, y="13", x="26")
    filled(page, 13 * SIDE + 27)


def test_rows_are_stepped_whole(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=3&y=5&x=9")
    pace(page, "Row")
    page.get_by_role("button", name="Next row").click()
    wait_for_view(page, y="6", x="9")
    filled(page, 7 * SIDE)
    page.get_by_role("button", name="Last row").click()
    filled(page, SIDE * SIDE)
    page.get_by_role("button", name="First row").click()
    filled(page, SIDE)


def test_a_pause_holds_the_window_and_play_goes_on_from_there(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=3&y=0&x=0")
    pace(page, "Value")
    page.keyboard.press("Space")
    wait_until(page, f"(map) => ({FILLED})(map) >= 3", MAP)
    page.keyboard.press("Space")
    expect(page.locator("step-bar").get_by_role("button", name=re.compile("^play", re.I))).to_be_visible()
    held = page.evaluate(FILLED, MAP)
    page.wait_for_timeout(600)
    assert page.evaluate(FILLED, MAP) == held
    wait_for_view(page, x=str(held - 1))
    page.keyboard.press("Space")
    wait_until(page, f"([map, held]) => ({FILLED})(map) > held", [MAP, held])


def test_a_click_on_the_map_moves_the_window_there(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=3&y=0&x=0")
    pace(page, "Value")
    page.keyboard.press(".")
    page.locator('#network [data-node="conv_2_1"] [data-cell="3"]').click()
    page.wait_for_url(re.compile("[?&]y=1[34]&"))
    place = view(page)
    filled(page, int(place["y"]) * SIDE + int(place["x"]) + 1)


def test_dragging_on_the_film_scrubs_through_a_layer(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_1_1&channel=3")
    pace(page, "Row")
    box = page.locator('step-bar [data-frame="conv_2_1"]').bounding_box()
    assert box
    page.mouse.move(box["x"] + 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=4)
    wait_for_view(page, layer="conv_2_1")
    wait_until(page, f"() => Math.abs(({FILLED})({MAP}) - {SIDE * SIDE / 2}) < {2 * SIDE}")
    page.mouse.up()


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_nothing_else_is_locked_while_the_window_slides(open_page: OpenPage, motion: str) -> None:
    page = open_page("/?layer=conv_2_1&channel=3&y=0&x=0", reduced_motion=motion)
    pace(page, "Value")
    page.keyboard.press("Space")
    wait_until(page, f"(map) => ({FILLED})(map) >= 2", MAP)
    before = view(page)["image"]
    page.locator("sample-grid button").nth(2).click()
    wait_until(page, "(before) => !location.search.includes(before)", before)
    count = page.evaluate(FILLED, MAP)
    wait_until(page, f"([map, count]) => ({FILLED})(map) > count", [MAP, count])
    page.locator('#network [data-node="conv_2_1"] [data-cell="4"]').hover()
    page.locator("#work").focus()
    page.keyboard.press("ArrowDown")
    wait_for_view(page, channel="4")
    expect(page.get_by_role("button", name=re.compile("^pause", re.I))).to_be_visible()
    page.locator('#network [data-head="conv_1_2"]').click()
    wait_for_view(page, layer="conv_1_2")
    filled(page, SIDE * SIDE)


def test_a_vector_is_played_value_by_value(open_page: OpenPage) -> None:
    page = open_page("/?layer=output&channel=0")
    pace(page, "Value")
    page.keyboard.press(".")
    wait_for_view(page, channel="1")
    for number, told in [(1, r"\d"), (2, "^$")]:
        score = page.locator(f'#network [data-node="output"] [data-cell="{number}"] .strip-value')
        expect(score).to_have_text(re.compile(told))
