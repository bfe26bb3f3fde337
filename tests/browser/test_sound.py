"""Sounds on Explore: samples, axes, and what is played: the part that is seen, what a value hears of it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from app.services.sounds import SOUNDS, sample_sound
from cnn_core.graph.field import field_box
from cnn_core.models import find_architecture
from cnn_core.sound import HOP, RATE, WINDOW, wav_bytes
from tests.browser.conftest import READY, OpenPage
from tests.browser.test_arithmetic import get
from tests.browser.test_view import wait_for_view
from tests.server import Server

PLACE = {"layer": "conv_3_relu", "channel": 2, "y": 9, "x": 12}

RECORD = """
() => {
  window.played = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...when) {
    const { buffer } = this;
    window.played.push({ rate: buffer.sampleRate, samples: [...buffer.getChannelData(0)] });
    return start.apply(this, when);
  };
}
"""


@pytest.fixture(scope="module")
def word() -> np.ndarray:
    """Three seconds, louder and louder, so that every part is another."""
    noise = np.random.default_rng(7).uniform(-1, 1, 3 * RATE)
    return np.rint(noise * np.linspace(500, 20000, 3 * RATE)).astype(np.int16)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    query = "&".join(f"{name}={value}" for name, value in {"model": "spoken_words", **PLACE}.items())
    page = open_page(f"/?{query}")
    expect(page.locator("sound-panel [data-part=listen]")).to_be_enabled()
    page.evaluate(RECORD)
    return page


def played(page: Page, name: str) -> np.ndarray:
    """What comes out of a button's press, as 16-bit samples."""
    page.evaluate("() => { window.played.length = 0; }")
    page.locator(f"sound-panel [data-part={name}]").click()
    found = page.evaluate("() => window.played")
    assert len(found) == 1
    assert found[0]["rate"] == RATE
    return np.rint(np.array(found[0]["samples"]) * 32768).astype(np.int16)


def test_a_sound_is_heard_and_so_is_what_a_value_hears(
    page: Page, server: Server, word: np.ndarray, tmp_path: Path
) -> None:
    titles = page.locator("sample-grid button").evaluate_all("all => all.map((each) => each.title)")
    assert titles == list(SOUNDS)
    expect(page.locator("crop-box [data-part=axes]")).to_have_text("8 kHz2 kHz500 Hz0980 ms")
    expect(page.locator("image-dock [data-source=draw]")).to_be_hidden()
    labels = [page.locator(".axes > span").nth(at).bounding_box() for at in range(4)]
    assert all(
        above and below and above["y"] + above["height"] <= below["y"] for above, below in pairwise(labels)
    )
    first = sample_sound(titles[0])
    np.testing.assert_array_equal(played(page, "listen"), first[HOP : HOP * 96 + WINDOW])

    graph = find_architecture("spoken_words").build(10)
    box = field_box(graph, str(PLACE["layer"]), (2, 9, 12))
    start = (1 + box.left) * HOP
    length = (box.right - box.left - 1) * HOP + WINDOW
    np.testing.assert_array_equal(played(page, "hear"), first[start : start + length])
    said = page.locator("sound-panel [data-part=told]")
    expect(said).to_contain_text(f"hears {start * 1000 // RATE} to {(start + length) * 1000 // RATE} ms, ")

    file = tmp_path / "word.wav"
    file.write_bytes(wav_bytes(word))
    page.locator("image-dock input[type=file]").set_input_files(file)
    wait_for_view(page, model="spoken_words")
    expect(page.locator("crop-box [data-part=until]")).to_have_text("2980 ms")
    expect(page.locator("sound-panel [data-part=listen]")).to_be_enabled()
    page.wait_for_selector(READY)
    crop = page.evaluate("() => new URL(location.href).searchParams.get('crop')")
    at = (298 - 96) // 2 if crop is None else int(crop.split(",")[0])
    np.testing.assert_array_equal(played(page, "listen"), word[at * HOP : (at + 95) * HOP + WINDOW])
    image = page.evaluate("() => new URL(location.href).searchParams.get('image')")
    assert get(server, f"/api/images/{image}/info")["kind"] == "sound"
    page.locator("crop-box .crop").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(at) => new URL(location.href).searchParams.get('crop')?.startsWith(at) === false", arg=f"{at},"
    )
    moved = int(page.evaluate("() => new URL(location.href).searchParams.get('crop')").split(",")[0])
    assert moved > at
    np.testing.assert_array_equal(played(page, "listen"), word[moved * HOP : (moved + 95) * HOP + WINDOW])
