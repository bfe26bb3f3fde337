"""Ten digits to begin with: strokes of a pen, made into pictures as those of MNIST were."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cnn_core.preprocess import Pixels
from cnn_core.training.race.handwriting import BOX, DIGITS, PEN, SIDE, smooth_stroke

__all__ = ["DIGITS", "digit_pixels"]

FINE = 4
"""Sub-pixels along each axis."""


def digit_pixels(digit: int) -> Pixels:
    """The digit in white on black, uint8 ``(28, 28, 3)``.

    As the data was made (LeCun et al. 1998, section III.A): scaled to fit 20x20 pixels, and moved by whole
    pixels until its centre of mass lies in the middle of 28x28.
    """
    strokes = [smooth_stroke(points) for points in DIGITS[digit]]
    inked = np.concatenate(strokes)
    low, high = inked.min(axis=0) - PEN, inked.max(axis=0) + PEN
    scale = BOX / float((high - low).max())
    margin = (SIDE - (high - low) * scale) / 2
    ink = _ink([(stroke - low) * scale + margin for stroke in strokes], PEN * scale)
    centre = np.array([ink.sum(axis=1 - axis) @ (np.arange(SIDE) + 0.5) for axis in (0, 1)]) / ink.sum()
    shift = tuple(int(step) for step in np.round(SIDE / 2 - centre))
    grey = np.round(255 * np.roll(ink, shift, (0, 1))).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _ink(strokes: list[NDArray[np.float64]], radius: float) -> NDArray[np.float64]:
    """How much of each pixel a round pen covers, ``(28, 28)`` from 0 to 1."""
    along = (np.arange(SIDE * FINE) + 0.5) / FINE
    covered = np.zeros((SIDE * FINE, SIDE * FINE), bool)
    for stroke in strokes:
        for start, end in pairwise(stroke):
            first, last = np.minimum(start, end) - radius, np.maximum(start, end) + radius
            columns, rows = (
                slice(max(0, int(FINE * first[axis])), max(0, int(FINE * last[axis]) + 1)) for axis in (0, 1)
            )
            x, y = along[None, columns], along[rows, None]
            way = end - start
            length = float(way @ way) or 1.0
            share = np.clip(((x - start[0]) * way[0] + (y - start[1]) * way[1]) / length, 0, 1)
            gap = np.hypot(x - start[0] - share * way[0], y - start[1] - share * way[1])
            covered[rows, columns] |= gap <= radius
    ink: NDArray[np.float64] = covered.reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3))
    return ink
