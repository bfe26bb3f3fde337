"""The Shift lab: the photo is dragged, and every number on the page is the core's."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from app.pictures.colours import colours
from cnn_core.equivariance import Comparison, LayerComparison, equivariance
from cnn_core.models import load_model
from tests.browser.conftest import PHONE, OpenPage, wait_until
from tests.browser.looks import FITS, SIZES, THEMES, violations
from tests.browser.seen import CANVAS, rgba
from tests.browser.test_playground import network_input
from tests.server import Server

TABLE = "shift-table"
ROWS = ("conv_1_1", "conv_1_2", "max_pool_1", "max_pool_2")
LAYERS = "layers=" + ",".join(f"{node}:{channel}" for node, channel in zip(ROWS, (0, 5, 5, 3), strict=True))


def opened(open_page: OpenPage, query: str = "", **options: Any) -> Page:
    page = open_page(f"/shift?{query}", ready=False, **options)
    page.wait_for_selector(f"{TABLE}[data-state=ready]")
    return page


def settle(page: Page, place: str) -> None:
    """Until the photo is there, with everything about it."""
    page.wait_for_selector(f"{TABLE}[data-place='{place}'][data-state=ready]")


def row(page: Page, node: str) -> Locator:
    return page.locator(f"{TABLE} [data-node='{node}']")


def error_of(page: Page, node: str) -> float:
    """In per cent, as it is written."""
    return float(row(page, node).locator(".shift-error b").inner_text())


def measured(page: Page, server: Server, dx: int, dy: int, border: Any = "trained") -> Comparison:
    model = load_model("tiny_vgg")
    x = network_input(page, server)[np.newaxis]
    return equivariance(model.graph, model.parameters, x, dx, dy, border, "trained", ROWS)


def drag(page: Page, across: int, down: int) -> None:
    """So many pixels of the network's input."""
    box = page.locator(".shift-handle").bounding_box()
    assert box
    zoom = box["width"] / 64
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across * zoom, y + down * zoom, steps=6)
    page.mouse.up()


def painted(page: Page, node: str, name: str) -> Any:
    return rgba(row(page, node).locator(f"[data-map='{name}'] .shift-canvas").evaluate(CANVAS))


def test_a_dragged_photo_takes_the_convolutions_along_exactly(open_page: OpenPage) -> None:
    page = opened(open_page, LAYERS)
    drag(page, 3, -1)
    settle(page, "3,-1")
    for node in ("conv_1_1", "conv_1_2"):
        assert error_of(page, node) == 0
        expect(row(page, node)).to_contain_text("✓ exact")
        expect(row(page, node).locator(".shift-count").first).to_have_text(re.compile(r"^0 of [1-9]"))
    for node in ("max_pool_1", "max_pool_2"):
        assert error_of(page, node) > 0
        expect(row(page, node).locator(".shift-error .ok")).to_be_empty()
    expect(page.locator("shift-lead")).to_contain_text("moved 3 px right and 1 px up")


@pytest.mark.parametrize(("dx", "first", "second"), [(1, False, False), (2, True, False), (4, True, True)])
def test_pools_are_exact_at_multiples_of_their_step(
    open_page: OpenPage, dx: int, first: bool, second: bool
) -> None:
    page = opened(open_page, f"{LAYERS}&dx={dx}")
    settle(page, f"{dx},0")
    assert (error_of(page, "max_pool_1") == 0) == first
    assert (error_of(page, "max_pool_2") == 0) == second


def test_the_rule_beside_each_curve_is_read_off_all_its_points(open_page: OpenPage) -> None:
    page = opened(open_page, LAYERS)
    rules = {node: row(page, node).locator(".shift-rule").inner_text().split("\n") for node in ROWS}
    assert rules == {
        "conv_1_1": ["exact", "always"],
        "conv_1_2": ["exact", "always"],
        "max_pool_1": ["exact every", "2 px"],
        "max_pool_2": ["exact every", "4 px"],
    }


