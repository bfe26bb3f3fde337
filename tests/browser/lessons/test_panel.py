"""The panel of a lesson, the course's page and a teacher's own lessons, in a browser."""

from __future__ import annotations

import base64
import io
import json
import re
import zlib
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage, wait_until
from tests.browser.lessons.walk import LESSONS

ELSEWHERE = "/?model=tiny_vgg&layer=conv_1_1&channel=0&y=30&x=30#lesson=value.3"


def test_arrows_move_the_focus_two_wrong_answers_show_the_measured_one_and_esc_leaves_the_page_as_it_is(
    open_page: OpenPage,
) -> None:
    page = open_page(ELSEWHERE)
    options = page.locator(".lesson-option")
    expect(options).to_have_count(3)
    options.first.focus()
    for key, at in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowRight", 2), ("ArrowRight", 0), ("ArrowUp", 2)):
        page.keyboard.press(key)
        expect(options.nth(at)).to_be_focused()
        expect(options.nth(at)).to_have_attribute("aria-checked", "true")
        expect(page.locator(".lesson-option[tabindex='0']")).to_have_count(1)
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(page.locator(".lesson-hint")).to_be_visible()
    page.keyboard.press("c")
    page.keyboard.press("Enter")
    expect(page.locator(".lesson-reveal h3")).to_have_text("Measured otherwise")
    kept = page.evaluate("JSON.parse(localStorage['convscope.learn'])")
    assert kept == {"value.elsewhere": "shown"}
    page.keyboard.press("Escape")
    expect(page.locator("lesson-panel")).to_have_count(0)
    assert page.evaluate("location.hash") == ""
    assert "layer=conv_1_1" in page.url


def test_what_a_step_says_is_scored_only_where_it_holds(open_page: OpenPage) -> None:
    """On a photo of one colour nothing differs under a pool either."""
    page = open_page("/shift", ready=False)
    page.wait_for_url(re.compile(r"image="))
    image = "() => new URLSearchParams(location.search).get('image')"
    sample = page.evaluate(image)
    grey = io.BytesIO()
    Image.new("RGB", (96, 96), (90, 90, 90)).save(grey, "PNG")
    page.set_input_files(
        "input[type=file]", {"name": "grey.png", "mimeType": "image/png", "buffer": grey.getvalue()}
    )
    wait_until(page, f"(sample) => ({image})() !== sample", sample)
    page.evaluate("location.hash = '#lesson=move.2'")
    expect(page.locator(".lesson-mine b")).to_have_text("grey.png")
    page.locator(".lesson-option").nth(1).click()
    page.keyboard.press("Enter")
    expect(page.locator(".lesson-reveal h3")).to_have_text("On your photo it came out otherwise")
    assert page.evaluate("localStorage['convscope.learn']") is None


def test_a_class_counts_hands_and_nothing_is_scored(open_page: OpenPage) -> None:
    page = open_page(f"{ELSEWHERE},projector")
    expect(page.locator(".lesson-hands")).to_have_count(3)
    for key in "aab":
        page.keyboard.press(key)
    expect(page.locator(".lesson-hands output")).to_have_text(["2", "1", "0"])
    page.keyboard.press("r")
    expect(page.locator(".lesson-reveal dl div")).to_have_count(2)
    assert page.evaluate("localStorage['convscope.learn']") is None


def test_the_course_knows_how_far_one_is_forgets_it_and_brings_it_back(open_page: OpenPage) -> None:
    page = open_page("/learn", ready=False)
    kept = {"value.numbers": "first", "value.products": "later"}
    page.evaluate("(kept) => { localStorage['convscope.learn'] = JSON.stringify(kept); }", kept)
    page.reload()
    expect(page.locator(".far")).to_contain_text("2")
    expect(page.locator(".chapters li.next .btn")).to_have_text("Go on")
    page.click("[data-key=forget]")
    expect(page.locator(".far")).to_contain_text("0")
    page.click("[data-key=undo]")
    expect(page.locator(".far")).to_contain_text("2")


def test_a_teacher_makes_a_lesson_and_its_link_opens_it(open_page: OpenPage) -> None:
    page = open_page("/learn#teach", ready=False)
    fields = page.locator(".teach .form")
    fields.locator("input").nth(0).fill("One pixel")
    fields.locator(".linked input").fill("http://elsewhere.example/shift?model=tiny_vgg&dx=1")
    fields.locator("textarea").fill("<b>I move</b> the photo.")
    page.click(".teach .seg button:nth-child(2)")
    fields.get_by_label("Ask", exact=True).fill("What do the maps do?")
    for at, text in enumerate(["They move", "They stay", "Nothing"], 1):
        page.get_by_label(f"Answers {at}").fill(text)
    fields.get_by_label("Measured with").fill("differing(conv_1_2,1)")
    # It is packed beside what is typed.
    wait_until(page, "() => document.querySelector('.share span')?.textContent.includes('1 steps')")
    link = shared(page)
    while packed_in(link)["steps"][0]["measure"] != "differing(conv_1_2,1)":
        page.wait_for_timeout(20)
        link = shared(page)
    assert link.startswith("/shift?model=tiny_vgg&dx=1#own=")
    expect(page.locator(".preview-panel .lesson-say")).to_contain_text("<b>I move</b> the photo.")
    page.goto(link)
    expect(page.locator(".lesson-say")).to_contain_text("<b>I move</b> the photo.")
    page.locator(".lesson-option").first.click()
    page.keyboard.press("Enter")
    expect(page.locator(".lesson-reveal dd")).to_have_text("0")


