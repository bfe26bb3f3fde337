"""Moving images and maps: whole pixels are copied, fractions of a place are linearly interpolated."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np

from cnn_core.equivariance.geometry import Fill, border_indices
from cnn_core.errors import BadInput, ShapeError
from cnn_core.layers.base import Array

__all__ = ["FILLS", "check_shift", "shift_image", "shift_maps"]

FILLS: tuple[Fill, ...] = get_args(Fill)


def shift_image(x: Array, dx: int, dy: int, fill: Fill) -> Array:
    """The image moved ``dx`` to the right and ``dy`` down; what enters at the border is as ``fill`` says.

    Zeros are those of the tensor, the same that a network's zero padding adds, whatever colour that is.

    Shape:
        x: ``(..., H, W)``, result the same.

    Raises:
        ShapeError: the shift is no whole number, or as large as the image.
        BadInput: no such fill.
    """
    check_shift(x, dx, dy)
    return _moved(_moved(x, -2, dy, fill), -1, dx, fill)


def shift_maps(maps: Array, dy: float, dx: float, fill: Fill) -> Array:
    """Maps moved by places of their own; a fraction is interpolated between the two places it lies between.

    Shape:
        maps: ``(..., H, W)``, result the same.
    """
    return _moved(_moved(maps, -2, dy, fill), -1, dx, fill)


def check_shift(x: Array, dx: int, dy: int) -> None:
    """Hold a shift of an image ``(..., H, W)`` against its size.

    Raises:
        ShapeError: it is no whole number, or as large as the image.
    """
    for name, value, side in (("dx", dx, x.shape[-1]), ("dy", dy, x.shape[-2])):
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise ShapeError(f"shift: {name} must be a whole number of pixels, got {value!r}")
        if not -side < value < side:
            raise ShapeError(f"shift: {name} must be less than the image's {side} pixels, got {value}")


def _moved(x: Array, axis: int, amount: float, fill: Fill) -> Array:
    whole = math.floor(amount)
    share = x.dtype.type(amount - whole)
    nearer = _moved_whole(x, axis, whole, fill)
    if not share:
        return nearer
    out: Array = nearer * (1 - share)
    out += _moved_whole(x, axis, whole + 1, fill) * share
    return out


def _moved_whole(x: Array, axis: int, amount: int, fill: Fill) -> Array:
    if fill not in FILLS:
        raise BadInput(f"shift: fill must be one of {', '.join(FILLS)}, got {fill!r}")
    if not amount:
        return x
    length = x.shape[axis]
    source = border_indices(np.arange(length) - amount, length, fill)
    moved = x.take(source, axis)
    if fill == "zeros":
        moved[(..., source < 0, slice(None))[: 3 if axis == -2 else 2]] = 0
    return moved
