"""A window that slides along rows one place at a time: sums over its columns are made after the products.

An output row's sums over the kernel's rows come free, by strides: ``kH`` input rows one after another are one
matrix, and the next output row's overlaps it. The product with the filters of every column of the kernel
gives a row for each of these columns, and they are added up, each shifted by its column. So nothing is
gathered, and BLAS packs every input value ``kH`` times, not ``kH * kW`` times as in the columns of
Chellapilla et al. 2006.
"""

from __future__ import annotations

import numpy as np

from cnn_core.layers.base import Array, Shape
from cnn_core.ops.windows import Pair
from cnn_core.runtime.units.rows import Strip, add_up, overlapping, spans_of, strips_of

__all__ = ["STRIP", "Sliding"]

STRIP = 1 << 18
"""Partial sums that are worked on at once: 1 MiB."""


class Sliding:
    """Output, and gradient of the weight, of a convolution of stride 1.

    ``source`` and ``target`` are the shapes ``(N, C, H, W)`` of input and output, ``before`` the zeros above
    and to the left.
    """

    def __init__(self, source: Shape, target: Shape, kernel: Pair, before: Pair) -> None:
        images, self.channels, height, self.width = source
        self.filters, self.rows, columns = target[1:]
        self.images, self.kernel = images, kernel
        self.read, self.made = self.width * images, columns * images
        self.depth = kernel[1] * self.filters
        """Rows of the product: a filter for each column of the kernel."""
        self.spans = spans_of(kernel[1], self.width, columns, before[1], 1)
        most = max(1, STRIP // (self.depth * self.read))
        self.strips = strips_of(self.rows, kernel[0], height, before[0], 1, most)
        self.direct = kernel[1] == 1 and self.read == self.made

    @property
    def scratch(self) -> int:
        """A strip's partial sums, or shifted gradients, and products of those."""
        height = max(strip.count for strip in self.strips)
        return height * self.depth * (self.read + self.kernel[0] * self.channels)

    def forward(self, x: Array, weight: Array, bias: Array | None, out: Array, scratch: Array) -> None:
        """Fill ``out``.

        Shape:
            x: ``(H, C, W, N)``; weight: ``(O, C, kH, kW)``; bias: ``(O,)``; out: ``(H', O, W', N)``.
        """
        matrix = np.ascontiguousarray(weight.transpose(3, 0, 2, 1)).reshape(self.depth, -1)
        source = x.reshape(len(x), self.channels, self.read)
        places = [(span.column, span.inner, span.outer) for span in self.spans]
        for strip in self.strips:
            target = out[strip.rows]
            if not strip.depth:
                target.fill(0)
            else:
                taps = matrix[:, strip.taps.start * self.channels : strip.taps.stop * self.channels]
                seen = overlapping(source, strip, 1)
                if self.direct:
                    np.matmul(taps, seen, out=target.reshape(strip.count, self.filters, self.made))
                else:
                    parts = scratch[: strip.count * self.depth * self.read]
                    np.matmul(taps, seen, out=parts.reshape(strip.count, self.depth, self.read))
                    add_up(parts.reshape(self._by_column(strip)), target, places)
            if bias is not None:
                target += bias[:, np.newaxis, np.newaxis]

    def _by_column(self, strip: Strip) -> Shape:
        return strip.count, self.kernel[1], self.filters, self.width, self.images

    def d_weight(self, x: Array, grad: Array, scratch: Array) -> Array:
        """The gradient of the weight from that of the output: here the gradient is shifted, not the sums.

        Shape:
            x: ``(H, C, W, N)``; grad: ``(H', O, W', N)``; result: float64 ``(O, C, kH, kW)``.
        """
        channels = self.channels
        total = np.zeros((self.depth, self.kernel[0] * channels))
        source = x.reshape(len(x), channels, self.read)
        for strip in self.strips:
            if strip.depth:
                part = grad[strip.rows]
                shifted = part if self.direct else self._shifted(part, strip, scratch)
                room = scratch[strip.count * self.depth * self.read :]
                shape = (strip.count, self.depth, strip.depth * channels)
                products = room[: strip.count * self.depth * strip.depth * channels].reshape(shape)
                seen = overlapping(source, strip, 1)
                np.matmul(
                    shifted.reshape(strip.count, self.depth, self.read), seen.swapaxes(1, 2), out=products
                )
                taps = slice(strip.taps.start * channels, strip.taps.stop * channels)
                total[:, taps] += products.sum(axis=0, dtype=np.float64)
        return total.reshape(self.kernel[1], self.filters, self.kernel[0], channels).transpose(1, 3, 2, 0)

    def _shifted(self, part: Array, strip: Strip, scratch: Array) -> Array:
        """For each column of the kernel the gradient where it met the input, 0 where it met none."""
        shape = self._by_column(strip)
        shifted = scratch[: strip.count * self.depth * self.read].reshape(shape)
        met = {span.column: span for span in self.spans}
        for column in range(self.kernel[1]):
            target = shifted[:, column]
            if span := met.get(column):
                target[:, :, : span.outer.start] = 0
                target[:, :, span.outer.stop :] = 0
                np.copyto(target[:, :, span.outer], part[:, :, span.inner])
            else:
                target.fill(0)
        return shifted