def shared(page: Page) -> str:
    """The link that the composer gives out."""
    link = page.locator(".share a").get_attribute("href")
    assert link is not None
    return link


def packed_in(link: str) -> Any:
    """The lesson that a link holds."""
    found = re.search(r"#own=([\w-]+)", link)
    assert found
    data = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
    return json.loads(zlib.decompress(data, wbits=-15))


DROP = """
([name, words]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([words], name, { type: "application/json" }));
  const options = { dataTransfer, bubbles: true, cancelable: true };
  return !document.querySelector("main").dispatchEvent(new DragEvent("drop", options));
}
"""
"""Drop a file on the page; whether the page took it."""


def test_a_lesson_file_opens_where_it_is_dropped_and_a_bad_one_is_refused_by_reason(
    open_page: OpenPage,
) -> None:
    page = open_page("/#own=AAAA.1")
    refused = page.locator(".lesson-refused")
    expect(refused).to_contain_text("damaged")
    refused.locator("button").click()
    expect(refused).to_have_count(0)
    lesson = {"format": "convscope-lesson", "version": 1, "title": "Dropped"}
    step = {
        "view": "/?model=tiny_vgg&layer=conv_1_1",
        "say": "<img src=x onerror=alert(1)>",
        "measure": "field(conv_1_1)",
    }
    for words, reason in (
        ("{", "no JSON"),
        ("[]", "no ConvScope lesson"),
        (json.dumps({**lesson, "steps": [{**step, "view": "https://elsewhere.example/"}]}), "link of a view"),
        (json.dumps({**lesson, "steps": [step]}) + " " * 64_000, "at most 64000"),
    ):
        assert page.evaluate(DROP, ["lesson.json", words])
        expect(refused).to_contain_text(reason)
        expect(refused).to_have_count(1)
    for address in (None, "/learn", "/train?passes=1"):
        if address:
            page.goto(address)
            page.wait_for_selector("learn-page[data-state=ready], .chart-start button")
        assert page.evaluate(DROP, ["lesson.json", json.dumps({**lesson, "steps": [step]})])
        expect(page.locator(".lesson-title h2")).to_contain_text("Dropped")
        expect(page.locator(".lesson-say")).to_contain_text("<img src=x onerror=alert(1)>")
        expect(page.locator(".lesson-reveal dd")).to_have_text("3")
        assert page.locator("lesson-panel img[onerror]").count() == 0


def test_five_questions_before_and_after_tell_what_was_gained_and_teach_nothing(open_page: OpenPage) -> None:
    page = open_page("/learn", ready=False)
    names = [step["id"] for step in LESSONS["practice"]["steps"] if step.get("lesson")]
    assert len(names) == 5
    kept = {f"before.{name}": "first" if name == "terms" else "shown" for name in names[1:]}
    kept |= {f"after.{name}": "first" for name in names[:4]}
    page.evaluate("(kept) => { localStorage['convscope.learn'] = JSON.stringify(kept); }", kept)
    page.goto("/?model=tiny_vgg&layer=conv_1_1&channel=0&y=30&x=30#lesson=before.1")
    page.locator(".lesson-number input").fill("1")
    page.keyboard.press("Enter")
    expect(page.locator(".lesson-reveal")).to_have_text("KeptThe answers come in the course.")
    expect(page.locator(".lesson-number input")).to_have_value("1")
    assert page.locator(".lesson-hint, .lesson-reveal dd").count() == 0
    assert page.locator("[data-veiled]").count() > 0
    assert page.locator(".dot.first, .dot.shown").count() == 0
    page.evaluate("location.hash = '#lesson=before.6'")
    expect(page.locator(".lesson-far")).to_have_text("1 of 5")
    page.goto("/train?passes=1#lesson=after.5")
    page.locator(".lesson-option").nth(1).click()
    page.keyboard.press("Enter")
    expect(page.locator(".lesson-reveal h3")).to_have_text("Kept")
    expect(page.locator(".chart-start button")).to_be_attached()
    page.locator("[data-key=next]").click()
    expect(page.locator(".lesson-gain")).to_have_text("Before 1 of 5, after 4 of 5: +60 points")
    page.goto("/learn")
    expect(page.locator("#chapter-before .where")).to_have_text("1 of 5")
    expect(page.locator("#chapter-after .lesson-gain")).to_contain_text("+60 points")


RING_ABOVE = """() => {
  const box = (each) => document.querySelector(each).getBoundingClientRect();
  const [ring, panel] = [box(".lesson-ring"), box("lesson-panel")];
  return ring.height > 0 && ring.top >= 0 && ring.bottom <= panel.top;
}"""
"""What the step points at lies in the folded inspector: it is opened, and stands above the panel."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_panel_is_a_sheet_at_the_bottom_of_a_phone(open_page: OpenPage, theme: str) -> None:
    page = open_page("/?model=tiny_vgg&layer=conv_1_1#lesson=value.1", viewport=PHONE, color_scheme=theme)
    box = page.locator("lesson-panel").bounding_box()
    assert box is not None
    assert box["x"] == 0
    assert box["width"] == PHONE["width"]
    assert box["y"] + box["height"] == pytest.approx(PHONE["height"], abs=1)
    ring = page.locator(".lesson-ring")
    expect(ring).to_be_visible()
    wait_until(page, RING_ABOVE)
