"""Random changes to a batch that leave its labels true: crop, flip, colour, cutout.

Crop, scale and flip are linear in the pixels, so each is written as an interpolation matrix for rows
and one for columns, and a batch is changed by two matrix products: ``out = R @ image @ C^T``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.layers.base import Array

__all__ = ["Augmentation", "augment"]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How strong each change is; the defaults change nothing."""

    zoom: tuple[float, float] = (1.0, 1.0)
    """Side of the window that is cut out, in sides of the image; above 1 the border is repeated."""
    aspect: float = 0.0
    """Height and width of the window differ by up to ``exp(+-2 aspect)``."""
    flip: bool = False
    jitter: float = 0.0
    """Brightness, contrast and saturation are scaled by up to ``1 +- jitter``."""
    cutout: float = 0.0
    """Side of the greyed square (DeVries and Taylor 2017), in sides of the image; it may stick out."""


def augment(rng: np.random.Generator, batch: Array, settings: Augmentation) -> Array:
    """A changed copy of ``batch``, each image on its own; the same generator state, the same result.

    Shape:
        batch: ``(N, C, H, W)`` with values in 0..1; the result has the same shape, dtype and range.
    """
    count, _, height, width = batch.shape
    zoom = rng.uniform(*settings.zoom, size=count)
    stretch = np.exp(rng.uniform(-settings.aspect, settings.aspect, size=count))
    rows = _window(rng, zoom * stretch, height)
    columns = _window(rng, zoom / stretch, width)
    mirrored = (rng.random(count) < 0.5) & settings.flip
    columns[mirrored] = columns[mirrored, ::-1]
    out: Array = batch.copy()
    if settings.flip or settings.aspect or settings.zoom != (1.0, 1.0):
        out = (rows[:, None] @ batch @ columns[:, None].swapaxes(2, 3)).astype(batch.dtype, copy=False)
    if settings.jitter:
        out = _jitter(rng, out, settings.jitter)
    if settings.cutout:
        _cut(rng, out, settings.cutout)
    return out


def _window(rng: np.random.Generator, sides: Array, size: int) -> Array:
    """Matrices ``(N, size, size)`` that resample a window of each side, placed at random, linearly."""
    starts = rng.random(len(sides)) * size * (1 - sides)
    centres = starts[:, None] + (np.arange(size) + 0.5) * sides[:, None] - 0.5
    distance = np.abs(np.clip(centres, 0, size - 1)[:, :, None] - np.arange(size))
    weights: Array = np.maximum(0, 1 - distance).astype(np.float32)
    return weights


def _jitter(rng: np.random.Generator, batch: Array, strength: float) -> Array:
    factors = rng.uniform(1 - strength, 1 + strength, size=(3, len(batch), 1, 1, 1)).astype(batch.dtype)
    out = batch * factors[0]
    mean = out.mean(axis=(1, 2, 3), keepdims=True)
    out = (out - mean) * factors[1] + mean
    grey = out.mean(axis=1, keepdims=True)
    out = (out - grey) * factors[2] + grey
    clipped: Array = np.clip(out, 0, 1)
    return clipped


def _cut(rng: np.random.Generator, batch: Array, side: float) -> None:
    height, width = batch.shape[2:]
    tall, wide = round(height * side), round(width * side)
    tops = rng.integers(0, height, size=len(batch)) - tall // 2
    lefts = rng.integers(0, width, size=len(batch)) - wide // 2
    for image, top, left in zip(batch, tops, lefts, strict=True):
        image[:, max(top, 0) : max(top + tall, 0), max(left, 0) : max(left + wide, 0)] = 0.5
