"""The log-mel spectrogram against librosa's (``make_librosa_reference.py``), and the picture made of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_core.errors import BadInput
from cnn_core.models.spoken_words import SPEC
from cnn_core.preprocess import to_tensor
from cnn_core.sound import BANDS, DECIBELS, HOP, RATE, band_centres, log_mel, sound_decibels, sound_pixels
from cnn_core.sound.spectrogram import FLOOR, mel_filters

STORED = Path(__file__).with_name("librosa_reference.npz")


@pytest.fixture(scope="module")
def stored() -> dict[str, np.ndarray]:
    with np.load(STORED) as file:
        return dict(file)


def sine(pitch: float, seconds: float = 1.0, amplitude: float = 1.0) -> np.ndarray:
    at = np.arange(round(RATE * seconds)) / RATE
    return np.rint(32767 * amplitude * np.sin(2 * np.pi * pitch * at)).astype(np.int16)


def test_every_value_is_librosas(stored: dict[str, np.ndarray]) -> None:
    np.testing.assert_allclose(mel_filters(), stored["filters"], atol=1e-7)
    np.testing.assert_allclose(log_mel(stored["samples"]), stored["decibels"], atol=1e-4)


def test_a_sine_is_loudest_in_the_band_of_its_pitch() -> None:
    for band in (12, 30, 50):
        found = log_mel(sine(band_centres()[band]))
        assert (found.argmax(axis=0) == band).all()
        assert abs(found[band].mean()) < 3


def test_half_the_amplitude_is_six_decibels_less() -> None:
    difference = log_mel(sine(1000)) - log_mel(sine(1000, amplitude=0.5))
    assert difference[22].mean() == pytest.approx(20 * np.log10(2), abs=0.01)


def test_silence_is_the_floor_and_every_band_hears_something() -> None:
    assert (log_mel(np.zeros(RATE, np.int16)) == FLOOR).all()
    assert (mel_filters().sum(axis=1) > 0).all()
    assert (np.diff(band_centres()) > 0).all()


def test_frames_made_in_parts_are_those_made_at_once() -> None:
    long = np.random.default_rng(1).integers(-9000, 9000, 20 * RATE).astype(np.int16)
    whole = log_mel(long)
    assert whole.shape == (BANDS, 1 + (len(long) - 400) // HOP)
    np.testing.assert_array_equal(whole[:, 995:1010], log_mel(long[995 * HOP : 1009 * HOP + 400]))


def test_the_picture_says_the_decibels_again(stored: dict[str, np.ndarray]) -> None:
    pixels = sound_pixels(stored["samples"])
    assert pixels.dtype == np.uint8
    assert (pixels == pixels[..., :1]).all()
    back, decibels = sound_decibels(pixels), np.minimum(log_mel(stored["samples"]), 0)
    assert np.abs(back - decibels).max() <= DECIBELS / 2 + 1e-4
    assert pixels[0, 0, 0] == round((float(decibels[-1, 0]) - FLOOR) / DECIBELS)


def test_the_network_gets_decibels() -> None:
    pixels = sound_pixels(sine(1000))
    seen = to_tensor(pixels, SPEC)[0, 0, ::-1]
    np.testing.assert_allclose(25 * seen - 75, sound_decibels(pixels)[:, 1:97], atol=1e-3)


def test_a_sound_moved_by_a_hop_is_a_picture_moved_by_a_column() -> None:
    sound = np.random.default_rng(2).integers(-3000, 3000, RATE).astype(np.int16)
    moved = np.concatenate([np.zeros(10 * HOP, np.int16), sound])[: len(sound)]
    np.testing.assert_array_equal(sound_pixels(moved)[:, 10:], sound_pixels(sound)[:, :-10])


@pytest.mark.parametrize("samples", [np.zeros(399, np.int16), np.zeros(400), np.zeros((2, 400), np.int16)])
def test_what_is_no_sound_is_refused(samples: np.ndarray) -> None:
    with pytest.raises(BadInput, match="sound: wanted at least 400 samples"):
        log_mel(samples)


def test_what_is_no_spectrogram_is_refused() -> None:
    with pytest.raises(BadInput, match=r"sound: wanted a picture.*\(32, 9, 3\)"):
        sound_decibels(np.zeros((32, 9, 3), np.uint8))
