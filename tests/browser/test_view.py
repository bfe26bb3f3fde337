"""Links, keys, playing, small screens and people who want less motion."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, READY, OpenPage, wait_until
from tests.browser.seen import SHARE


def view(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def wait_for_view(page: Page, **wanted: str) -> None:
    """Until the address says so."""
    for key, value in wanted.items():
        page.wait_for_url(re.compile(rf"[?&]{key}={re.escape(value)}(&|$)"))


def test_a_link_restores_layer_channel_and_pixel(open_page: OpenPage) -> None:
    page = open_page("/?model=tiny_vgg&layer=conv_2_1&channel=3&y=11&x=16")
    wait_for_view(page, layer="conv_2_1", channel="3", y="11", x="16")
    inspector = page.locator("#inspector")
    expect(inspector).to_contain_text("conv_2_1")
    expect(inspector.locator(".working-rows li")).to_have_count(10)
    first = inspector.inner_text()
    again = open_page(page.url)
    wait_for_view(again, **view(page))
    expect(again.locator("#inspector .working-rows li")).to_have_count(10)
    assert again.locator("#inspector").inner_text() == first


def test_a_link_to_a_layer_that_is_not_there_opens_the_page_all_the_same(open_page: OpenPage) -> None:
    page = open_page("/?model=tiny_vgg&layer=conv_9_9&channel=400&y=-1&x=many")
    expect(page.locator(READY)).to_be_visible()


def test_arrow_keys_walk_layers_and_channels(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_1_1&channel=0&y=0&x=0")
    page.keyboard.press("ArrowRight")
    wait_for_view(page, layer="relu_1_1")
    page.keyboard.press("ArrowLeft")
    wait_for_view(page, layer="conv_1_1")
    page.keyboard.press("ArrowDown")
    wait_for_view(page, channel="1")
    page.keyboard.press("Shift+ArrowRight")
    wait_for_view(page, x="1")
    page.keyboard.press("Shift+ArrowDown")
    wait_for_view(page, y="1")


def test_escape_changes_between_lens_and_even_columns(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("Escape")
    wait_for_view(page, view="even")
    page.keyboard.press("Escape")
    wait_until(page, "() => !location.search.includes('view=even')")


def test_tab_reaches_everything_and_the_focus_can_be_seen(open_page: OpenPage) -> None:
    page = open_page()
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => {
              const focused = document.activeElement;
              if (!focused || focused === document.body) return null;
              const style = getComputedStyle(focused);
              const home = focused.closest('header, .dock, .strip, .inspector, .steps, .skip');
              return { home: home?.className || home?.localName || '', seen: style.outlineStyle !== 'none' };
            }"""
        )
        if place is None:
            break
        assert place["seen"], f"focus in {place['home']} cannot be seen"
        reached.add(place["home"].split()[0])
    assert {"skip", "top", "dock", "strip", "inspector", "steps"} <= reached


def test_a_map_is_selected_by_a_click(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_1_1&channel=0")
    page.locator('#network [data-node="conv_2_2"] [data-cell="4"]').click()
    wait_for_view(page, layer="conv_2_2", channel="4")


def test_play_paints_layer_by_layer_and_pause_shows_everything(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_1_1")
    bar = page.locator("step-bar")
    bar.get_by_role("button", name=re.compile("^play", re.IGNORECASE)).click()
    wait_until(page, f"(node) => ({SHARE})(node) === 0", "conv_2_2")
    page.keyboard.press("Space")
    expect(bar.get_by_role("button", name=re.compile("^play", re.IGNORECASE))).to_be_visible()
    wait_until(page, f"(node) => ({SHARE})(node) === 1", "conv_2_2")


def test_play_ends_at_the_last_layer_with_everything_painted(open_page: OpenPage) -> None:
    page = open_page("/?layer=flatten")
    page.locator("step-bar input[type=range]").press("End")
    page.locator("#work").focus()
    page.keyboard.press("Space")
    wait_for_view(page, layer="softmax")
    bar = page.locator("step-bar")
    expect(bar.get_by_role("button", name=re.compile("^play", re.IGNORECASE))).to_be_visible()
    wait_until(page, f"(node) => ({SHARE})(node) === 1", "conv_1_1")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_needs_no_sideways_scrolling(open_page: OpenPage, theme: str) -> None:
    page = open_page(viewport=PHONE, color_scheme=theme, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.get_by_role("button", name="Upload")).to_be_in_viewport()


def test_with_reduced_motion_nothing_moves_by_itself(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    moving = "document.getAnimations().filter((each) => each.effect.getTiming().duration > 1).length"
    assert page.evaluate(moving) == 0
    page.keyboard.press("ArrowRight")
    assert page.evaluate(moving) == 0


def test_the_theme_is_kept_when_the_page_is_opened_again(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    page.wait_for_selector(READY)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
