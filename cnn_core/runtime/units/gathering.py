"""A window of any stride: each input row is copied once for every column of the kernel, then multiplied.

Copies are runs of whole rows; the kernel's rows come free, by strides. With few channels these copies are
fewer than the sums that ``Sliding`` makes afterwards, and with a stride they hold nothing that is not wanted.
"""

from __future__ import annotations

import numpy as np

from cnn_core.layers.base import Array, Shape
from cnn_core.ops.windows import Pair
from cnn_core.runtime.units.rows import Strip, overlapping, spans_of, strips_of
from cnn_core.runtime.units.sliding import STRIP

__all__ = ["Gathering"]


class Gathering:
    """Output, and gradient of the weight, of a convolution; arguments as those of ``Sliding``."""

    def __init__(self, source: Shape, target: Shape, kernel: Pair, before: Pair, stride: Pair) -> None:
        self.images, self.channels, height, width = source
        self.filters, rows, self.columns = target[1:]
        self.kernel, self.stride = kernel, stride
        self.run = kernel[1] * self.channels
        self.made = self.columns * self.images
        self.spans = spans_of(kernel[1], width, self.columns, before[1], stride[1])
        most = max(1, STRIP // (self.run * self.made * stride[0]))
        self.strips = strips_of(rows, kernel[0], height, before[0], stride[0], most)

    def _held(self, strip: Strip) -> int:
        """Input rows behind a strip."""
        return (strip.count - 1) * self.stride[0] + strip.depth

    @property
    def scratch(self) -> int:
        """A strip's copies, and products of them."""
        copies = max(self._held(strip) for strip in self.strips) * self.run * self.made
        return copies + max(strip.count for strip in self.strips) * self.filters * self.kernel[0] * self.run

    def _gathered(self, x: Array, strip: Strip, scratch: Array) -> Array:
        """What a strip's rows read, ``(rows, depth * kW * C, W' * N)``, from copies in ``scratch``."""
        held = self._held(strip)
        copies = scratch[: held * self.run * self.made].reshape(held, self.run, self.made)
        by_column = copies.reshape(held, self.kernel[1], self.channels, self.columns, self.images)
        rows, met = x[strip.first : strip.first + held], {span.column: span for span in self.spans}
        for column in range(self.kernel[1]):
            target = by_column[:, column]
            if span := met.get(column):
                target[:, :, : span.inner.start] = 0
                target[:, :, span.inner.stop :] = 0
                np.copyto(target[:, :, span.inner], rows[:, :, span.outer])
            else:
                target.fill(0)
        return overlapping(copies, Strip(strip.rows, strip.taps, 0), self.stride[0])

    def forward(self, x: Array, weight: Array, bias: Array | None, out: Array, scratch: Array) -> None:
        """As ``Sliding.forward``."""
        matrix = np.ascontiguousarray(weight.transpose(0, 2, 3, 1)).reshape(self.filters, -1)
        for strip in self.strips:
            target = out[strip.rows]
            if strip.depth:
                taps = matrix[:, strip.taps.start * self.run : strip.taps.stop * self.run]
                flat = target.reshape(strip.count, self.filters, self.made)
                np.matmul(taps, self._gathered(x, strip, scratch), out=flat)
            else:
                target.fill(0)
            if bias is not None:
                target += bias[:, np.newaxis, np.newaxis]

    def d_weight(self, x: Array, grad: Array, scratch: Array) -> Array:
        """As ``Sliding.d_weight``."""
        total = np.zeros((self.filters, self.kernel[0] * self.run))
        for strip in self.strips:
            if strip.depth:
                seen = self._gathered(x, strip, scratch)
                room = scratch[self._held(strip) * self.run * self.made :]
                shape = (strip.count, self.filters, strip.depth * self.run)
                products = room[: strip.count * self.filters * strip.depth * self.run].reshape(shape)
                given = grad[strip.rows].reshape(strip.count, self.filters, self.made)
                np.matmul(given, seen.swapaxes(1, 2), out=products)
                taps = slice(strip.taps.start * self.run, strip.taps.stop * self.run)
                total[:, taps] += products.sum(axis=0, dtype=np.float64)
        return total.reshape(self.filters, *self.kernel, self.channels).transpose(0, 3, 1, 2)
