"""Digits as strokes of a pen: the lines through a few points each, and digits by many hands from a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.layers.base import Array

__all__ = ["BOX", "DIGITS", "PEN", "SIDE", "draw_digits", "smooth_stroke"]

Points = tuple[tuple[float, float], ...]

SIDE = 28
BOX = 20
"""A digit is scaled to fit this square, then its centre of mass is put in the middle of the picture."""

PEN = 0.07
"""Radius of the pen, in units in which the strokes below are given."""

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

DENSE = 6
"""Points between two of those: they lie closer together than the pen is wide."""


def draw_digits(rng: np.random.Generator, count: int) -> tuple[Array, Array]:
    """``count`` digits, uint8 ``(N, 28, 28)`` in white on black, and which each is, ``(N,)``.

    Each is written by a hand of its own: its points are moved, its strokes turned, slanted and stretched, its
    pen is thin or thick. Then it is scaled and centred as those of MNIST are (LeCun et al. 1998, III.A).
    """
    digits = rng.integers(len(DIGITS), size=count)
    ink = np.stack([_written(rng, digit) for digit in digits])
    return np.round(255 * ink).astype(np.uint8), digits


def _written(rng: np.random.Generator, digit: int) -> NDArray[np.float64]:
    """One digit by another hand, ``(28, 28)`` from 0 to 1."""
    turn, slant = rng.normal(0, 0.17), rng.normal(0.15, 0.27)
    wide, pen = rng.uniform(0.65, 1.25), rng.uniform(0.045, 0.105)
    hand = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    hand = np.diag([wide, 1.0]) @ np.array([[1.0, 0.0], [-slant, 1.0]]) @ hand
    strokes = []
    for points in DIGITS[digit]:
        given = np.array(points)
        strokes.append(smooth_stroke(given + rng.normal(0, 0.042, given.shape), DENSE) @ hand)
    if digit == 7 and rng.random() < 0.3:  # some cross their sevens
        strokes.append(smooth_stroke(np.array([(0.35, 0.5), (0.72, 0.47)]), DENSE) @ hand)
    path = np.concatenate(strokes)
    low, high = path.min(axis=0) - pen, path.max(axis=0) + pen
    scale = BOX / float((high - low).max())
    placed = (path - (low + high) / 2) * scale
    # moved so that the mean of its points, which lie densely along the pen's way, is about in the middle
    middle = SIDE / 2 + rng.uniform(-1.5, 1.5, 2)
    return _covered(placed - np.clip(placed.mean(axis=0), -2, 2) + middle, pen * scale)


def _covered(path: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """How dark a round pen makes each pixel: full inside, fading over one pixel at its edge."""
    along = np.arange(SIDE, dtype=np.float32) + np.float32(0.5)
    across, down = ((along[:, None] - path[:, axis].astype(np.float32)) ** 2 for axis in (0, 1))
    nearest = np.sqrt((down[:, None] + across).min(axis=2))
    dark: NDArray[np.float64] = np.clip(radius + 0.5 - nearest, 0, 1)
    return dark


def smooth_stroke(points: Points | Array, steps: int = 8) -> NDArray[np.float64]:
    """A curve through the points (Catmull and Rom 1974), ``(n, 2)`` in (x, y)."""
    given = np.asarray(points)
    ends = [given[:1] * 2 - given[1:2], given, given[-1:] * 2 - given[-2:-1]]
    p = np.concatenate(ends)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        parts.append(
            b + t * (c - a) / 2 + t**2 * (a - 2.5 * b + 2 * c - d / 2) + t**3 * (1.5 * (b - c) + (d - a) / 2)
        )
    return np.concatenate([*parts, given[-1:]])
