"""Drawn shapes from a seed: outlines of four kinds, anywhere in the picture, of any size that fits."""

from __future__ import annotations

import numpy as np

from cnn_core.layers.base import Array

__all__ = ["SHAPES", "draw_shapes"]

SHAPES = ("circle", "square", "triangle", "cross")

SIDE = 28
PEN = 1.1
"""Half the width of a stroke, in pixels."""

FINE = 2
"""Sub-pixels along each axis."""


def draw_shapes(rng: np.random.Generator, count: int) -> tuple[Array, Array]:
    """``count`` pictures, uint8 ``(N, 28, 28)``, and which of ``SHAPES`` each is, ``(N,)``."""
    kinds = rng.integers(len(SHAPES), size=count)
    radii = rng.uniform(4, 8, size=count)
    centres = radii[:, None] + 1 + rng.random((count, 2)) * (SIDE - 2 - 2 * radii[:, None])
    along = (np.arange(SIDE * FINE) + 0.5) / FINE
    ink = np.empty((count, SIDE, SIDE))
    for n, (kind, radius, (x, y)) in enumerate(zip(kinds, radii, centres, strict=True)):
        distance = _OUTLINES[kind](along[None, :] - x, along[:, None] - y, radius)
        ink[n] = (distance < PEN).reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3))
    return np.round(255 * ink).astype(np.uint8), kinds


def _circle(x: Array, y: Array, radius: float) -> Array:
    found: Array = np.abs(np.hypot(x, y) - radius)
    return found


def _square(x: Array, y: Array, radius: float) -> Array:
    found: Array = np.abs(np.maximum(np.abs(x), np.abs(y)) - 0.88 * radius)
    return found


def _triangle(x: Array, y: Array, radius: float) -> Array:
    # equal distances from three lines; 0.87 and 0.5 are the cosine and sine of 30 degrees
    found: Array = np.abs(np.maximum(y - 0.7 * radius, 0.87 * np.abs(x) - 0.5 * y - 0.62 * radius))
    return found


def _cross(x: Array, y: Array, radius: float) -> Array:
    found: Array = np.maximum(np.minimum(np.abs(x), np.abs(y)), np.maximum(np.abs(x), np.abs(y)) - radius)
    return found


_OUTLINES = (_circle, _square, _triangle, _cross)
"""For each of ``SHAPES``: how far a point is from its outline, centred, of this radius."""