@pytest.mark.parametrize("border", ["trained", "zeros", "wrap"])
def test_every_number_of_a_row_is_the_cores(open_page: OpenPage, server: Server, border: str) -> None:
    page = opened(open_page, f"{LAYERS}&dx=3&dy=-2&border={border}")
    settle(page, "3,-2")
    page.wait_for_url("**image=*")
    compared = measured(page, server, 3, -2, border)
    for node in ROWS:
        layer = compared.layers[node]
        title = row(page, node).locator(".shift-error b").get_attribute("title") or ""
        assert written(title) == (layer.error if layer.error else None)
        counts = row(page, node).locator(".shift-count")
        numbers = [int(each) for each in re.findall(r"\d+", counts.first.inner_text().replace("\u202f", ""))]
        assert numbers == [layer.differing, layer.compared]
        aside = counts.nth(1).inner_text().replace("\u202f", "")
        assert (f"{layer.left_out} left out" in aside) == (layer.left_out > 0)
        assert ("interpolated" in aside) == layer.interpolated


def written(title: str) -> Any:
    """The error in full precision; None where there is no title: it is zero."""
    found = re.match(r"[\d.]+", title)
    return pytest.approx(float(found[0]), rel=1e-6) if found else None


def test_maps_are_the_cores_numbers_in_colour_and_what_is_left_out_is_faint(
    open_page: OpenPage, server: Server
) -> None:
    page = opened(open_page, f"{LAYERS}&dx=3&dy=2")
    settle(page, "3,2")
    page.wait_for_url("**image=*")
    still = measured(page, server, 0, 0).layers["conv_1_2"].first[5]
    layer = measured(page, server, 3, 2).layers["conv_1_2"]
    for name, values in (("first", layer.first[5]), ("after", layer.after[5])):
        pixels = painted(page, "conv_1_2", name)
        np.testing.assert_array_equal(pixels[..., 3] == 255, layer.kept)
        most = float(np.abs(still).max())
        both = np.stack([np.clip(values, -most, most), still])
        np.testing.assert_array_equal(pixels[layer.kept][:, :3], colours(both)[0][layer.kept])
    np.testing.assert_array_equal(painted(page, "conv_1_2", "difference")[..., 3] == 255, layer.kept)
    assert _has_left_out(layer)


def _has_left_out(layer: LayerComparison) -> bool:
    return bool((~layer.kept).any())


def test_keys_move_by_one_and_by_eight_and_zero_puts_back(open_page: OpenPage) -> None:
    page = opened(open_page)
    page.locator(".shift-handle").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    settle(page, "1,8")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    settle(page, "0,7")
    page.keyboard.press("0")
    settle(page, "0,0")


def test_the_line_across_the_charts_is_a_slider(open_page: OpenPage) -> None:
    page = opened(open_page)
    flag = page.get_by_role("slider", name="dx")
    flag.focus()
    flag.press("ArrowRight")
    flag.press("PageUp")
    settle(page, "9,0")
    expect(flag).to_have_attribute("aria-valuenow", "9")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("many", "is no number"),
        ("1.5", "whole pixels"),
        ("64", "nothing of it is left"),
        ("", "needs a whole"),
    ],
)
def test_a_shift_that_cannot_be_is_explained_and_changes_nothing(
    open_page: OpenPage, text: str, words: str
) -> None:
    page = opened(open_page, "dx=2")
    settle(page, "2,0")
    page.get_by_label("dx", exact=True).first.fill(text)
    expect(page.locator("#shift-problem")).to_contain_text(words)
    expect(page.locator(TABLE)).to_have_attribute("data-place", "2,0")
    page.get_by_label("dx", exact=True).first.fill("-4")
    expect(page.locator("#shift-problem")).to_be_hidden()
    settle(page, "-4,0")


