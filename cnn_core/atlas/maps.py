"""A layer's maps of a batch, read where they lie: what is largest on each, and where."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from cnn_core.atlas.layers import SurveyedLayer
from cnn_core.layers.base import Array

__all__ = ["Maps"]

PIECE = 1 << 17
"""Values handled at a time: half a megabyte stays in the cache from one pass over it to the next."""


class Maps:
    """The outputs of one layer for the first ``count`` images of a batch, row by row in the order of memory.

    Everything is done for whole rows of all channels at once, a run of memory of some hundred values: over
    the few channels of one place NumPy's loops would begin anew all the time.

    Shape:
        rows: ``(count, H, K)``, K being columns times channels, in whichever order they lie.
    """

    def __init__(self, output: Array, layer: SurveyedLayer, count: int) -> None:
        maps = output[:count].reshape(count, layer.channels, layer.height, layer.width)
        self._layer, self._maps = layer, maps.transpose(0, 2, 3, 1)
        self._channels_last = maps.strides[1] < maps.strides[3]
        ordered = self._maps if self._channels_last else self._maps.swapaxes(2, 3)
        self.rows: Array = ordered.reshape(count, layer.height, -1)
        # of every column the largest value: the largest of all and its place are found from it
        self._tops = self._by_column(self.rows.max(axis=1))
        self.peaks: Array = self._tops.max(axis=1)
        """The largest value of every map, ``(count, C)``."""

    @cached_property
    def lows(self) -> Array:
        """The smallest value of each channel in the batch; 0 for a rectifier."""
        if self._layer.rectified:
            return np.zeros(self._layer.channels, np.float32)
        low: Array = self._by_column(self.rows.min(axis=(0, 1))[np.newaxis]).min(axis=(0, 1))
        return low

    @cached_property
    def signed(self) -> bool:
        """Whether there are values below 0."""
        return bool(self.lows.min(initial=0) < 0)

    @property
    def largest(self) -> Array:
        """The largest absolute value of each channel in the batch."""
        high: Array = np.maximum(self.peaks.max(axis=0), 0)
        return np.maximum(high, np.abs(self.lows))

    def columns(self, values: Array) -> Array:
        """One value a channel, repeated as the channels follow each other in a row, ``(K,)``."""
        return np.tile(values, self._layer.width) if self._channels_last else values.repeat(self._layer.width)

    def by_channel(self, values: Array) -> Array:
        """The sums of values along a row, ``(K,)``, of each channel."""
        found: Array = self._by_column(values[np.newaxis]).sum(axis=(0, 1))
        return found

    def pieces(self, factors: Array) -> Iterator[tuple[slice, Array]]:
        """All values times their channel's factor, some rows at a time: which rows of all images', and these.

        Shape:
            each ``(R, K)``, overwritten by the next one.
        """
        scale = self.columns(factors)
        count, height, width = self.rows.shape
        lines = max(1, min(height, PIECE // width))
        images = max(1, PIECE // (width * height))
        room = np.empty(images * lines * width, np.float32)
        for first in range(0, count, images):
            for top in range(0, height, lines):
                part = self.rows[first : first + images, top : top + lines]
                piece = room[: part.size].reshape(part.shape)
                np.multiply(part, scale, out=piece)
                row = first * height + top
                yield slice(row, row + part.shape[0] * part.shape[1]), piece.reshape(-1, width)

    def places(self, images: Array, channels: Array) -> Array:
        """Where each of these maps is largest, rows one after another; the first place where several are."""
        found = np.zeros(len(images), np.int32)
        if self._layer.height * self._layer.width > 1:
            step = max(1, PIECE // (self._layer.height + self._layer.width))
            for first in range(0, len(images), step):
                part = slice(first, first + step)
                found[part] = self._places(images[part], channels[part])
        return found

    def _places(self, images: Array, channels: Array) -> Array:
        tops = self._tops[images, :, channels]
        x = tops.argmax(axis=1)
        y = self._maps[images, :, x, channels].argmax(axis=1)
        found: Array = y * self._layer.width + x
        tied = np.flatnonzero(np.count_nonzero(tops == tops.max(axis=1, keepdims=True), axis=1) > 1)
        size = self._layer.height * self._layer.width
        for some in np.array_split(tied, len(tied) * size // PIECE + 1):
            whole = self._maps[images[some], :, :, channels[some]]
            found[some] = whole.reshape(len(some), size).argmax(axis=1)
        return found

    def _by_column(self, values: Array) -> Array:
        """``(N, K)`` -> ``(N, W, C)``."""
        layer = self._layer
        if self._channels_last:
            return values.reshape(len(values), layer.width, layer.channels)
        return values.reshape(len(values), layer.channels, layer.width).swapaxes(1, 2)
