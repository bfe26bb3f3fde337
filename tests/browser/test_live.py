"""Camera, videos and microphone through every layer, in a Chromium that sees and hears what is made here."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from app.pictures.colours import colours
from cnn_core.sound import RATE, band_centres, log_mel, read_sound
from tests.browser.cameras import FILM_RATE, PITCHES, browser_with_devices, pictures, two_tones, webm, y4m
from tests.browser.conftest import LAPTOP, READY, VISITED, Complaints, OpenPage, wait_until
from tests.browser.looks import seems_right
from tests.browser.seen import CANVAS, rgba, seen_maps, value_pixels
from tests.browser.test_pixels import numbers, trace_address
from tests.server import Server

WATCHED = """
const open = MediaDevices.prototype.getUserMedia;
window.tracks = [];
MediaDevices.prototype.getUserMedia = async function (...asked) {
  const stream = await open.apply(this, asked);
  window.tracks.push(...stream.getTracks());
  return stream;
};
"""
RUNNING = "() => window.tracks.filter(({ readyState }) => readyState === 'live').length"
SEEN = """(seen) => {
  Object.defineProperty(document, 'hidden', { value: !seen, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture(scope="module")
def profile(
    browser: Browser, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    folder = tmp_path_factory.mktemp("devices")
    film = folder / "film.y4m"
    film.write_bytes(y4m(pictures(6)))
    with browser_with_devices(browser, film, two_tones(folder / "tones.wav")) as running:
        context = running.new_context(base_url=server.address, viewport=LAPTOP, color_scheme="light")
        context.add_init_script(VISITED)
        context.add_init_script(WATCHED)
        yield context


@pytest.fixture(scope="module")
def kept_page(profile: BrowserContext) -> Page:
    page = profile.new_page()
    page.goto("/?layer=conv_2_1")
    page.wait_for_selector(READY)
    return page


@pytest.fixture
def page(kept_page: Page, complaints: Complaints) -> Iterator[Page]:
    complaints.listen(kept_page)
    yield kept_page
    complaints.leave(kept_page)


def watch(page: Page) -> None:
    """Have the camera's frames pass, whatever was before."""
    if page.locator("body.live").count():
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("body.live")).to_have_count(0)
    page.get_by_role("button", name="Camera", exact=True).click()
    expect(page.locator("body.passing")).to_have_count(1)
    wait_until(page, "() => parseFloat(document.querySelector('.live-numbers dd').textContent) > 0")
    # enough to go back in
    wait_until(page, "() => Number(document.querySelector('.live-reel').ariaValueMax) >= 6")


def is_the_servers(
    page: Page, server: Server, maps: dict[int, np.ndarray[Any, Any]], node: str = "conv_2_1", count: int = 10
) -> None:
    values = numbers(trace_address(page, server), node)
    expected = colours(values)
    assert sorted(maps) == list(range(count))
    for channel, seen in maps.items():
        np.testing.assert_array_equal(value_pixels(seen, values.shape[1:])[..., :3], expected[channel])


def settled(page: Page) -> None:
    expect(page.locator("body.passing")).to_have_count(0)
    page.wait_for_selector(READY)


def becomes_the_servers(page: Page, server: Server) -> None:
    """The address follows once the frame is uploaded; two frames may be the same picture, at one address."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return is_the_servers(page, server, seen_maps(page, "conv_2_1"))
        except AssertionError:
            if time.monotonic() > deadline:
                raise
        page.wait_for_timeout(50)


SAID = """async () => {
  const found = [];
  while (found.length < 12) {
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    const bar = document.querySelector("class-bars li.best");
    const [name, , share] = [...bar.children].map((each) => each.textContent);
    const sentence = document.querySelector(".live-sentence").firstElementChild;
    found.push([name, share, sentence.textContent, sentence.nextSibling.textContent]);
  }
  return found;
}"""
"""What the bars and the sentence below say of the likeliest class, frame after frame of the screen."""


def tells_of_one_frame(page: Page) -> None:
    """While frames pass, bars and sentence are of the same one."""
    said = page.evaluate(SAID)
    assert len({share for _, share, _, _ in said}) > 1, "the camera stands still"
    for name, share, named, told in said:
        assert (name, share) == (named, told.replace("%", "").strip()), said


def test_a_frozen_frame_shows_the_servers_numbers_as_it_did_on_its_way_past(
    page: Page, server: Server
) -> None:
    watch(page)
    tells_of_one_frame(page)
    assert page.evaluate(RUNNING) == 1
    assert "image=" not in page.url
    expect(page.locator(".live-part")).to_contain_text("to your own ConvScope server on this machine")
    expect(page.locator(".inspector-working")).to_be_hidden()
    # held up until the route is taken away
    page.route("**/api/images", lambda route: None)
    page.keyboard.press(" ")
    expect(page.locator(".live-phase")).to_contain_text("frozen")
    passing = seen_maps(page, "conv_2_1")
    page.unroute("**/api/images")
    settled(page)
    is_the_servers(page, server, passing)
    is_the_servers(page, server, seen_maps(page, "conv_2_1"))
    top = httpx.get(trace_address(page, server)).json()["top"]
    assert page.locator("class-bars li.best span").inner_text() == top[0]["label"].replace("_", " ")
    expect(page.locator(".live-sentence")).to_contain_text(top[0]["label"].replace("_", " "))
    expect(page.locator(".inspector-working")).to_be_visible()
    expect(page.locator("own-photos button")).to_have_count(1)


def test_the_last_seconds_are_gone_through_frame_by_frame(page: Page, server: Server) -> None:
    watch(page)
    page.keyboard.press(",")
    page.keyboard.press(",")
    expect(page.locator(".live-sentence")).to_contain_text("s earlier")
    reel = page.get_by_role("slider", name="Frame of the last five seconds")
    settled(page)
    becomes_the_servers(page, server)
    at = int(reel.get_attribute("aria-valuenow") or "")
    reel.press("ArrowRight")
    expect(reel).to_have_attribute("aria-valuenow", str(at + 1))
    box = reel.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + 20)
    expect(reel).to_have_attribute("aria-valuenow", reel.get_attribute("aria-valuemax") or "")
    settled(page)
    becomes_the_servers(page, server)
    page.keyboard.press(" ")
    expect(page.locator(".live-phase")).to_contain_text("live")


def test_five_seconds_are_saved_as_a_film(page: Page) -> None:
    watch(page)
    page.keyboard.press(" ")
    settled(page)
    reel = page.get_by_role("slider", name="Frame of the last five seconds")
    count = 1 + int(reel.get_attribute("aria-valuemax") or "")
    for kind in ("webp", "gif"):
        with page.expect_download() as download:
            page.get_by_label("Save", exact=True).select_option(kind)
        assert download.value.suggested_filename == f"convscope.{kind}"
        with Image.open(download.value.path()) as film:
            assert (film.format, film.size) == (kind.upper(), (256, 256))
            assert 1 < getattr(film, "n_frames", 1) <= count
    page.get_by_label("Save", exact=True).select_option("png")


def test_a_held_frame_is_a_and_the_camera_is_b(page: Page) -> None:
    watch(page)
    page.keyboard.press("h")
    expect(page.locator("body.compared.passing")).to_have_count(1)
    expect(page.locator('[data-node="conv_2_1"].laned')).to_have_count(1)
    expect(page.locator(".compare-tile.a p")).to_contain_text("Camera frame, held")
    page.keyboard.press(" ")
    settled(page)
    page.keyboard.press("h")
    expect(page.locator("body.pinned")).to_have_count(0)


def test_a_hidden_page_lets_go_of_the_camera_and_so_does_stop(page: Page) -> None:
    watch(page)
    page.evaluate(SEEN, False)
    wait_until(page, f"() => ({RUNNING})() === 0")
    page.evaluate(SEEN, True)
    wait_until(page, f"() => ({RUNNING})() === 1")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("body.live")).to_have_count(0)
    assert page.evaluate(RUNNING) == 0
    settled(page)
    page.wait_for_url("**image=*")
    expect(page.locator("step-bar")).to_be_visible()


def test_another_photo_ends_it(page: Page) -> None:
    watch(page)
    page.keyboard.press("[")
    expect(page.locator("body.live")).to_have_count(0)
    assert page.evaluate(RUNNING) == 0
    page.wait_for_url("**image=*")


def test_it_can_be_used_by_everybody(page: Page) -> None:
    watch(page)
    seems_right(page)
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    page.set_viewport_size(LAPTOP)


@pytest.fixture(scope="module")
def kept_hearing_page(profile: BrowserContext) -> Page:
    page = profile.new_page()
    page.goto("/?model=spoken_words&layer=conv_3_relu")
    page.wait_for_selector(READY)
    return page


@pytest.fixture
def hearing_page(kept_hearing_page: Page, complaints: Complaints) -> Iterator[Page]:
    complaints.listen(kept_hearing_page)
    yield kept_hearing_page
    complaints.leave(kept_hearing_page)


def listen(page: Page) -> None:
    page.keyboard.press("c")
    expect(page.locator("body.passing")).to_have_count(1)
    # a whole second has been heard: the waveform is nowhere flat
    wait_until(page, "() => !document.querySelector('.wave').getAttribute('d').startsWith('M0.5 1.000')")


def test_a_frozen_second_shows_the_servers_numbers_as_it_did_on_its_way_past(
    hearing_page: Page, server: Server
) -> None:
    page = hearing_page
    expect(page.get_by_role("button", name="Draw")).to_be_hidden()
    listen(page)
    assert page.evaluate("() => window.tracks.map(({ kind }) => kind)") == ["audio"]
    expect(page.locator(".live-part")).to_contain_text(
        "Only the newest second is sent, to your own ConvScope"
    )
    page.route("**/api/images", lambda route: None)
    page.keyboard.press(" ")
    expect(page.locator(".live-phase")).to_contain_text("frozen")
    passing = seen_maps(page, "conv_3_relu")
    wave = page.locator(".wave").get_attribute("d")
    page.unroute("**/api/images")
    settled(page)
    is_the_servers(page, server, passing, "conv_3_relu", 48)
    expect(page.locator("crop-box [data-part=until]")).to_have_text("980 ms")
    expect(page.locator(".wave")).to_have_attribute("d", wave or "")
    image = page.evaluate("() => new URL(location.href).searchParams.get('image')")
    samples = read_sound(httpx.get(f"{server.address}/api/images/{image}/sound").content)
    assert len(samples) == RATE
    loudest = band_centres()[log_mel(samples).argmax(axis=0)]
    near = [np.abs(np.log(loudest / pitch)) < 0.06 for pitch in PITCHES]
    assert np.logical_or(*near).mean() > 0.75
    assert all(each.mean() > 0.2 for each in near)


def test_the_last_seconds_of_sound_are_gone_through_held_and_saved(
    hearing_page: Page, server: Server
) -> None:
    page = hearing_page
    page.keyboard.press(",")
    expect(page.locator(".live-sentence")).to_contain_text("s earlier")
    wait_until(page, "(before) => location.href !== before", page.url)
    settled(page)
    is_the_servers(page, server, seen_maps(page, "conv_3_relu"), "conv_3_relu", 48)
    image = page.evaluate("() => new URL(location.href).searchParams.get('image')")
    with page.expect_download() as download:
        page.get_by_label("Save", exact=True).select_option("wav")
    kept = httpx.get(f"{server.address}/api/images/{image}/sound").content
    np.testing.assert_array_equal(read_sound(download.value.path()), read_sound(kept))
    page.keyboard.press(" ")
    page.keyboard.press("h")
    expect(page.locator("body.compared.passing")).to_have_count(1)
    expect(page.locator(".compare-tile.a p")).to_contain_text("Microphone second, held")
    page.keyboard.press("h")
    expect(page.locator("body.pinned")).to_have_count(0)


def test_a_hidden_page_lets_go_of_the_microphone_and_so_does_stop(hearing_page: Page) -> None:
    page = hearing_page
    page.keyboard.press(" ")
    settled(page)
    seems_right(page)
    page.keyboard.press(" ")
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    page.set_viewport_size(LAPTOP)
    page.evaluate(SEEN, False)
    wait_until(page, f"() => ({RUNNING})() === 0")
    page.evaluate(SEEN, True)
    wait_until(page, f"() => ({RUNNING})() === 1")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("body.live")).to_have_count(0)
    assert page.evaluate(RUNNING) == 0
    settled(page)
    page.close()


def test_in_the_shift_lab_the_newest_frame_is_the_photo_that_is_moved(
    profile: BrowserContext, server: Server, complaints: Complaints
) -> None:
    page = profile.new_page()
    complaints.listen(page)
    page.goto("/shift?dx=4")
    expect(page.locator("shift-lead [data-part=lead]")).to_contain_text("4 px")
    page.keyboard.press("c")
    wait_until(page, "() => Number(document.querySelector('.live-numbers')?.dataset.painted) > 3")
    assert "image=" not in page.url
    page.locator("shift-pad [data-part=handle]").press("ArrowRight")
    expect(page.locator("#shift-dx")).to_have_value("5")
    page.keyboard.press(" ")
    page.wait_for_url("**image=*")
    assert page.evaluate(RUNNING) == 1
    expect(page.locator(".live-phase")).to_contain_text("frozen")
    wait_until(page, "() => document.querySelector('shift-pad canvas').width === 64")
    image = page.evaluate("() => new URL(location.href).searchParams.get('image')")
    kept = httpx.get(f"{server.address}/api/images/{image}").content
    frame = np.asarray(Image.open(io.BytesIO(kept)))
    wait_until(
        page, "() => document.querySelector('shift-lead [data-part=lead]').textContent.includes('5 px')"
    )
    seen = rgba(page.locator("shift-pad canvas").first.evaluate(CANVAS))[..., :3]
    np.testing.assert_array_equal(seen[:, 5:], frame[:, :-5])
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("body.live")).to_have_count(0)
    assert page.evaluate(RUNNING) == 0
    page.close()


def film(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "video/webm", "buffer": data}


def test_a_video_is_gone_through_frame_by_frame(page: Page, server: Server) -> None:
    frames = pictures(30)
    page.set_input_files("[data-part=file]", film("film.webm", webm(frames)))
    expect(page.locator("#live-title")).to_have_text("film.webm")
    expect(page.locator("body.passing")).to_have_count(1)
    page.keyboard.press(" ")
    sentence = page.locator(".live-sentence")
    expect(page.locator(".live-phase")).to_contain_text("frozen")
    settled(page)
    found = re.search(r"([\d.]+) s into", sentence.inner_text())
    assert found
    number = round(float(found[1]) * FILM_RATE)
    steps = [(".", 1), (".", 1), (",", -1)] if number < 15 else [(",", -1), (",", -1), (".", 1)]
    for key, by in steps:
        number += by
        page.keyboard.press(key)
        expect(sentence).to_contain_text(f"{number / FILM_RATE:.3f} s into the video")
    settled(page)
    cut = [Image.fromarray(frame[:, 16:112]).resize((64, 64)) for frame in frames]

    def addressed() -> int:
        """The frame that is nearest to what the server has at the page's address."""
        seen = 255 * numbers(trace_address(page, server), "input").transpose(1, 2, 0)
        return int(np.argmin([np.abs(np.asarray(each, float) - seen).mean() for each in cut]))

    # the address follows once the frame is uploaded
    deadline = time.monotonic() + 20
    while addressed() != number:
        assert time.monotonic() < deadline, (addressed(), number)
        page.wait_for_timeout(50)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("sound.webm", webm([]), "sound.webm has no pictures. It holds sound alone"),
        ("renamed.mp4", b"PK\x03\x04" + bytes(500), "renamed.mp4 cannot be played"),
    ],
)
def test_what_is_no_video_is_named_and_the_last_picture_stays(
    page: Page, name: str, data: bytes, says: str
) -> None:
    page.goto("/?layer=conv_2_1")
    page.wait_for_selector(READY)
    before = seen_maps(page, "conv_2_1")
    page.set_input_files("[data-part=file]", film(name, data))
    expect(page.get_by_role("alert").first).to_contain_text(says)
    expect(page.locator("body.live")).to_have_count(0)
    after = seen_maps(page, "conv_2_1")
    assert after.keys() == before.keys()
    for channel, seen in after.items():
        np.testing.assert_array_equal(seen, before[channel])


def test_a_camera_that_cannot_be_had_is_named(open_page: OpenPage) -> None:
    page = open_page()
    before = page.locator("class-bars li").all_inner_texts()
    page.keyboard.press("c")
    alert = page.locator("image-dock [data-part=problem]")
    expect(alert).to_contain_text(re.compile("[Cc]amera"))
    expect(alert).to_contain_text("The last picture stays.")
    expect(alert.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.locator("body.live")).to_have_count(0)
    assert page.locator("class-bars li").all_inner_texts() == before
