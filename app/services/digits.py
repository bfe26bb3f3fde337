"""Ten digits to begin with: strokes of a pen, made into pictures as those of MNIST were."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cnn_core.preprocess import Pixels

__all__ = ["DIGITS", "digit_pixels"]

Points = tuple[tuple[float, float], ...]

SIDE = 28
BOX = 20
"""The digit is scaled to fit this square, then its centre of mass is put in the middle of the picture."""

PEN = 0.07
"""Radius of the pen, in units in which the strokes below are given."""

FINE = 4
"""Sub-pixels along each axis."""

DIGITS: tuple[tuple[Points, ...], ...] = (
    (((0.52, 0.03), (0.28, 0.14), (0.15, 0.42), (0.2, 0.76), (0.42, 0.97), (0.66, 0.85), (0.78, 0.55),
      (0.73, 0.23), (0.55, 0.05), (0.46, 0.08)),),
    (((0.38, 0.24), (0.52, 0.08), (0.52, 0.35), (0.48, 0.7), (0.46, 0.98)),),
    (((0.2, 0.26), (0.32, 0.07), (0.56, 0.04), (0.7, 0.2), (0.64, 0.45), (0.42, 0.7), (0.17, 0.92),
      (0.36, 0.89), (0.6, 0.93), (0.82, 0.9)),),
    (((0.22, 0.14), (0.42, 0.03), (0.64, 0.1), (0.68, 0.28), (0.54, 0.42), (0.38, 0.47)),
     ((0.38, 0.47), (0.6, 0.51), (0.73, 0.68), (0.65, 0.88), (0.42, 0.97), (0.2, 0.88))),
    (((0.34, 0.05), (0.27, 0.3), (0.18, 0.56), (0.45, 0.57), (0.83, 0.53)),
     ((0.66, 0.1), (0.62, 0.45), (0.57, 0.72), (0.54, 0.98))),
    (((0.74, 0.06), (0.52, 0.07), (0.34, 0.08)),
     ((0.34, 0.08), (0.3, 0.26), (0.27, 0.43), (0.5, 0.4), (0.71, 0.55), (0.7, 0.8), (0.48, 0.96),
      (0.2, 0.9))),
    (((0.66, 0.04), (0.42, 0.2), (0.26, 0.48), (0.23, 0.77), (0.4, 0.96), (0.63, 0.89), (0.7, 0.68),
      (0.54, 0.54), (0.35, 0.6), (0.25, 0.75)),),
    (((0.17, 0.1), (0.42, 0.1), (0.62, 0.09), (0.79, 0.07)),
     ((0.79, 0.07), (0.66, 0.3), (0.53, 0.58), (0.42, 0.97))),
    (((0.68, 0.14), (0.48, 0.03), (0.3, 0.14), (0.34, 0.34), (0.54, 0.5), (0.7, 0.7), (0.62, 0.92),
      (0.42, 0.97), (0.28, 0.84), (0.34, 0.64), (0.54, 0.48), (0.68, 0.3), (0.7, 0.16)),),
    (((0.69, 0.22), (0.52, 0.05), (0.32, 0.12), (0.24, 0.32), (0.38, 0.48), (0.58, 0.42), (0.7, 0.2)),
     ((0.7, 0.2), (0.7, 0.45), (0.64, 0.72), (0.56, 0.98))),
)  # fmt: skip
"""Strokes of each digit through these points, ``(x, y)`` from 0 to 1, y downwards; drawn for this package."""


def digit_pixels(digit: int) -> Pixels:
    """The digit in white on black, uint8 ``(28, 28, 3)``.

    As the data was made (LeCun et al. 1998, section III.A): scaled to fit 20x20 pixels, and moved by whole
    pixels until its centre of mass lies in the middle of 28x28.
    """
    strokes = [_smooth(points) for points in DIGITS[digit]]
    inked = np.concatenate(strokes)
    low, high = inked.min(axis=0) - PEN, inked.max(axis=0) + PEN
    scale = BOX / float((high - low).max())
    margin = (SIDE - (high - low) * scale) / 2
    ink = _ink([(stroke - low) * scale + margin for stroke in strokes], PEN * scale)
    centre = np.array([ink.sum(axis=1 - axis) @ (np.arange(SIDE) + 0.5) for axis in (0, 1)]) / ink.sum()
    shift = tuple(int(step) for step in np.round(SIDE / 2 - centre))
    grey = np.round(255 * np.roll(ink, shift, (0, 1))).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _smooth(points: Points, steps: int = 8) -> NDArray[np.float64]:
    """A curve through the points (Catmull and Rom 1974), ``(n, 2)`` in (x, y)."""
    given = np.array(points)
    ends = [given[:1] * 2 - given[1:2], given, given[-1:] * 2 - given[-2:-1]]
    p = np.concatenate(ends)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        parts.append(
            b + t * (c - a) / 2 + t**2 * (a - 2.5 * b + 2 * c - d / 2) + t**3 * (1.5 * (b - c) + (d - a) / 2)
        )
    return np.concatenate([*parts, given[-1:]])


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
