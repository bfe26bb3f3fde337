"""Two arrays of one shape held against each other, in sums that add up over images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ShapeError
from cnn_core.layers.base import Array

__all__ = ["Difference", "difference"]

Sums = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """What B is less A, in sums: of one image, or of several added with ``+``.

    Attributes:
        compared: how many values.
        differing: those whose bits are not the same; 0.0 and -0.0 are not.
        largest: the largest |b - a|.
        distances: sum of (b - a)^2 of every channel, ``(C,)``.
        lengths: sum of a^2 of every channel, ``(C,)``.
        length_b: sum of b^2.
        product: sum of a * b.
    """

    compared: int
    differing: int
    largest: float
    distances: Sums
    lengths: Sums
    length_b: float
    product: float

    @property
    def exact(self) -> bool:
        """Whether every bit of every value is the same."""
        return self.differing == 0

    @property
    def relative(self) -> float | None:
        """||B - A|| / ||A||; None where A is all zero and B is not."""
        return _ratio(float(self.distances.sum()), float(self.lengths.sum()))

    @property
    def cosine(self) -> float | None:
        """A . B / (||A|| ||B||), exactly 1 where both are the same; None where one is all zero."""
        length_a = float(self.lengths.sum())
        if length_a == 0 or self.length_b == 0:
            return None
        if self.exact:
            return 1.0
        # two roots: the product of the squares may overflow
        return float(self.product / (np.sqrt(length_a) * np.sqrt(self.length_b)))

    @property
    def channels(self) -> list[float | None]:
        """``relative`` of every channel."""
        return [_ratio(float(d), float(a)) for d, a in zip(self.distances, self.lengths, strict=True)]

    def __add__(self, other: Difference) -> Difference:
        return Difference(
            self.compared + other.compared,
            self.differing + other.differing,
            float(np.maximum(self.largest, other.largest)),  # unlike max, it hands NaN on
            self.distances + other.distances,
            self.lengths + other.lengths,
            self.length_b + other.length_b,
            self.product + other.product,
        )


def difference(a: Array, b: Array) -> Difference:
    """Hold B against A, channel by channel, summed in float64.

    Shape:
        both ``(N, C, H, W)`` or ``(N, F)``: a place of a vector is a channel of one value.

    Raises:
        ShapeError: the shapes or the types differ.
    """
    if a.shape != b.shape or a.dtype != b.dtype:
        raise ShapeError(f"difference: b must be {a.dtype} {a.shape} as a is, got {b.dtype} {b.shape}")
    bits = np.dtype(f"u{a.dtype.itemsize}")
    rows_a, rows_b = _by_channel(a), _by_channel(b)
    with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is told as it is
        gap = rows_b - rows_a
        return Difference(
            compared=a.size,
            differing=int(np.count_nonzero(a.view(bits) != b.view(bits))),
            largest=float(np.abs(gap).max(initial=0.0)),
            distances=_dots(gap, gap),
            lengths=_dots(rows_a, rows_a),
            length_b=float(_dots(rows_b, rows_b).sum()),
            product=float(_dots(rows_a, rows_b).sum()),
        )


def _by_channel(array: Array) -> Sums:
    """``(C, values)`` in float64, without gaps."""
    return np.moveaxis(array, 1, 0).astype(np.float64, "C").reshape(array.shape[1], -1)


def _dots(a: Sums, b: Sums) -> Sums:
    """The product of every row with its counterpart."""
    sums: Sums = np.einsum("ci,ci->c", a, b)
    return sums


def _ratio(distance: float, length: float) -> float | None:
    if distance == 0:
        return 0.0
    return float(np.sqrt(distance) / np.sqrt(length)) if length else None