def test_a_link_restores_shift_border_pooling_and_layers(open_page: OpenPage) -> None:
    query = f"dx=5&dy=-3&border=wrap&pooling=blur3&{LAYERS}"
    page = opened(open_page, query)
    settle(page, "5,-3")
    page.wait_for_url("**image=*")
    for part in query.split("&"):
        assert part in page.url.replace("%3A", ":")
    again = opened(open_page, page.url.split("?")[1])
    settle(again, "5,-3")
    for node in ROWS:
        assert row(again, node).inner_text() == row(page, node).inner_text()
    expect(again.locator("[data-border=wrap]")).to_have_attribute("aria-pressed", "true")
    expect(again.locator("[data-pooling=blur3]")).to_have_attribute("aria-pressed", "true")
    expect(again.locator(".shift-changes.changed")).to_be_visible()


def test_nonsense_in_a_link_opens_the_page_all_the_same(open_page: OpenPage) -> None:
    page = opened(open_page, "dx=9999&dy=far&border=none&pooling=%00&layers=conv_9:1,,:3,%E0%A4%A&size=1e9")
    expect(page.locator(TABLE)).to_have_attribute("data-place", "0,0")


def test_the_photo_stays_when_going_to_explore(open_page: OpenPage) -> None:
    page = opened(open_page)
    before = page.url
    page.locator("sample-grid button").nth(1).click()
    wait_until(page, f"() => location.search.includes('image=') && location.href !== {before!r}")
    image = re.search(r"image=(\w+)", page.url)
    assert image
    page.get_by_role("link", name="Explore").click()
    page.wait_for_url(re.compile(rf"/\?.*image={image[1]}"))


def test_the_sweep_counts_the_flips_that_its_map_shows(open_page: OpenPage) -> None:
    page = opened(open_page)
    page.locator("#sweep").scroll_into_view_if_needed()
    expect(page.locator("shift-sweep")).to_have_attribute("data-rows", "17")
    page.wait_for_selector(f"{TABLE}[data-state=ready]")
    flips = page.locator("shift-sweep .flip").count()
    expect(page.locator("shift-sweep [data-part=summary]")).to_contain_text(f"{flips} of 288 shifts")
    for link in page.locator("shift-sweep a").all():
        answer = page.request.get(link.get_attribute("href") or "")
        assert answer.status == 200, link.inner_text()


def test_turning_the_photo_breaks_what_moving_it_does_not(open_page: OpenPage) -> None:
    page = opened(open_page)
    page.locator("#warp").scroll_into_view_if_needed()
    page.locator("shift-warp [data-part=angle]").fill("30")
    page.wait_for_selector("shift-warp[data-warp='rotate,30,1']")
    shown = page.locator("shift-warp .shift-error b").first.inner_text()
    assert float(shown) > 1


def test_a_finger_drags_the_photo(open_page: OpenPage) -> None:
    page = opened(open_page, viewport=PHONE, has_touch=True, is_mobile=True)
    box = page.locator(".shift-handle").bounding_box()
    assert box
    x, y = box["x"] + 100, box["y"] + 100
    client = page.context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x + 2 * box["width"] / 64, "y": y}]),
        ("touchEnd", []),
    ):
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    settle(page, "2,0")


def test_updates_are_counted_and_none_waits_in_a_queue(open_page: OpenPage) -> None:
    page = opened(open_page)
    before = int(page.locator(TABLE).get_attribute("data-updates") or 0)
    drag(page, 8, 0)
    settle(page, "8,0")
    assert int(page.locator(TABLE).get_attribute("data-updates") or 0) > before


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_no_violations_and_no_sideways_scrolling(open_page: OpenPage, theme: str, size: str) -> None:
    look: dict[str, Any] = {"viewport": SIZES[size], "color_scheme": theme, "reduced_motion": "reduce"}
    page = opened(open_page, "dx=3", **look)
    page.wait_for_selector("filter-playground[data-state=ready]")
    wait_until(page, FITS)
    assert violations(page) == []
    moving = """document.getAnimations().filter(
      (each) => each.playState === "running" && each.effect.getTiming().duration > 1).length"""
    assert page.evaluate(moving) == 0
