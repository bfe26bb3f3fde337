"""Makes ``librosa_reference.npz``: the spectrogram of a seeded sound as librosa computes it.

Run by hand in an environment that has librosa (``pip install librosa``); the tests read what it wrote.
"""

from __future__ import annotations

from pathlib import Path

import librosa
import numpy as np

RATE, FFT, WINDOW, HOP = 16_000, 512, 400, 160
AROUND = (FFT - WINDOW) // 2
"""librosa puts the window into the middle of the 512 samples; here they begin with it."""


def sound() -> np.ndarray:
    """A rising tone, a click and noise that fades, int16."""
    rng = np.random.default_rng(24)
    seconds = np.arange(RATE // 2) / RATE
    tone = 0.4 * np.sin(2 * np.pi * (200 + 5000 * seconds) * seconds)
    noise = 0.2 * rng.standard_normal(len(seconds)) * np.exp(-12 * seconds)
    click = np.where(np.arange(len(seconds)) == 5000, 0.5, 0)
    return np.rint(32767 * np.clip(tone + noise + click, -1, 1)).astype(np.int16)


def main() -> None:
    """Write the sound, the filters and the decibels."""
    samples = sound()
    x = np.pad(samples / 32768, AROUND)
    spectrum = librosa.stft(x, n_fft=FFT, hop_length=HOP, win_length=WINDOW, window="hann", center=False)
    power = np.abs(spectrum * 2 / librosa.filters.get_window("hann", WINDOW).sum()) ** 2
    filters = librosa.filters.mel(
        sr=RATE, n_fft=FFT, n_mels=64, fmin=0, fmax=RATE / 2, htk=True, norm=None, dtype=np.float64
    )
    decibels = librosa.power_to_db(filters @ power, ref=1.0, amin=10**-11.0, top_db=None)
    target = Path(__file__).with_name("librosa_reference.npz")
    np.savez_compressed(
        target, samples=samples, filters=filters.astype(np.float32), decibels=decibels.astype(np.float32)
    )


if __name__ == "__main__":
    main()
