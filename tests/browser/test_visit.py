"""The photos of a visit: on every page, in comparisons, in folders."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import READY, OpenPage


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """Two with a class in their name, and one without."""
    pictures = {"my espresso.png": skimage.data.coffee(), "Koala-2.png": skimage.data.cat()}
    pictures["IMG_7.png"] = skimage.data.astronaut()
    for name, pixels in pictures.items():
        Image.fromarray(np.ascontiguousarray(pixels[::4, ::4])).save(tmp_path / name)
    return [tmp_path / name for name in pictures]


def test_photos_of_a_visit_go_along_and_are_compared_counted_and_surveyed(
    open_page: OpenPage, three: list[Path]
) -> None:
    page = open_page()
    page.locator("[data-part=file]").first.set_input_files(three)
    row = page.locator("own-photos button")
    expect(row).to_have_count(3)
    page.wait_for_selector(READY)

    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_role("button", name="Photo", exact=True).click()
    row.nth(2).click()
    expect(row.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".compare-answer .verdict")).to_have_text(re.compile("^(A says|Still)"))

    page.goto("/?model=tiny_vgg~edit-conv_1_1:mute:2")
    expect(row).to_have_count(3)

    page.get_by_role("button", name="Folder", exact=True).click()
    page.get_by_role("button", name="Your photos", exact=True).click()
    expect(page.locator(".edit-sentence").filter(has_text="accuracy")).to_contain_text("2 photos: accuracy")

    page.get_by_role("navigation").get_by_role("link", name="Explain").click()
    expect(row).to_have_count(3)
    page.keyboard.press("]")
    expect(page.locator("own-photos [aria-pressed=true]")).to_have_count(1)
    page.get_by_role("button", name="What does a channel detect?").click()
    another, own = page.locator("[data-part=another]"), page.get_by_role("button", name="The 3 of this visit")
    expect(another.or_(own).filter(visible=True)).not_to_have_count(0)
    if another.is_visible():
        another.click()
    own.click()
    expect(page.locator("channel-dock")).to_contain_text("3 photos")

    page.get_by_role("navigation").get_by_role("link", name="Shift lab").click()
    expect(row).to_have_count(3)
