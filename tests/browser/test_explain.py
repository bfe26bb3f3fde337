"""The Explain page: what it paints and says is what the server computed, and its address holds all of it."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import urljoin

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from app.pictures.colours import colours
from tests.browser.conftest import LAPTOP, PHONE, OpenPage
from tests.browser.looks import violations
from tests.browser.seen import CANVAS, rgba
from tests.server import Server


def opened(open_page: OpenPage, query: str = "", **options: Any) -> Page:
    """The page with the maps of one pass, which come first."""
    page = open_page(f"/explain?{query}", ready=False, **options)
    page.wait_for_selector('[data-method="edges_only"] canvas:not([hidden])')
    return page


def map_of(page: Page, server: Server) -> NDArray[np.float32]:
    """The chosen map as the page offers it for saving."""
    address = page.get_by_role("link", name="NPY").get_attribute("href")
    assert address
    answer = httpx.get(urljoin(server.address, address), timeout=60).raise_for_status()
    array: NDArray[np.float32] = np.load(io.BytesIO(answer.content))
    return array


def painted(page: Page, method: str) -> NDArray[np.uint8]:
    return rgba(page.locator(f'[data-method="{method}"] canvas').evaluate(CANVAS))[..., :3]


def number(text: str) -> float:
    found = re.search(r"[+−-]?[\d.]+", text)
    assert found, text
    return float(found[0].replace("−", "-"))


def test_a_map_read_off_the_canvas_is_the_servers_and_adds_up(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page, "method=lrp&y=20&x=30")
    values = map_of(page, server)
    strongest = np.sort(np.abs(values).ravel())[::-1][values.size // 100]
    assert values.min() < 0 < values.max()
    expected = colours(np.clip(values, -strongest, strongest))
    np.testing.assert_array_equal(painted(page, "lrp"), expected)
    told = page.locator('[data-method="lrp"] .t-row').first.inner_text()
    total, goal = (float(each.replace("−", "-")) for each in re.findall(r"[−\d.]+", told))
    assert total == pytest.approx(values.sum(dtype=np.float64), abs=0.006)
    assert goal == pytest.approx(total, abs=0.011)
    expect(page.locator('[data-method="lrp"] .t-row').first.locator(".ok")).to_be_visible()
    assert number(page.locator(".i-value .v").inner_text()) == pytest.approx(values[20, 30], abs=1e-6)
    parts = [number(each) for each in page.locator(".sum .chip").all_inner_texts()]
    assert parts[0] == pytest.approx(values[values > 0].sum(dtype=np.float64), abs=0.006)
    assert parts[1] == pytest.approx(values[values < 0].sum(dtype=np.float64), abs=0.006)
    assert number(page.locator(".sum .total").inner_text()) == pytest.approx(sum(parts), abs=0.02)


def test_a_broken_promise_gets_a_cross_and_a_way_out(open_page: OpenPage) -> None:
    page = open_page("/explain?method=integrated_gradients", ready=False)
    row = page.locator('[data-method="integrated_gradients"] .t-row').first
    expect(row.locator(".no")).to_be_visible()
    before = number(page.locator(".sum .bad").inner_text().replace("off", ""))
    page.get_by_role("button", name="Double the steps").click()
    expect(page.locator(".i-opts select").first).to_have_value("80")
    page.wait_for_url("**options=*80*")
    expect(page.locator(".sum .total")).to_be_visible()
    assert abs(before) > 0


def test_a_link_restores_the_question_the_method_and_the_film(open_page: OpenPage) -> None:
    query = "ask=pair&a=3&b=6&method=gradient&film=insertion&at=32&y=5&x=7&scale=one&sign=for"
    page = opened(open_page, query)
    lead = page.locator("explain-head .lead")
    expect(lead).to_have_text("Why ladybug, not pizza? Orange is for A, blue for B.")
    for name in ("A not B", "Put in", "One for all", "for"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator('[data-method="gradient"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".where")).to_contain_text("Row 5, column 7")
    expect(page.locator(".reel")).to_have_attribute("aria-valuenow", "32")
    page.keyboard.press("x")
    page.wait_for_url("**a=6&b=3*")
    for part in query.replace("a=3&b=6", "a=6&b=3").split("&"):
        assert part in page.url


def test_a_channel_is_asked_for_with_its_own_value(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page)
    page.get_by_role("button", name="Channel", exact=True).click()
    page.get_by_label("Layer").first.select_option("relu_2_1")
    page.get_by_role("button", name="Next channel").click()
    page.wait_for_url("**layer=relu_2_1&ch=1*")
    note = page.locator(".fields .note b")
    expect(note).to_be_visible()
    query = dict(part.split("=") for part in page.url.split("?")[1].split("&"))
    trace = httpx.get(
        f"{server.address}/api/traces/{query['model']}/{query['image']}/channels/relu_2_1"
    ).json()
    expect(note).to_have_text(f"{trace['mean'][1]:.3f}")


def test_keys_choose_methods_pixels_and_steps(open_page: OpenPage) -> None:
    page = opened(open_page, "method=gradient&y=10&x=10&at=5")
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowDown", "Shift+ArrowLeft", ".", "r"):
        page.keyboard.press(key)
    expect(page.locator('[data-method="occlusion"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".where")).to_contain_text("Row 11, column 9")
    expect(page.locator(".reel")).to_have_attribute("aria-valuenow", "6")
    expect(page.get_by_role("button", name="Put in")).to_have_attribute("aria-pressed", "true")


def test_the_film_says_what_was_measured(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page, "method=edges_only&at=64")
    say = page.locator(".f-say")
    expect(say).to_contain_text("4 096 of 4 096 pixels")
    grey = say.locator("span").nth(1).locator("b").inner_text()
    page.keyboard.press("r")
    expect(say).to_contain_text("Put into a blurred photo")
    whole = say.locator("span").nth(1).locator("b").inner_text()
    first = page.locator(".classes b").first.inner_text()
    assert number(whole) == pytest.approx(number(first), abs=0.11)
    assert grey != whole


def test_a_method_without_a_rule_says_so_in_its_well(open_page: OpenPage) -> None:
    page = opened(open_page, "model=efficientnet&method=lrp")
    expect(page.locator('[data-method="lrp"] .na')).to_have_text("LRP has no rule for SiLU (head_silu).")
    expect(page.locator('[data-method="guided_backprop"] .na')).to_contain_text(
        "none lies before this answer"
    )
    expect(page.locator('[data-method="lrp"] canvas')).to_be_hidden()


def test_no_violations(open_page: OpenPage) -> None:
    page = opened(open_page, "method=lrp", reduced_motion="reduce")
    for theme, size in (("light", LAPTOP), ("dark", PHONE)):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert violations(page) == [], theme
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
