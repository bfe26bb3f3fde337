"""What has to fit: on a projector, on a phone, at 200 %, on paper; and an address without a page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import LAPTOP, PHONE, READY, OpenPage, wait_until
from tests.browser.looks import FITS, violations
from tests.browser.test_view import wait_for_view

NUMBERS = "() => [...document.querySelectorAll('.shift-chart text')].map((each) => each.textContent)"
"""What is written along the axes."""
BEYOND = """() => {
  const texts = [...document.querySelectorAll(".shift-chart text")];
  const last = texts.find((each) => each.textContent === "16");
  const middle = ({ left, width }) => left + width / 2;
  const mark = document.querySelector(".shift-flag");
  return middle(mark.getBoundingClientRect()) - middle(last.getBoundingClientRect());
}"""
"""How far right of the end of the axis the mark stands."""
WELLS = """() => [...document.querySelectorAll("shift-table .shift-well")].map((each) => {
  const { top, bottom, width } = each.getBoundingClientRect();
  return { width, whole: top >= 0 && bottom <= innerHeight, top };
})"""
ON_TOP = """(selector) => {
  const part = document.querySelector(selector);
  const { left, right, top, bottom } = part.getBoundingClientRect();
  return part.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
}"""


def sheets(page: Page) -> list[tuple[float, float]]:
    """Width and height of every sheet of paper that is printed."""
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox ?\[([\d. ]+)\]", paper)
    return [(float(box.split()[2]), float(box.split()[3])) for box in boxes]


def test_the_lab_fills_a_projector_and_keeps_photo_and_map_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/shift?dx=50&size=224", ready=False)
    table = page.locator("shift-table")
    expect(table).to_have_attribute("data-place", "50,0")
    wait_until(page, f"() => ({NUMBERS})().includes('16')")
    assert {"\u221216", "0", "16"} < set(page.evaluate(NUMBERS))
    assert page.evaluate(BEYOND) > 5, "the mark of 50 stands at 16"

    page.set_viewport_size({"width": 1920, "height": 1080})
    wait_until(page, f"() => ({WELLS})()[0].width >= 179")
    assert len(sheets(page)) == 1

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    lead = page.locator("#shift-lead")
    before = lead.evaluate("(line) => line.offsetHeight")
    page.locator("shift-table .shift-row").nth(2).scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 200)")
    photo = page.locator(".shift-handle").bounding_box()
    assert photo is not None
    assert 0 <= photo["y"] < 100
    assert any(well["whole"] and well["top"] > photo["y"] + photo["height"] for well in page.evaluate(WELLS))
    page.get_by_role("button", name="Reset").first.click()
    expect(table).to_have_attribute("data-place", "0,0")
    assert lead.evaluate("(line) => line.offsetHeight") == before
    assert page.evaluate(FITS)


def test_explore_fits_paper_a_zoomed_window_and_a_phone(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1")
    page.keyboard.press("f")
    wait_until(page, "() => document.fullscreenElement === document.documentElement")
    page.keyboard.press("f")
    wait_until(page, "() => !document.fullscreenElement")
    page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
    [(width, height)] = sheets(page)
    assert width == 1440 * 0.75
    assert abs(height - 900 * 0.75) < 1

    page.set_viewport_size({"width": 720, "height": 450})
    strip = page.locator("#network").bounding_box()
    assert strip is not None
    assert strip["y"] < 60, "at 200 % the network is not in the first screen"
    assert strip["y"] + strip["height"] <= 451

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.keyboard.press("l")
    head = ".ledger thead th"
    expect(page.locator(head).first).to_be_visible()
    page.locator(".ledger-scroll").evaluate("(part) => part.scrollTo(60, 40)")
    assert page.evaluate(ON_TOP, head), "rows lie on the head of the first column"


def test_an_address_without_a_page_says_so(open_page: OpenPage, complaints: object) -> None:
    complaints.allow("404")  # type: ignore[attr-defined]
    page = open_page("/no/such", ready=False)
    expect(page.get_by_role("heading")).to_have_text("There is no page at /no/such")
    assert violations(page) == []
    page.get_by_role("link", name="Shift lab").click()
    page.wait_for_url("**/shift*")


OVERLAPS = """([first, second]) => {
  const boxes = (selector) => [...document.querySelectorAll(selector)]
    .filter((each) => each.checkVisibility({ contentVisibilityAuto: true }) && each.textContent.trim())
    .map((each) => {
      const text = document.createRange();
      text.selectNodeContents(each);
      return { each, box: text.getBoundingClientRect() };
    });
  const beside = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1;
  const apart = (a, b) => beside(a, b) || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
  return boxes(first).flatMap((a) => boxes(second)
    .filter((b) => a.each !== b.each && !apart(a.box, b.box))
    .map((b) => [a.each.textContent, b.each.textContent]));
}"""
"""Texts of two kinds that lie on each other."""
APART = {
    "names of columns": (".strip-column:not(.away) .strip-head b", ".strip-column:not(.away) .strip-head b"),
    "words and numbers": (".strip-labels span", ".strip-column:not(.away) .strip-ledger span"),
    "shape and buttons": ("[data-role=focus] .strip-head small", ".strip-sheet button"),
}
CUT = """() => [...document.querySelectorAll(":not([data-selected]) > .film-name:not(.tight)")]
  .filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.textContent)"""
RUNS_OFF = (
    "() => { const reel = document.querySelector('.film-reel'); return reel.scrollWidth - reel.clientWidth; }"
)
EMPTY = """() => {
  const room = document.querySelector(".strip-room").getBoundingClientRect();
  const columns = [...document.querySelectorAll(".strip-column")];
  const ends = columns.map((each) => each.getBoundingClientRect().right);
  return (room.right - Math.max(...ends)) / room.width;
}"""
"""How much of the strip is empty at its right."""
ON_PHOTO = """() => {
  const boxOf = (selector) => document.querySelector(selector).getBoundingClientRect();
  const [photo, button] = [boxOf(".field-photo"), boxOf(".heat-toggle")];
  return button.top < photo.bottom && button.left < photo.right;
}"""


@pytest.mark.parametrize(
    ("model", "width", "height"),
    [("tiny_vgg", 1280, 720), ("lenet5", 1440, 900), ("efficientnet", 1440, 900), ("mlp", 1440, 900)],
)
def test_nothing_lies_on_anything_or_runs_off(
    open_page: OpenPage, model: str, width: int, height: int
) -> None:
    page = open_page(f"/?model={model}", viewport={"width": width, "height": height})
    for what, pair in APART.items():
        # names that are scrolled under the words fade out below them
        if page.locator(".strip-track.wide").count() and what == "words and numbers":
            continue
        assert page.evaluate(OVERLAPS, pair) == [], what
    assert page.evaluate(CUT) == []
    assert page.evaluate(RUNS_OFF) <= 0
    assert page.evaluate(EMPTY) < 0.15
    assert not page.evaluate(ON_PHOTO)


def test_the_first_seconds_say_what_is_under_way(open_page: OpenPage) -> None:
    page = open_page("about:blank", ready=False)
    held: list[Route] = []
    page.route("**/frames?*", lambda route: held.append(route))
    page.goto("/")
    expect(page.locator(".step-sentence")).to_have_text(
        re.compile("Tiny VGG is at work: 0 of 14 layers are here")
    )
    for route in held:
        route.continue_()
    page.wait_for_selector(READY)
    expect(page.locator(".step-sentence")).to_have_text(re.compile("^Step 7 of 14"))


def test_everything_is_drawn_larger_in_the_same_arrangement(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=0", viewport={"width": 1920, "height": 1080})
    page.keyboard.press("?")
    page.get_by_role("button", name="150 %").click()
    page.keyboard.press("Escape")
    page.wait_for_selector(READY)
    parts = [page.locator(part).bounding_box() for part in (".dock", ".strip", ".inspector", ".steps")]
    dock, strip, inspector, steps = [part for part in parts if part]
    assert dock["width"] == 240 * 1.5
    assert dock["x"] + dock["width"] <= strip["x"] + 1
    assert strip["x"] + strip["width"] <= inspector["x"] + 1
    assert inspector["x"] + inspector["width"] == pytest.approx(1920, abs=1)
    assert steps["y"] + steps["height"] == pytest.approx(1080, abs=1)
    assert page.evaluate(FITS)

    # pointers mean the same places
    cell = page.locator("[data-node=conv_2_1] [data-cell='0']").bounding_box()
    assert cell is not None
    page.mouse.click(cell["x"] + cell["width"] * (20.5 / 28), cell["y"] + cell["height"] * (5.5 / 28))
    wait_for_view(page, y="5", x="20")
    frame = page.locator("[data-frame=relu_1_1]").bounding_box()
    assert frame is not None
    page.mouse.click(frame["x"] + frame["width"] / 2, frame["y"] + 30)
    wait_for_view(page, layer="relu_1_1")
    [paper] = sheets(page)
    assert paper[0] == 1920 * 0.75

    page.goto("/shift")
    expect(page.locator("shift-table")).to_have_attribute("data-place", "0,0")
    assert page.evaluate(WELLS)[0]["width"] == pytest.approx(120 * 1.5, abs=1), (
        "no room is left for the curve"
    )
    photo = page.locator(".shift-handle").bounding_box()
    assert photo is not None
    x, y = photo["x"] + photo["width"] / 2, photo["y"] + photo["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + photo["width"] * 5 / 64, y)
    page.mouse.up()
    expect(page.locator("shift-table")).to_have_attribute("data-place", "5,0")
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert page.evaluate("document.documentElement.currentCSSZoom") == 1
