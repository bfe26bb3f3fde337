"""How loud a sound is at every moment in every band of pitch: the log-mel spectrogram.

Reference: Davis and Mermelstein 1980, 'Comparison of parametric representations for monosyllabic word
recognition', for triangular filters on the mel scale; O'Shaughnessy 1987, 'Speech communication', for mel.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import BadInput

__all__ = [
    "BANDS",
    "FFT",
    "FLOOR",
    "HOP",
    "RATE",
    "WINDOW",
    "Samples",
    "band_centres",
    "log_mel",
    "mel_filters",
]

Samples = NDArray[np.int16]
"""A sound: 16 bits a sample, 16,000 of them a second, one channel."""

RATE = 16_000
WINDOW = 400
"""Samples of one frame: 25 ms."""
HOP = 160
"""Samples from one frame to the next: 10 ms."""
FFT = 512
BANDS = 64
FLOOR = -110.0
"""Decibels of silence, and of all that is quieter: what rounding to 16 bits leaves in a band."""

_AT_ONCE = 1000
"""Frames that are transformed at a time."""


def log_mel(samples: Samples) -> NDArray[np.float32]:
    """Decibels below the loudest sine, of every band (lowest first) in every frame.

    Frame t holds samples ``160 t`` to ``160 t + 399``, nothing is padded. With x in -1..1, w the periodic
    Hann window and W its sum, the power of bin k is ``P[k, t] = |2 / W * sum over n of w[n] x[160 t + n]
    exp(-2 pi i k n / 512)|^2``, so that a sine of amplitude 1 has power 1 in its bin. A band adds up its
    bins, ``M[b, t] = sum over k of filter[b, k] P[k, t]``; the result is ``10 log10(M)``, at least -110.

    Shape:
        samples: ``(N,)`` int16. Result: ``(64, 1 + (N - 400) // 160)``.

    Raises:
        BadInput: another array, or fewer than 400 samples.
    """
    if samples.dtype != np.int16 or samples.ndim != 1 or len(samples) < WINDOW:
        raise BadInput(
            f"sound: wanted at least {WINDOW} samples, int16 (N,), got {samples.dtype} {samples.shape}"
        )
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    parts = [_decibels(frames[start : start + _AT_ONCE]) for start in range(0, len(frames), _AT_ONCE)]
    return np.concatenate(parts, axis=1)


def _decibels(frames: NDArray[np.int16]) -> NDArray[np.float32]:
    window = np.hanning(WINDOW + 1)[:-1]
    spectrum = np.fft.rfft(frames / 32768 * (window * 2 / window.sum()), FFT)
    power = mel_filters() @ (spectrum.real**2 + spectrum.imag**2).T
    return (10 * np.log10(np.maximum(power, 10 ** (FLOOR / 10)))).astype(np.float32)


@lru_cache(maxsize=1)
def mel_filters() -> NDArray[np.float64]:
    """What each band takes of each bin of the spectrum: triangles of height 1, ``(64, 257)``.

    ``mel(f) = 2595 log10(1 + f / 700)``. 66 points from 0 Hz to 8 kHz lie evenly in mel; a band rises in Hz
    from its first point to its second, its centre, and falls to its third.
    """
    edges = _points()[:, None]
    bins = np.arange(FFT // 2 + 1) * (RATE / FFT)
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling))


def band_centres() -> NDArray[np.float64]:
    """The pitch in Hz at which each band hears best, lowest first, ``(64,)``."""
    return _points()[1:-1]


def _points() -> NDArray[np.float64]:
    highest = 2595 * np.log10(1 + RATE / 2 / 700)
    found: NDArray[np.float64] = 700 * (10 ** (np.linspace(0, highest, BANDS + 2) / 2595) - 1)
    return found
