"""The line of a first visit: at once, once, and gone for good."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.lessons.walk import LESSONS
from tests.browser.looks import violations
from tests.server import ROOT

LINE = Path(ROOT, "templates/partials/first-visit.html").read_text()
KEPT = "localStorage['convscope.visited']"


def test_the_line_tells_how_long_the_first_chapter_is() -> None:
    value = LESSONS["value"]
    told = [tuple(map(int, found)) for found in re.findall(r": (\d+) \w+, (\d+) \w+,", LINE)]
    assert told == [(len(value["steps"]), value["minutes"])] * 2


def test_it_is_there_at_the_first_paint_and_goes_for_good_in_three_ways(open_page: OpenPage) -> None:
    page = open_page("/", first_visit=True, locale="de-AT")
    line = page.locator("first-visit")
    expect(line).to_be_visible()
    expect(line.locator("p:visible")).to_contain_text("Neu hier?")
    top = page.locator("main").bounding_box()
    assert top is not None
    assert page.evaluate("document.activeElement === document.body")
    assert violations(page) == []
    line.get_by_role("button", name="Jetzt nicht").click()
    expect(line).to_be_hidden()
    assert page.evaluate("document.querySelector('main').getBoundingClientRect().top") < top["y"]
    page.reload()
    expect(page.locator("strip-column, .strip-column").first).to_be_visible()
    expect(line).to_be_hidden()

    page.evaluate(f"delete {KEPT}, localStorage['convscope.language'] = 'en'")
    page.reload()
    line.get_by_role("link", name="Show me").click()
    expect(page.locator("lesson-panel h2")).to_contain_text("One value of a map")
    expect(line).to_be_hidden()
    assert page.evaluate(KEPT) == "1"

    page.evaluate(f"delete {KEPT}")
    page.goto("/?layer=conv_1_1")
    for layer in ("relu_1_1", "conv_1_2", "relu_1_2"):
        expect(line).to_be_visible()
        page.locator(f"[data-node={layer}] .strip-head").first.click()
    expect(line).to_be_hidden()
    assert page.evaluate(KEPT) == "1"
