"""Values picked along every axis: slices, padding, repetition; each with its vector-Jacobian product.

``places`` are, for every axis of one sample, the indices that the output reads there; -1 reads a constant.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_core.ops.windows import Array

__all__ = ["PAD_MODES", "padded_places", "pick", "pick_vjp"]

Places = NDArray[np.intp]

PAD_MODES = ("constant", "reflect", "edge", "wrap")


def pick(x: Array, places: Sequence[Places], value: float = 0.0) -> Array:
    """The picked values of every sample; ``value`` where a place is -1.

    Shape:
        x: ``(N, *split)``, result: ``(N, *map(len, places))``.
    """
    out = x
    for axis, wanted in enumerate(places, 1):
        if not _whole(wanted, out.shape[axis]):
            out = np.take(out, wanted, axis=axis, mode="wrap")
            if (wanted < 0).any():
                np.moveaxis(out, axis, 0)[wanted < 0] = value
    return out


def pick_vjp(grad: Array, places: Sequence[Places], shape: Sequence[int]) -> Array:
    """Gradient with respect to x, ``(N, *shape)``: every value the sum of those picked from it."""
    out = grad
    for axis, (wanted, length) in enumerate(zip(places, shape, strict=True), 1):
        if not _whole(wanted, length):
            moved = np.moveaxis(out, axis, 0)
            found = np.zeros((length, *moved.shape[1:]), grad.dtype)
            np.add.at(found, wanted[wanted >= 0], moved[wanted >= 0])
            out = np.moveaxis(found, 0, axis)
    return out


def padded_places(length: int, before: int, after: int, mode: str) -> Places:
    """Which index each place of a padded axis reads: ``reflect`` mirrors, ``edge`` repeats the edge."""
    places = np.arange(-before, length + after)
    if mode == "constant":
        return np.where((places >= 0) & (places < length), places, -1)
    if mode == "edge":
        return places.clip(0, length - 1)
    if mode == "wrap":
        return places % length
    period = max(1, 2 * (length - 1))
    return length - 1 - np.abs(places % period - (length - 1))


def _whole(wanted: Places, length: int) -> bool:
    return len(wanted) == length and np.array_equal(wanted, np.arange(length))
