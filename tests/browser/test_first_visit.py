"""A first visit: one sentence and one action, the pass played once, and all of it gone for good."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import READY, OpenPage
from tests.browser.lessons.walk import LESSONS
from tests.browser.looks import violations
from tests.browser.test_view import wait_for_view
from tests.server import ROOT

LINE = Path(ROOT, "templates/partials/first-visit.html").read_text()
KEPT = "localStorage['convscope.visited']"


def test_the_line_tells_how_long_the_first_chapter_is() -> None:
    value = LESSONS["value"]
    told = [tuple(map(int, found)) for found in re.findall(r": (\d+) \w+, (\d+) \w+<", LINE)]
    assert told == [(len(value["steps"]), value["minutes"])] * 2


def test_it_is_there_at_the_first_paint_and_goes_for_good_in_three_ways(open_page: OpenPage) -> None:
    page = open_page("/", first_visit=True, locale="de-AT")
    line = page.locator("first-visit")
    expect(line).to_be_visible()
    expect(line.locator("p:visible")).to_contain_text("Ein echtes Netz")
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


CUT = """(selector) => [...document.querySelectorAll(selector)].filter((line) => {
  if (!line.checkVisibility()) return false;
  const words = document.createRange();
  words.selectNodeContents(line);
  const [all, box] = [words.getBoundingClientRect(), line.parentElement.getBoundingClientRect()];
  return all.left < box.left - 1 || all.right > Math.min(innerWidth, box.right) + 1 || all.top < box.top - 1
    || all.bottom > box.bottom + 1;
}).length"""
"""How many of the lines that are there do not lie in what they stand in."""
NEXT_TWO = """() => new Promise((done) => {
  const frames = [...document.querySelectorAll("[data-frame]")];
  const seen = new Set();
  const look = () => {
    seen.add(frames.findIndex((frame) => "selected" in frame.dataset));
    if (seen.size === 2) done([...seen]);
  };
  const what = { subtree: true, attributeFilter: ["data-selected"] };
  new MutationObserver(look).observe(document.querySelector(".film"), what);
})"""
"""Numbers of the next two layers that are chosen."""
SHOWN = (
    "(selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility()).length"
)
PRESSED = "first-visit, .top-end button:not(model-picker *), .sources button"
BELOW = """(selector) => document.querySelector(selector).getBoundingClientRect().bottom
  - document.querySelector(".steps").getBoundingClientRect().top - 1"""
SIZES = [(1440, 900), (1280, 720), (390, 844)]


def test_the_pass_plays_once_by_itself_and_gives_way(open_page: OpenPage) -> None:
    page = open_page("/", first_visit=True)
    skip = page.get_by_role("button", name="Skip the film")
    expect(skip).to_be_visible()
    first, second = page.evaluate(NEXT_TWO)
    assert second == first + 1
    assert page.locator("first-visit").is_visible(), "a film is no layer that somebody chose"
    skip.click()
    expect(skip).to_be_hidden()
    expect(page.locator(".step-sentence")).to_contain_text("conv_2_1")
    expect(page.get_by_role("button", name="Play the forward pass")).to_be_visible()

    # nobody chose that layer: play begins at the first
    page.keyboard.press("Space")
    expect(page.locator(".step-sentence")).to_contain_text("Step 1 of 14")
    page.keyboard.press("Space")
    page.locator("[data-head=relu_2_2]").click()
    page.keyboard.press("Space")
    expect(page.locator(".step-sentence")).to_contain_text("Step 11 of 14")
    page.keyboard.press("End")
    wait_for_view(page, layer="softmax")
    page.keyboard.press("Space")
    expect(page.locator(".step-sentence")).to_contain_text("Step 1 of 14")

    page.goto("/")
    page.wait_for_selector(READY)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SHOWN, "first-visit [data-part=skip]") == 0
    assert page.evaluate(SHOWN, "first-visit") == 1


def test_the_first_sentence_is_whole_at_every_size_and_has_one_action(open_page: OpenPage) -> None:
    page = open_page("/", first_visit=True, reduced_motion="reduce")
    page.locator("sample-grid button").nth(1).click()
    expect(page.locator("class-bars .verdict")).to_contain_text("which Tiny VGG does not know")
    assert page.evaluate(SHOWN, "first-visit [data-part=skip]") == 0, (
        "it plays for those who want less motion"
    )
    page.emulate_media(media="print")
    assert page.evaluate(SHOWN, PRESSED) == 0, "on paper"
    page.emulate_media(media="screen")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(CUT, "first-visit p") == 0, width
        if width > 1000:
            assert page.evaluate(BELOW, "class-bars li:last-child") < 0, (width, "the last class")
        plain = page.locator("button:visible", has_text="Not now").evaluate(
            "(b) => getComputedStyle(b).backgroundColor"
        )
        filled = page.locator(".btn.primary:visible").evaluate_all(
            "(all, plain) => all.filter((each) => getComputedStyle(each).backgroundColor !== plain).length",
            plain,
        )
        assert filled == 1, width
    page.get_by_role("button", name="Not now").click()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(SHOWN, ".strip-hint") == 1, width
        assert page.evaluate(CUT, ".strip-hint") == 0, width
