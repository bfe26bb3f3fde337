"""What black, white and grey are to a network, and its image blurred: what methods put in a pixel's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from cnn_core.errors import BadInput
from cnn_core.input_spec import InputSpec
from cnn_core.layers.base import Array

__all__ = ["GREY", "Fill", "Levels", "blurred", "filled", "levels_in", "levels_of"]

GREY = 128.0
"""Of 0 to 255: what is put in the place of a pixel that is taken away."""

Fill = Literal["black", "grey", "blur"]

BLUR = 1 / 13
"""Of the shorter side: the width (sigma) of the blur, 5 pixels of 64."""


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The values a network takes for black, grey and white, one a channel.

    Shape:
        each ``(C, 1, 1)``.
    """

    black: Array
    grey: Array
    white: Array


def levels_of(spec: InputSpec) -> Levels:
    """As the network's input says."""
    mean, std = (np.asarray(numbers, np.float32).reshape(-1, 1, 1) for numbers in (spec.mean, spec.std))
    black, grey, white = ((np.float32(v / spec.divisor) - mean) / std for v in (0.0, GREY, 255.0))
    return Levels(black, grey, white)


def levels_in(x: Array) -> Levels:
    """From the image alone, ``(1, C, H, W)``, where nothing is known of the input: its least and greatest."""
    black, white = (reach(axis=(0, 2, 3)).reshape(-1, 1, 1) for reach in (x.min, x.max))
    return Levels(black, (black + white) / 2, white)


def filled(x: Array, levels: Levels, fill: Fill) -> Array:
    """An image of the same shape in which nothing is left to see.

    Raises:
        BadInput: no such fill.
    """
    if fill == "blur":
        return blurred(x)
    if fill not in get_args(Fill):
        raise BadInput(f"attributions: wanted one of {', '.join(get_args(Fill))}, got {fill!r}")
    level: Array = levels.black if fill == "black" else levels.grey
    return np.broadcast_to(level, x.shape).astype(x.dtype)


def blurred(x: Array) -> Array:
    """The image under a Gaussian; beyond its border it is mirrored."""
    sigma = BLUR * min(x.shape[2:])
    half = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    out = x.astype(np.float64)
    for axis in (2, 3):
        out = np.moveaxis(_smoothed(np.moveaxis(out, axis, -1), kernel), -1, axis)
    return out.astype(x.dtype)


def _smoothed(rows: Array, kernel: Array) -> Array:
    half = len(kernel) // 2
    wide = np.pad(rows, [(0, 0)] * (rows.ndim - 1) + [(half, half)], mode="symmetric")
    total: Array = sum(weight * wide[..., i : i + rows.shape[-1]] for i, weight in enumerate(kernel))
    return total
