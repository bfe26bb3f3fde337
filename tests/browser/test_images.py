"""Pictures get onto the page in every way, and a bad one costs nothing but a sentence."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
import skimage.data
from playwright.sync_api import Page, expect

from tests.browser.conftest import READY, Complaints, OpenPage, wait_until
from tests.server import running_server

BRING = """
([way, name, type, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  const options = { bubbles: true, cancelable: true };
  if (way === 'paste') {
    document.body.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: transfer }));
    return;
  }
  for (const step of ['dragenter', 'dragover', 'drop']) {
    document.body.dispatchEvent(new DragEvent(step, { ...options, dataTransfer: transfer }));
  }
}
"""


PASTE_TEXT = """
() => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', 'https://example.org/cat.jpg');
  const options = { bubbles: true, cancelable: true, clipboardData };
  document.body.dispatchEvent(new ClipboardEvent('paste', options));
}
"""

SOME = [Path(skimage.data.__file__).with_name(name) for name in ("chelsea.png", "rocket.jpg")]


def bring(page: Page, way: str, path: Path, kind: str = "image/jpeg") -> None:
    """Drop a file on the page, or paste it."""
    page.evaluate(BRING, [way, path.name, kind, base64.b64encode(path.read_bytes()).decode()])


def choose(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload").click()
    chooser.value.set_files(path)


def image_in(page: Page) -> str:
    """Id of the image in the address bar."""
    page.wait_for_url("**image=*")
    match = re.search(r"image=(\w+)", page.url)
    assert match
    return match[1]


@pytest.mark.parametrize("way", ["drop", "paste", "file chooser"])
def test_a_photo_of_an_espresso_is_called_espresso(open_page: OpenPage, espresso: Path, way: str) -> None:
    page = open_page()
    before = image_in(page)
    if way == "file chooser":
        choose(page, espresso)
    else:
        bring(page, way, espresso)
    wait_until(page, "(before) => !location.search.includes(before)", before)
    page.wait_for_selector(READY)
    expect(page.locator("class-bars li.best span")).to_have_text("espresso")


def test_a_sample_is_opened_by_a_click(open_page: OpenPage) -> None:
    page = open_page()
    before = image_in(page)
    page.locator("sample-grid button").nth(2).click()
    wait_until(page, "(before) => !location.search.includes(before)", before)
    page.wait_for_selector(READY)


def test_a_file_that_is_no_picture_leaves_the_old_result_and_says_so(
    open_page: OpenPage, complaints: Complaints, tmp_path: Path
) -> None:
    complaints.allow(r"the server responded with a status of 4\d\d .*/api/images")
    page = open_page()
    before = image_in(page)
    bars = page.locator("class-bars li").all_inner_texts()
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"this is no photograph")
    bring(page, "drop", broken)
    problem = page.get_by_role("alert").filter(visible=True)
    expect(problem).to_contain_text(re.compile(r"\w{4,}"))
    expect(page.locator(READY)).to_be_visible()
    assert page.locator("class-bars li").all_inner_texts() == bars
    assert len(bars) == 10
    assert image_in(page) == before


def test_a_good_picture_after_a_bad_one_clears_the_error(
    open_page: OpenPage, complaints: Complaints, espresso: Path, tmp_path: Path
) -> None:
    complaints.allow(r"the server responded with a status of 4\d\d .*/api/images")
    page = open_page()
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"this is no photograph")
    bring(page, "drop", broken)
    problem = page.get_by_role("alert").filter(visible=True)
    expect(problem).not_to_have_count(0)
    bring(page, "drop", espresso)
    expect(problem).to_have_count(0)
    page.wait_for_selector(READY)


def test_a_link_to_a_forgotten_image_says_so(open_page: OpenPage, complaints: Complaints) -> None:
    complaints.allow(r"the server responded with a status of 404 .*/api/images")
    page = open_page(f"/?model=tiny_vgg&image={'0' * 32}", ready=False)
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text(
        re.compile("upload it again", re.IGNORECASE)
    )


def test_a_server_that_comes_back_without_a_photo_gets_it_again_and_the_page_goes_on(
    open_page: OpenPage, complaints: Complaints, espresso: Path, tmp_path: Path
) -> None:
    complaints.allow("ERR_CONNECTION_REFUSED|a status of (404|503)|Failed to fetch dynamically imported")
    empty = [{"CONVSCOPE_DATA_FOLDER": str(tmp_path / name)} for name in ("first", "second")]
    away = re.compile("server does not answer")
    with running_server(environment=empty[0]) as other:
        complaints.home = other.address
        page = open_page(other.address)
        bring(page, "drop", espresso)
        photo = page.locator("own-photos button")
        expect(photo).to_have_attribute("aria-pressed", "true")
        page.wait_for_selector(READY)
        bars = page.locator("class-bars ol").inner_text()
        other.stop()
        page.locator("sample-grid button").nth(1).click()
        told = page.get_by_role("alert").filter(has_text=away)
        expect(told).to_be_visible()
        assert page.locator("class-bars ol").inner_text() == bars
        page.keyboard.press("?")  # what opens is fetched now
    with running_server("--port", other.address.rsplit(":", 1)[1], environment=empty[1]):
        expect(told).to_be_hidden()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert page.evaluate("document.querySelector('link[data-sheet=help]').sheet.cssRules.length > 0")
        page.keyboard.press("Escape")
        page.wait_for_selector(READY)
        expect(page.locator("class-bars ol")).not_to_have_text(bars)
        photo.click()
        expect(page.locator("class-bars li.best span")).to_have_text("espresso")
        expect(page.get_by_role("alert").filter(visible=True)).to_have_count(0)
        # another part of it was never computed before
        page.locator("crop-box .crop").press("ArrowRight")
        page.wait_for_url("**crop=*")
        expect(page.get_by_role("alert").filter(visible=True)).to_have_count(0)


def test_of_several_photos_all_are_taken_and_an_address_is_no_picture(
    open_page: OpenPage, espresso: Path
) -> None:
    page = open_page()
    page.locator("[data-part=file]").first.set_input_files([espresso, *SOME])
    row = page.locator("own-photos button")
    expect(row).to_have_count(3)
    expect(row.first).to_have_attribute("aria-pressed", "true")
    page.wait_for_selector(READY)
    page.locator("#work").focus()
    page.keyboard.press("]")
    expect(row.nth(1)).to_have_attribute("aria-pressed", "true")
    page.evaluate(PASTE_TEXT)
    expect(page.locator("image-dock [data-part=note]").first).to_contain_text("no picture but an address")


def test_a_drawing_is_looked_at_while_it_is_drawn_beside_the_network(open_page: OpenPage) -> None:
    page = open_page()
    before = image_in(page)
    page.get_by_role("button", name="Draw").click()
    dialog = page.get_by_role("dialog").filter(visible=True)
    box = dialog.locator("canvas:not(.pad-seen)").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    wait_until(page, "(before) => !location.search.includes(before)", before)
    expect(page.locator("class-bars li.best")).to_be_visible()
    assert not dialog.evaluate("(pad) => pad.matches(':modal')")
    page.mouse.up()
    dialog.get_by_role("button", name=re.compile("look|use|done", re.IGNORECASE)).click()
    wait_until(page, "(before) => !location.search.includes(before)", before)
    page.wait_for_selector(READY)
