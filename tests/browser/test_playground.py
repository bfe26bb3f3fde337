"""One filter, many places: the playground of the Shift lab against the numbers of the server and the core."""

from __future__ import annotations

import io
import re
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from cnn_core.ops.conv import conv2d
from tests.browser.conftest import OpenPage, wait_until
from tests.browser.looks import SIZES, THEMES, violations
from tests.server import Server

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], np.float32)


def opened(open_page: OpenPage, query: str = "", **options: Any) -> tuple[Page, Locator]:
    page = open_page(f"/shift{query}", ready=False, **options)
    page.wait_for_selector("filter-playground[data-state=ready]")
    return page, page.locator("filter-playground")


def shown_map(page: Page) -> Any:
    """The map on the screen, ``(H, W)``."""
    found = page.evaluate(
        """() => {
          const { values, width, height } = document.querySelector("filter-playground").map;
          return { values: [...values], width, height };
        }"""
    )
    return np.array(found["values"], np.float32).reshape(found["height"], found["width"])


def network_input(page: Page, server: Server) -> Any:
    """What the network gets of the photo on the page, ``(3, H, W)``."""
    return server_array(server, page, "nodes/input")


def server_array(server: Server, page: Page, tail: str) -> Any:
    image = re.search(r"image=([^&]+)", page.url)
    assert image, f"no photo in the address {page.url}"
    answer = httpx.get(f"{server.address}/api/traces/tiny_vgg/{image.group(1)}/{tail}")
    return np.load(io.BytesIO(answer.raise_for_status().content))


def grey(x: Any) -> Any:
    """As the page states it: 0.299 R + 0.587 G + 0.114 B of the pixels, rounded."""
    red, green, blue = np.round(255.0 * x.astype(np.float64))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return np.floor(luma + 0.5).astype(np.float32)


def number(text: str) -> float:
    return float(text.replace("\u2212", "-"))


def test_the_map_is_that_of_the_core_and_its_formula_says_its_size(
    open_page: OpenPage, server: Server
) -> None:
    page, playground = opened(open_page)
    wait_until(page, "() => location.search.includes('image=')")
    photo = grey(network_input(page, server))[None, None]
    wanted = conv2d(photo, SOBEL_X[None, None], padding=(1, 1, 1, 1))[0, 0]

    np.testing.assert_array_equal(shown_map(page), wanted)
    formula = "floor((64 + 2·1 \u2212 1·(3 \u2212 1) \u2212 1) / 1) + 1 = 64"
    expect(playground.get_by_text(formula)).to_be_visible()


def test_a_trained_filter_gives_the_layers_own_map(open_page: OpenPage, server: Server) -> None:
    page, _ = opened(open_page)
    page.get_by_role("combobox", name="Kernel", exact=True).select_option("trained-3")
    wait_until(page, "() => document.querySelector('filter-playground').map.width === 62")
    wait_until(page, "() => location.search.includes('k-kernel=trained-3')")

    wanted = server_array(server, page, "nodes/conv_1_1?channel=3").reshape(62, 62)
    np.testing.assert_allclose(shown_map(page), wanted, atol=2e-6)


def test_the_photo_moves_and_the_answer_with_it_to_the_last_bit(open_page: OpenPage) -> None:
    page, playground = opened(open_page)
    before = shown_map(page)
    photo = playground.get_by_role("application", name=re.compile("^Photo"))
    photo.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    expect(playground.locator(".play-position")).to_have_text("dx 2, dy 8")
    expect(playground.locator(".play-verdict")).to_have_text("✓ same to the last bit")

    places = [
        re.findall(r"\d+", text) for text in playground.locator(".play-facts dt small").all_inner_texts()
    ]
    (y, x), (new_y, new_x) = [[int(each) for each in place] for place in places]
    assert (new_y - y, new_x - x) == (8, 2)
    after = shown_map(page)
    values = [number(text) for text in playground.locator(".play-facts dd").all_inner_texts()[:2]]
    assert values == [before[y, x], after[new_y, new_x]]
    np.testing.assert_array_equal(after[9:-1, 3:-1], before[1:-9, 1:-3])
    page.keyboard.press("0")
    expect(playground.locator(".play-position")).to_have_text("dx 0, dy 0")


def test_the_photo_is_dragged_by_whole_pixels(open_page: OpenPage) -> None:
    page, playground = opened(open_page)
    photo = playground.get_by_role("application", name=re.compile("^Photo"))
    photo.scroll_into_view_if_needed()
    box = photo.bounding_box()
    assert box
    zoom = box["width"] / 66
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 100 - 6 * zoom, box["y"] + 100 + 4 * zoom, steps=4)
    page.mouse.up()
    expect(playground.locator(".play-position")).to_have_text("dx \u22126, dy 4")
    wait_until(page, "() => location.search.includes('dx=-6&dy=4')")


