"""Random changes to a batch that leave its labels true: crop, flip, colour, cutout.

Crop, scale and flip are linear in the pixels, so each is written as an interpolation matrix for rows
and one for columns, and a batch is changed by two matrix products: ``out = R @ image @ C^T``. The same
matrices make the images smaller, where that is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadRecipe
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
    shift: float = 0.0
    """Moved sideways by up to this share of the width; the border is repeated."""
    bands: float = 0.0
    """Rows and columns, up to this share of each, that become the image's mean (Park et al. 2019)."""
    noise: float = 0.0
    """Standard deviation, at most, of the normal noise that is added to every value."""

    def __post_init__(self) -> None:
        """Refuse strengths that mean nothing."""
        if not (len(self.zoom) == 2 and 0 < self.zoom[0] <= self.zoom[1]):
            raise BadRecipe(f"recipe: augmentation.zoom must be two rising numbers above 0, got {self.zoom}")
        for name in ("aspect", "jitter", "cutout", "shift", "bands", "noise"):
            if not 0 <= getattr(self, name) <= 1:
                raise BadRecipe(f"recipe: augmentation.{name} must be from 0 to 1, got {getattr(self, name)}")

    @property
    def moves(self) -> bool:
        """Whether pixels can change their places."""
        return self.flip or self.aspect > 0 or self.shift > 0 or self.zoom != (1.0, 1.0)


def augment(rng: np.random.Generator, batch: Array, settings: Augmentation, side: int | None = None) -> Array:
    """A changed copy of ``batch``, each image on its own; the same generator state, the same result.

    Shape:
        batch: ``(N, C, H, W)`` with values in 0..1; the result has the same dtype and range, and the same
        shape, or with ``side`` that of ``side x side`` pixels.
    """
    count, _, height, width = batch.shape
    tall, wide = (side, side) if side else (height, width)
    zoom = rng.uniform(*settings.zoom, size=count)
    stretch = np.exp(rng.uniform(-settings.aspect, settings.aspect, size=count))
    rows = _window(rng, zoom * stretch, height, tall)
    columns = _window(rng, zoom / stretch, width, wide, settings.shift)
    mirrored = (rng.random(count) < 0.5) & settings.flip
    columns[mirrored] = columns[mirrored, ::-1]
    out: Array = batch.copy()
    if settings.moves or (tall, wide) != (height, width):
        out = (rows[:, None] @ batch @ columns[:, None].swapaxes(2, 3)).astype(batch.dtype, copy=False)
    if settings.jitter:
        out = _jitter(rng, out, settings.jitter)
    if settings.cutout:
        _cut(rng, out, settings.cutout)
    if settings.bands:
        _blank(rng, out, settings.bands)
    if settings.noise:
        out = _noisy(rng, out, settings.noise)
    return out


def _window(rng: np.random.Generator, sides: Array, size: int, out: int, shift: float = 0.0) -> Array:
    """Matrices ``(N, out, size)`` that resample a window of each side, placed at random, linearly.

    ``shift`` moves it further, by up to so many sizes either way.
    Where ``out`` is smaller than ``size``, each result averages more pixels, so that nothing aliases.
    """
    starts = rng.random(len(sides)) * size * (1 - sides)
    if shift:
        starts += rng.uniform(-shift, shift, size=len(sides)) * size
    ratio = size / out
    centres = starts[:, None] + (np.arange(out) + 0.5) * sides[:, None] * ratio - 0.5
    distance = np.abs(np.clip(centres, 0, size - 1)[:, :, None] - np.arange(size))
    weights: Array = np.maximum(0, 1 - distance / max(ratio, 1)).astype(np.float32)
    return weights if ratio <= 1 else weights / weights.sum(axis=2, keepdims=True)


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


def _blank(rng: np.random.Generator, batch: Array, share: float) -> None:
    """One run of rows and one of columns in each image."""
    for image in batch:
        mean = image.mean()
        for axis in (1, 2):
            size = image.shape[axis]
            length = rng.integers(0, round(size * share), endpoint=True)
            start = rng.integers(0, size - length, endpoint=True)
            np.moveaxis(image, axis, 0)[start : start + length] = mean


def _noisy(rng: np.random.Generator, batch: Array, most: float) -> Array:
    """A level for each image, a draw for each value."""
    levels = rng.uniform(0, most, size=(len(batch), 1, 1, 1)).astype(batch.dtype)
    clipped: Array = np.clip(batch + levels * rng.standard_normal(batch.shape, batch.dtype), 0, 1)
    return clipped
