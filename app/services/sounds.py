"""Sounds to begin with, a second each, made of sines and seeded noise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnn_core.sound import RATE, Samples

__all__ = ["SOUNDS", "sample_sound"]

Wave = NDArray[np.float64]

_SECONDS = np.arange(RATE) / RATE
_HALF_SCALE = 16384


def sample_sound(title: str) -> Samples:
    """The sound of that title, its loudest sample at half of full scale, int16 ``(16000,)``."""
    wave = SOUNDS[title]()
    samples: Samples = np.rint(wave * (_HALF_SCALE / np.abs(wave).max())).astype(np.int16)
    return samples


def _chirp(first: float, last: float) -> Wave:
    """A sine whose pitch moves evenly from ``first`` to ``last`` Hz, and its octave more quietly."""
    turns = first * _SECONDS + (last - first) * _SECONDS**2 / 2
    tone = np.sin(2 * np.pi * turns) + 0.3 * np.sin(4 * np.pi * turns)
    return tone * _faded(0.05, 0.95)


def _claps() -> Wave:
    """Three bursts of noise that die away within some 30 ms."""
    noise = np.random.default_rng(1).standard_normal(RATE)
    since = [np.where(start <= _SECONDS, _SECONDS - start, np.inf) for start in (0.15, 0.45, 0.75)]
    return noise * sum(np.exp(-each / 0.03) for each in since)


def _beeps() -> Wave:
    """Four tones of a rising chord."""
    starts = (0.06, 0.29, 0.52, 0.75)
    tones = zip(starts, (523.25, 659.26, 783.99, 1046.5), strict=True)
    return sum((np.sin(2 * np.pi * f * _SECONDS) * _faded(at, at + 0.17) for at, f in tones), np.zeros(RATE))


def _siren() -> Wave:
    """A tone that rises and falls twice, 600 to 1,400 Hz."""
    turns = 1000 * _SECONDS - 400 / (2 * np.pi * 2) * np.sin(2 * np.pi * 2 * _SECONDS)
    return np.sin(2 * np.pi * turns) * _faded(0.02, 0.98)


def _vowels() -> Wave:
    """Pulses of 120 Hz, their harmonics weighed by three formants that go from ah over ee to oh.

    Formants of men as Peterson and Barney measured them (1952, 'Control methods used in a study of vowels').
    """
    formants = np.array([[730, 1090, 2440], [730, 1090, 2440], [270, 2290, 3010], [570, 840, 2410]])
    at = [np.interp(_SECONDS, [0, 0.3, 0.5, 0.8], each) for each in formants.T]
    wave = np.zeros(RATE)
    for harmonic in range(1, 40):
        pitch = 120.0 * harmonic
        heard = sum(
            height / (1 + ((pitch - f) / 70) ** 2) for f, height in zip(at, (1, 0.6, 0.3), strict=True)
        )
        wave += heard * np.sin(2 * np.pi * pitch * _SECONDS)
    return wave * _faded(0.1, 0.9)


def _faded(first: float, last: float) -> Wave:
    """1 between the two moments, 0 outside, 15 ms of both ends in between."""
    return np.clip((_SECONDS - first) / 0.015, 0, 1) * np.clip((last - _SECONDS) / 0.015, 0, 1)


SOUNDS: dict[str, Callable[[], Wave]] = {
    "Rising tone": lambda: _chirp(200, 4000),
    "Falling tone": lambda: _chirp(4000, 200),
    "Claps": _claps,
    "Beeps": _beeps,
    "Siren": _siren,
    "Vowels": _vowels,
}
"""By what they are called."""
