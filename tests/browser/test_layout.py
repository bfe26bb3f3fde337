"""What has to fit: on a projector, on a phone, at 200 %, on paper; and an address without a page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, OpenPage, wait_until
from tests.browser.looks import FITS, violations

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
