"""From a value down to what it was made from and back, what it listens to, and saving what is seen."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from app.pictures.colours import colours
from tests.browser.conftest import OpenPage, wait_until
from tests.browser.test_pixels import numbers, trace_address
from tests.server import Server


def expect_address(page: Page, **fields: object) -> None:
    """The address names this, sooner or later: it follows what is selected at its own pace."""
    wanted = {name: str(value) for name, value in fields.items()}
    holds = """
    (wanted) => {
      const search = new URLSearchParams(location.search);
      return Object.entries(wanted).every(([name, value]) => search.get(name) === value);
    }
    """
    wait_until(page, holds, wanted)


def test_one_goes_down_to_an_input_and_climbs_back_as_one_came(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_2&channel=1&y=5&x=5")
    row = page.locator(".working-rows .row-line").first
    row.focus()
    page.keyboard.press("Enter")
    expect_address(page, layer="relu_2_1")
    page.locator(".working-rows [aria-current]").click()
    expect_address(page, layer="conv_2_1")
    steps = page.locator(".inspector-trail button")
    assert steps.all_inner_texts() == ["conv_2_2, 1", steps.nth(1).inner_text()]
    page.keyboard.press("Escape")
    expect_address(page, layer="relu_2_1")
    page.keyboard.press("Escape")
    expect_address(page, layer="conv_2_2", channel=1, y=5, x=5)
    expect(page.locator(".inspector-trail")).to_be_hidden()
    page.keyboard.press("Escape")
    expect_address(page, view="even")


def test_a_crumb_leads_back_to_its_value_at_once(open_page: OpenPage) -> None:
    page = open_page("/?layer=relu_2_2&channel=1&y=5&x=5")
    page.locator(".working-rows [aria-current]").click()
    page.locator(".working-rows .row-line").first.click(position={"x": 340, "y": 10})
    page.locator(".inspector-trail button").first.click()
    expect_address(page, layer="relu_2_2")
    expect(page.locator(".inspector-trail")).to_be_hidden()


def test_a_click_on_a_cell_goes_to_that_very_value(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_1_1&channel=0&y=26&x=38")
    grid = page.locator(".row-detail .grid").first
    box = grid.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.5)
    expect_address(page, layer="input", channel=0, y=27, x=40)


def test_the_effective_field_is_the_servers_gradient_inside_the_box(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=3&y=11&x=16")
    page.get_by_role("button", name="Effective field").click()
    expect(page.locator(".inspector-field .heat-legend")).to_be_visible()
    painted = """
    () => {
      const canvas = document.querySelector('.inspector-field .field-photo');
      const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      const same = (a, b) => data[4 * a] === data[4 * b] && data[4 * a + 1] === data[4 * b + 1];
      const found = [];
      for (let at = 0; at < canvas.width * canvas.height; at += 1) if (!same(at, 0)) found.push(at);
      return [canvas.width, found];
    }
    """
    width, found = page.evaluate(painted)
    rows, columns = [at // width for at in found], [at % width for at in found]
    # conv_2_1 sees 10 px and moves 2: rows 22 to 31, columns 32 to 41
    assert found
    assert set(rows) <= set(range(22, 32))
    assert set(columns) <= set(range(32, 42))
    page.get_by_role("button", name="Effective field").click()
    expect(page.locator(".inspector-field .heat-legend")).to_be_hidden()


def test_what_is_seen_can_be_saved(open_page: OpenPage, server: Server) -> None:
    page = open_page("/?layer=conv_2_1&channel=3&y=11&x=16")
    values = numbers(trace_address(page, server), "conv_2_1")
    for name, file in (("PNG", "conv_2_1-3.png"), ("all maps (PNG)", "conv_2_1-sheet.png")):
        with page.expect_download() as event:
            page.get_by_role("button", name=name, exact=True).click()
        assert event.value.suggested_filename == file
        with Image.open(event.value.path()) as image:
            saved = np.asarray(image.convert("RGB"))
        np.testing.assert_array_equal(saved[-30, [8, 247]], colours(np.float32([[[-1, 1]]]))[0, 0])
        if name == "PNG":
            shown = saved[9 : 28 * 19 : 19, 9 : 28 * 19 : 19]
            np.testing.assert_array_equal(shown, colours(values)[3])
    with page.expect_download() as event:
        page.get_by_role("link", name="this value (JSON)").click()
    told = json.loads(event.value.path().read_text())
    assert (told["node"], told["channel"], told["y"], told["x"]) == ("conv_2_1", 3, 11, 16)
    with page.expect_download() as event:
        page.get_by_role("link", name="all numbers (NPY)").click()
    np.testing.assert_array_equal(np.load(event.value.path()), values)
    with page.expect_download() as event:
        page.get_by_role("link", name="sliding window (WebP)").click()
    with Image.open(event.value.path()) as image:
        assert (image.format, getattr(image, "is_animated", False)) == ("WEBP", True)


def test_a_kind_that_nobody_wrote_a_view_for_shows_what_it_read_and_its_value(
    open_page: OpenPage, server: Server
) -> None:
    page = open_page("/", ready=False)

    def renamed(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('"kind":"relu"', '"kind":"mish"'))

    page.route("**/api/models/tiny_vgg", renamed)
    page.goto("/?layer=relu_1_2&channel=2&y=20&x=20")
    expect(page.locator(".inspector-working[data-ready=mish]")).to_be_visible()
    value = numbers(trace_address(page, server), "relu_1_2")[2, 20, 20]
    cells = page.locator(".working-rows .row-line > span").all_inner_texts()
    assert cells[:2] == ["conv_1_2", "2, 20, 20"]
    shown = page.locator(".working-line .chip").inner_text()
    assert float(shown) == pytest.approx(float(value), rel=1e-3)
    expect(page.locator("#network .strip-column[data-node=relu_1_2] .strip-legend")).to_be_visible()


def test_switching_through_all_layers_never_leaves_the_panel_empty(open_page: OpenPage) -> None:
    page = open_page("/?layer=input")
    for _ in range(13):
        page.keyboard.press("ArrowRight")
        expect(page.locator(".inspector-working")).to_be_visible()
        expect(page.locator(".working-rows > li").first).to_be_visible()


OUTLINE = """
() => {
  const frame = document.querySelector('.field-frame');
  const [canvas, around] = [frame.querySelector('.marks'), frame.getBoundingClientRect()];
  const { left, top } = canvas.getBoundingClientRect();
  const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const opaque = [...data.keys()].filter((at) => at % 4 === 3 && data[at] === 255).map((at) => at >> 2);
  const across = opaque.map((at) => left + (at % width) - around.left);
  const down = opaque.map((at) => top + Math.floor(at / width) - around.top);
  return [Math.min(...across), Math.max(...across) + 1, Math.min(...down), Math.max(...down) + 1]
    .map((each, index) => each / (index < 2 ? around.width : around.height));
}
"""


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (390, 844)])
def test_the_field_is_outlined_on_the_photo_whatever_its_size(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    page = open_page("/?layer=conv_2_1&channel=3&y=11&x=20", viewport=viewport)
    page.locator(".field-frame").wait_for(state="attached")
    if size[0] < 1100:
        page.locator(".sheet-toggle").click()
    width = page.locator(".field-frame").bounding_box()
    assert width
    # 10 pixels from 2 x 20 and 2 x 11, of 64; the ring reaches two CSS pixels beyond
    told = [40 / 64, 50 / 64, 22 / 64, 32 / 64]
    wait_until(page, "() => document.querySelector('.field-frame .marks').width > 1")
    np.testing.assert_allclose(page.evaluate(OUTLINE), told, atol=3.5 / width["width"])
