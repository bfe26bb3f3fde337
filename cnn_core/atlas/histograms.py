"""Histograms that can be added up: bins as wide as a power of two, which double when a value needs it.

Equal sums of counts whatever the order: widths are the largest that any part needed, counts are whole
numbers, and two neighbouring bins are exactly one of twice the width.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnn_core.layers.base import Array

__all__ = ["BINS", "HALF", "Histograms", "bins_of"]

HALF = 32
BINS = 2 * HALF
"""Bins of a channel: ``HALF`` below zero and as many from zero on."""

PAYS = 2048
"""Values of a channel from which on counting them as pixels takes less time."""

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

    def widen(self, span: slice, largest: Array) -> Array:
        """Make room for values as large as ``largest``, one a channel; the factors from values to bins."""
        self._widen(span, exponents_for(largest))
        factors: Array = np.exp2(-self.exponents[span].astype(np.float32))
        return factors

    def count(self, span: slice, places: Array, channel: Array, *, signed: bool) -> None:
        """Count values of some channels by the bins they are in, as ``bins_of`` says.

        Args:
            places: uint8 ``(R, K)``.
            channel: the channel of each column, ``(K,)``, 0 being the first of the span.
            signed: as ``bins_of`` was told.
        """
        channels, bins = len(self.counts[span]), BINS if signed else HALF
        beside = channels % 4 == 0 and np.array_equal(channel[:channels], np.arange(channels))
        if beside and places.size >= PAYS * channels:
            found = _counted_as_pixels(places, channels, bins)
        else:
            numbers = places + channel * bins
            found = np.bincount(numbers.reshape(-1), minlength=channels * bins).reshape(channels, bins)
        self.counts[span, BINS - bins :] += found

    def add(self, other: Histograms) -> None:
        """Add another part's counts."""
        everything = slice(None)
        self._widen(everything, other.exponents)
        wider = Histograms(other.counts.copy(), other.exponents.copy())
        wider._widen(everything, self.exponents)
        self.counts += wider.counts

    def _widen(self, span: slice, wanted: NDArray[np.int32]) -> None:
        """Make bins at least as wide as wanted."""
        counts, exponents = self.counts[span], self.exponents[span]
        narrow = np.flatnonzero(exponents < wanted)
        times = wanted[narrow] - exponents[narrow]
        for each in set(times.tolist()):
            some = narrow[times == each]
            counts[some] = _coarser(counts[some], each)
        exponents[narrow] = wanted[narrow]


def exponents_for(largest: Array) -> NDArray[np.int32]:
    """The least width, as a power of two, at which ``HALF`` bins reach beyond a value.

    >>> exponents_for(np.array([0.0, 1.0, 31.9, 32.0])).tolist()
    [-40, -4, 0, 1]
    """
    _, above = np.frexp(largest)  # largest < 2**above
    return np.maximum(above.astype(np.int32) - int(np.log2(HALF)), SMALLEST)


def _coarser(counts: NDArray[np.int64], times: int) -> NDArray[np.int64]:
    """The counts ``(C, BINS)`` in bins ``2**times`` as wide; zero stays an edge."""
    kept, first = _joined(times)
    found = np.zeros_like(counts)
    found[:, kept] = np.add.reduceat(counts, first, axis=1)
    return found


@cache
def _joined(times: int) -> tuple[Array, Array]:
    """Which bins are left when each is ``2**times`` as wide, and the first of those that each is made of."""
    places = np.floor_divide(np.arange(BINS) - HALF, 2 ** min(times, 32)) + HALF
    kept, first = np.unique(places, return_index=True)
    return kept, first


def bins_of(scaled: Array, out: Array, *, signed: bool) -> None:
    """The bins of values that were multiplied by ``widen``'s factors; without negative ones from ``HALF`` on.

    Shape:
        scaled: float32, overwritten; out: uint8, of the same shape.
    """
    if signed:  # what is not negative is cut down by the conversion
        np.floor(scaled, out=scaled)
        scaled += HALF
    np.copyto(out, scaled, casting="unsafe")


def _counted_as_pixels(places: Array, channels: int, bins: int) -> NDArray[np.int64]:
    """How often every channel has every place, ``(channels, bins)``, by Pillow, which counts bytes.

    The channels lie side by side in each row, so every fourth is of one colour, and a colour's 256 levels are
    the bins of several channels.

    Shape:
        places: uint8 ``(R, K)``, whole channels.
    """
    together = 256 // bins
    levels = (np.arange(channels) // 4 % together * bins).astype(np.uint8)
    codes = places + np.tile(levels, places.shape[1] // channels)
    found = np.empty((channels, bins), np.int64)
    for first in range(0, channels, 4 * together):
        part = codes.reshape(len(codes), -1, channels)[:, :, first : first + 4 * together]
        pixels = np.ascontiguousarray(part).reshape(len(codes), -1)
        size = pixels.shape[1] // 4, len(pixels)
        image = Image.frombuffer("RGBA", size, pixels, "raw", "RGBA", 0, 1)
        told = np.array(image.histogram(), np.int64).reshape(4, together, bins).swapaxes(0, 1)
        found[first : first + 4 * together] = told.reshape(-1, bins)[: part.shape[2]]
    return found
