"""A spectrogram as a picture, so that what takes a picture takes a sound: time runs right, pitch upwards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import BadInput
from cnn_core.sound.spectrogram import BANDS, FLOOR, Samples, log_mel

__all__ = ["DECIBELS", "sound_decibels", "sound_pixels"]

DECIBELS = -FLOOR / 255
"""What one step of grey stands for."""


def sound_pixels(samples: Samples) -> NDArray[np.uint8]:
    """The log-mel spectrogram in grey: ``round((decibels + 110) / 110 * 255)``, clipped at 0 and 255.

    Black is -110 dB and less, white 0 dB and more; the highest band is the first row, a frame is a column.

    Shape:
        samples: ``(N,)`` int16. Result: ``(64, frames, 3)``, three equal channels.

    Raises:
        BadInput: as ``log_mel``.
    """
    grey = np.rint((log_mel(samples)[::-1] - FLOOR) / DECIBELS)
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def sound_decibels(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What ``sound_pixels`` drew, lowest band first: within half a step of ``log_mel`` where that is below 0.

    Shape:
        pixels: ``(64, frames, 3)``. Result: ``(64, frames)``.

    Raises:
        BadInput: no such picture.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[::2] != (BANDS, 3):
        raise BadInput(
            f"sound: wanted a picture, uint8 ({BANDS}, frames, 3), got {pixels.dtype} {pixels.shape}"
        )
    return pixels[::-1, :, 0] * np.float32(DECIBELS) + np.float32(FLOOR)
