"""Two ways to get a map, held against each other: move then run, run then move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cnn_core.equivariance.geometry import Mask
from cnn_core.layers.base import Array

__all__ = ["Comparison", "LayerComparison", "Tally", "tally"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How far some values are from others.

    ``error`` is ||first - after|| / ||after||, summed in float64; None if there are no values, or if
    ``after`` is all zero and ``first`` is not.
    """

    error: float | None
    differing: int
    compared: int


def tally(first: Array, after: Array) -> Tally:
    """Hold two float32 arrays of one shape against each other, bit by bit: 0.0 and -0.0 differ."""
    differing = int(np.count_nonzero(first.view(np.uint32) != after.view(np.uint32)))
    error: float | None = None
    if first.size and not differing:
        error = 0.0
    elif first.size:
        reference = after.astype(np.float64, "C").reshape(-1)
        distance = first.astype(np.float64, "C").reshape(-1) - reference
        length = float(np.sqrt(reference @ reference))
        error = float(np.sqrt(distance @ distance)) / length if length else None
    return Tally(error, differing, first.size)


@dataclass(frozen=True, slots=True, eq=False)
class LayerComparison:
    """One layer: ``first`` is f(T x), ``after`` is T f(x), both float32 ``(C, H, W)``.

    Attributes:
        stride: input pixels between two places of the map, ``(vertical, horizontal)``.
        move: places the map moves, ``(down, right)``; None for rotation and scale.
        interpolated: T f(x) falls between places of f(x) and is linearly interpolated.
        error: ||f(Tx) - T f(x)|| / ||T f(x)|| over all channels and the values compared; None if nothing is
            left to compare, or T f(x) is all zero and f(Tx) is not.
        differing: values compared whose bits are not the same.
        compared: values compared.
        left_out: values that depend on newly exposed pixels, or that T f(x) has from beyond the map.
        edge: of those compared, values computed from beyond a border that the shift moved pixels across.
        error_inside, differing_inside: the same without those.
        kept: ``(H, W)``, True where values are compared.
    """

    node: str
    stride: tuple[int, int]
    move: tuple[float, float] | None
    interpolated: bool
    error: float | None
    differing: int
    compared: int
    left_out: int
    edge: int
    error_inside: float | None
    differing_inside: int
    first: Array
    after: Array
    kept: Mask

    @property
    def exact(self) -> bool:
        """Whether there are values to compare and every bit of them agrees."""
        return self.compared > 0 and self.differing == 0

    def difference(self, channel: int) -> Array:
        """|f(Tx) - T f(x)| of one channel, ``(H, W)``, NaN where nothing is compared."""
        distance = np.abs(self.first[channel] - self.after[channel])
        return np.where(self.kept, distance, np.float32(np.nan))


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The moved image, ``(1, C, H, W)``, and every layer asked for, in the order asked."""

    image: Array
    layers: Mapping[str, LayerComparison]
