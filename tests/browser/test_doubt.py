"""A photo of nothing that the network knows is called so wherever its answer is named."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import READY, OpenPage

STRANGER = re.compile(
    r"^Hardly an? [^:]+: EfficientNet-Lite0 sees an? .*cat, \d+\s%, which Tiny VGG does not know\.$"
)
NAMED = re.compile(r"\(doubtful\)")
CUT = """() => [...document.querySelectorAll(".t-row, .t-row .val, .tools .lead")]
  .filter((each) => each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 2)
  .map((each) => each.textContent)"""

NARROW = "(all) => all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent)"


def go(page: Page, name: str) -> None:
    """To another page, with the photo."""
    page.get_by_role("navigation").get_by_role("link", name=name).click()


def test_a_stranger_is_doubted_on_every_page_that_names_it(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 1440, "height": 900})
    page.locator("sample-grid button").nth(1).click()
    expect(page.locator("class-bars [data-part=verdict]")).to_have_text(STRANGER)
    expect(page.locator("status-line [data-part=live]")).to_have_text(STRANGER)

    go(page, "Shift lab")
    line = page.locator("doubt-line")
    expect(line).to_have_text(STRANGER)
    page.locator("[data-place='2']").first.click()
    expect(page.locator("#shift-lead")).to_have_text(
        re.compile(r"The answer (stays|flips from) .* \(doubtful\)")
    )
    expect(page.locator(".shift-answer .shift-label")).to_have_text(NAMED)
    page.locator("#sweep").scroll_into_view_if_needed()
    expect(page.locator("shift-sweep [data-part=summary]")).to_have_text(NAMED)

    go(page, "Explain")
    expect(line).to_have_text(STRANGER)
    lead = page.locator("explain-head .lead")
    expect(lead).to_have_text(NAMED)
    expect(page.locator(".explain-status")).to_have_text(re.compile("measured|Random order"), timeout=60_000)
    assert page.evaluate(CUT) == []
    # what was asked of another class is no claim
    page.locator("explain-question .classes button").nth(3).click()
    expect(lead).not_to_have_text(NAMED)

    go(page, "Explore")
    page.wait_for_selector(READY)
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_role("button", name="Photo", exact=True).click()
    page.locator("sample-grid button").nth(0).click()
    told = page.locator(".compare-answer .verdict")
    expect(told).to_have_text(re.compile(r"^A says .* \(doubtful\), B says espresso\.$"))
    expect(page.locator(".compare-answer .why")).to_have_text(STRANGER)
    expect(page.locator(".compare-answer .why .link")).to_have_count(0)  # A stays what is pinned

    page.get_by_role("button", name="Unpin").click()
    page.locator("sample-grid button").nth(1).click()
    page.locator("class-bars .verdict .link").click()
    page.wait_for_url("**model=efficientnet_lite0*")
    page.wait_for_selector(READY)
    names = page.locator("class-bars li span")
    expect(names.first).to_have_text("Egyptian cat")
    for width, height in ((1440, 900), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        assert names.evaluate_all(NARROW) == []
        assert page.locator("class-bars li i").first.evaluate("(bar) => bar.clientWidth") >= 16