def test_it_is_the_photo_of_the_whole_page(open_page: OpenPage) -> None:
    page, playground = opened(open_page, "?dx=2")
    still = page.locator(".shift-handle")
    expect(playground.locator(".play-position")).to_have_text("dx 2, dy 0")
    playground.get_by_role("button", name="Move the photo 1 px down").click()
    expect(page.locator("shift-table")).to_have_attribute("data-place", "2,1")
    still.focus()
    page.keyboard.press("ArrowLeft")
    playground.scroll_into_view_if_needed()
    expect(playground.locator(".play-position")).to_have_text("dx 1, dy 1")
    moved = shown_map(page)
    playground.get_by_role("button", name="Back").click()
    expect(page.locator("shift-table")).to_have_attribute("data-place", "0,0")
    expect(playground.locator(".play-position")).to_have_text("dx 0, dy 0")
    np.testing.assert_array_equal(moved[2:-1, 2:-1], shown_map(page)[1:-2, 1:-2])


def test_a_shift_that_is_no_multiple_of_the_stride_is_not_called_the_same(open_page: OpenPage) -> None:
    _, playground = opened(open_page, "?k-stride=2&dx=3")
    expect(playground.locator(".play-verdict")).to_have_text("nothing to compare")
    expect(playground.locator(".play-sentence")).to_contain_text("one value every 2 px")


def test_products_add_up_to_the_value_in_the_map(open_page: OpenPage) -> None:
    page, playground = opened(open_page, "?k-at=20,31&dx=4")
    cells = playground.locator(".play-grid")
    patch, kernel, products = [
        np.array([number(text) for text in cells.nth(at).locator("td").all_inner_texts()]) for at in range(3)
    ]
    np.testing.assert_array_equal(patch * kernel, products)
    value = number(playground.locator(".play-value").inner_text())
    assert value == products.sum() == shown_map(page)[20, 31]


def test_cells_are_typed_stepped_dragged_and_taken_back(open_page: OpenPage) -> None:
    page, playground = opened(open_page)
    cell = playground.get_by_label("Kernel, row 2, column 2")
    cell.fill("1/3")
    cell.press("ArrowUp")
    expect(cell).to_have_value("1.333333")
    cell.press("Control+z")
    expect(cell).to_have_value("0")
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 57, box["y"] + 10, steps=5)
    page.mouse.up()
    expect(cell).to_have_value("3")
    playground.get_by_role("button", name="Reset").click()
    expect(cell).to_have_value("0")


@pytest.mark.parametrize(
    ("label", "text", "said"),
    [
        ("Stride", "0", "the window would never move on"),
        ("Kernel size", "0", "A kernel of 0 cells reads nothing"),
        ("Padding", "", "Padding must be a whole number from 0 to 4"),
        ("Dilation", "5", "Dilation is a whole number from 1 to 4 here, got 5"),
        ("Kernel, row 1, column 2", "abc", "Row 1, column 2 of the kernel says “abc”"),
        ("Bias", "x", "The bias is a number"),
    ],
)
def test_illegal_settings_are_explained_and_the_last_map_stays(
    open_page: OpenPage, label: str, text: str, said: str
) -> None:
    page, playground = opened(open_page)
    before = shown_map(page)
    field = playground.get_by_label(label, exact=True)
    field.fill(text)
    expect(playground.get_by_role("alert")).to_contain_text(said)
    expect(field).to_have_attribute("aria-invalid", "true")
    assert playground.get_attribute("data-state") == "illegal"
    np.testing.assert_array_equal(shown_map(page), before)
    playground.get_by_role("button", name="Undo").click()
    expect(playground).to_have_attribute("data-state", "ready")


def test_a_link_restores_kernel_settings_and_place(open_page: OpenPage) -> None:
    query = (
        "?k-kernel=emboss&k-cells=1,2,3,4,5,6,7,8,9&k-padding=4&k-mode=reflect&k-stride=2&k-plane=red&dx=-2"
    )
    page, playground = opened(open_page, query)
    expect(playground.get_by_label("Kernel, row 3, column 1")).to_have_value("7")
    expect(playground.get_by_role("button", name="reflect")).to_have_attribute("aria-pressed", "true")
    assert shown_map(page).shape == (35, 35)
    wait_until(page, "() => location.search.includes('k-cells=1,2,3,4,5,6,7,8,9')")


PLAYGROUND_FITS = """() => {
  const { scrollWidth, clientWidth } = document.querySelector("filter-playground");
  return scrollWidth <= clientWidth;
}"""


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kernel", ["sobel-x", "trained-3"])
def test_it_is_accessible_and_fits(open_page: OpenPage, theme: str, size: str, kernel: str) -> None:
    query = f"?k-kernel={kernel}&dx=3" + ("&k-plane=rgb" if kernel == "trained-3" else "")
    look: dict[str, Any] = {"viewport": SIZES[size], "color_scheme": theme, "reduced_motion": "reduce"}
    page, _ = opened(open_page, query, **look)
    wait_until(page, PLAYGROUND_FITS)
    assert violations(page, "filter-playground") == []
