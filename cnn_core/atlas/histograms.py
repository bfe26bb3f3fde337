"""Histograms that can be added up: bins as wide as a power of two, which double when a value needs it.

Equal sums of counts whatever the order: widths are the largest that any part needed, counts are whole
numbers, and two neighbouring bins are exactly one of twice the width.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.layers.base import Array

__all__ = ["BINS", "HALF", "Histograms"]

HALF = 32
BINS = 2 * HALF
"""Bins of a channel: ``HALF`` below zero and as many from zero on."""

SMALLEST = -40
"""Least exponent of a width: values below 2**-35 share a bin."""


class Histograms:
    """Of every channel its values' histogram: bin ``b`` counts ``(b - HALF) w <= value < (b - HALF + 1) w``.

    Shape:
        counts: int64 ``(C, BINS)``; exponents: int32 ``(C,)``, ``w = 2**exponent``.
    """

    def __init__(self, counts: NDArray[np.int64], exponents: NDArray[np.int32]) -> None:
        self.counts, self.exponents = counts, exponents

    @classmethod
    def empty(cls, channels: int) -> Histograms:
        """Nothing counted yet."""
        return cls(np.zeros((channels, BINS), np.int64), np.full(channels, SMALLEST, np.int32))

    def count(self, span: slice, values: Array, largest: Array) -> None:
        """Count a batch's values of some channels.

        Args:
            values: float32 ``(..., C')``; overwritten.
            largest: the largest absolute value of each channel.
        """
        self._widen(span, exponents_for(largest))
        channels = values.shape[-1]
        values *= np.exp2(-self.exponents[span].astype(np.float32))
        if values.min(initial=0) < 0:  # what is not negative is cut down by the conversion
            np.floor(values, out=values)
        places = values.astype(np.int32)
        places += (np.arange(channels, dtype=np.int32) * BINS + HALF)[np.newaxis]
        found = np.bincount(places.reshape(-1), minlength=channels * BINS)
        self.counts[span] += found.reshape(channels, BINS)

    def add(self, other: Histograms) -> None:
        """Add another part's counts."""
        everything = slice(None)
        self._widen(everything, other.exponents)
        wider = Histograms(other.counts.copy(), other.exponents.copy())
        wider._widen(everything, self.exponents)
        self.counts += wider.counts

    def _widen(self, span: slice, wanted: NDArray[np.int32]) -> None:
        """Make bins at least as wide as wanted."""
        first = span.indices(len(self.exponents))[0]
        for channel in np.flatnonzero(self.exponents[span] < wanted):
            at = first + int(channel)
            times = int(wanted[channel] - self.exponents[at])
            if self.counts[at].any():
                self.counts[at] = _coarser(self.counts[at], times)
            self.exponents[at] = wanted[channel]


def exponents_for(largest: Array) -> NDArray[np.int32]:
    """The least width, as a power of two, at which ``HALF`` bins reach beyond a value.

    >>> exponents_for(np.array([0.0, 1.0, 31.9, 32.0])).tolist()
    [-40, -4, 0, 1]
    """
    _, above = np.frexp(largest)  # largest < 2**above
    return np.maximum(above.astype(np.int32) - int(np.log2(HALF)), SMALLEST)


def _coarser(counts: NDArray[np.int64], times: int) -> NDArray[np.int64]:
    """The counts in bins ``2**times`` as wide; zero stays an edge."""
    places = np.floor_divide(np.arange(BINS) - HALF, 2 ** min(times, 32)) + HALF
    found = np.zeros(BINS, np.int64)
    np.add.at(found, places, counts)
    return found
