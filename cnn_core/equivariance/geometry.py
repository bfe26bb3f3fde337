"""Where windows lie along one axis of a map, and what a map is continued with beyond its border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Axis", "Fill", "Mask", "any_in_window", "border_indices", "inside_counts"]

Fill = Literal["zeros", "wrap", "reflect"]
"""Zeros, the other side of the map, or the map mirrored at its outermost row (which is not repeated)."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Axis:
    """Window ``i < count`` reads places ``i*stride + origin + k*dilation``, ``k < kernel``, of ``length``."""

    length: int
    count: int
    kernel: int = 1
    stride: int = 1
    origin: int = 0
    dilation: int = 1

    @property
    def extent(self) -> int:
        """Places from a window's first cell to its last."""
        return (self.kernel - 1) * self.dilation + 1

    @property
    def before(self) -> int:
        """Places read before the first."""
        return max(0, -self.origin)

    @property
    def after(self) -> int:
        """Places read behind the last."""
        return max(0, (self.count - 1) * self.stride + self.origin + self.extent - self.length)

    def cells(self, k: int) -> slice:
        """Cell ``k`` of every window, along the axis with ``before`` and ``after`` places added."""
        first = self.before + self.origin + k * self.dilation
        return slice(first, first + (self.count - 1) * self.stride + 1, self.stride)


def border_indices(places: NDArray[np.int64], length: int, fill: Fill) -> NDArray[np.int64]:
    """For places inside or beyond ``0..length-1`` the place whose value stands there; -1 for a zero.

    >>> border_indices(np.arange(-2, 5), 3, "reflect").tolist()
    [2, 1, 0, 1, 2, 1, 0]
    """
    if fill == "zeros":
        return np.where((places >= 0) & (places < length), places, -1)
    if fill == "wrap":
        return places % length
    folded = places % max(1, 2 * (length - 1))
    return np.minimum(folded, 2 * (length - 1) - folded)


def any_in_window(places: Mask, axis: Axis, fill: Fill, beyond: bool = False) -> Mask:
    """For every window of an axis whether it reads a place that is True; ``(length,)`` -> ``(count,)``.

    Args:
        beyond: what counts for the places beyond the border; False: what the fill puts there.
    """
    padded = np.full(axis.before + axis.length + axis.after, beyond, np.bool_)
    if beyond:
        padded[axis.before : axis.before + axis.length] = places
    else:
        source = border_indices(np.arange(-axis.before, axis.length + axis.after), axis.length, fill)
        padded = np.where(source < 0, False, places[source])
    found = np.zeros(axis.count, np.bool_)
    for k in range(axis.kernel):
        found |= padded[axis.cells(k)]
    return found


def inside_counts(axis: Axis) -> NDArray[np.int64]:
    """How many cells of each window are inside the map, ``(count,)``."""
    reads = np.arange(axis.count)[:, None] * axis.stride + axis.origin
    reads = reads + np.arange(axis.kernel) * axis.dilation
    counts: NDArray[np.int64] = ((reads >= 0) & (reads < axis.length)).sum(axis=1)
    return counts
