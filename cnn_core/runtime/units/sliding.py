"""A window that slides over maps ``(H, C, W, N)`` one place at a time, as matrix products of whole rows.

An output row's sums over the kernel's rows come free, by strides: ``kH`` input rows one after another are one
matrix, and the next output row's overlaps it. Those over the kernel's columns are made after the product: it
gives a row for each of them, and these are added up, each shifted by its column. So nothing is gathered, and
BLAS packs every input value ``kH`` times, not ``kH * kW`` times as in the columns of Chellapilla et al. 2006.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.layers.base import Array, Shape
from cnn_core.ops.windows import Pair

__all__ = ["Sliding"]

STRIP = 1 << 18
"""Partial sums that are worked on at once: 1 MiB."""


@dataclass(frozen=True, slots=True)
class _Strip:
    """Output rows to which the same rows of the kernel give: all of them, or at the edges those inside."""

    rows: slice
    taps: slice
    first: int
    """The input row that the first of these meets."""


@dataclass(frozen=True, slots=True)
class _Span:
    """The output columns to which a column of the kernel gives, and the input column behind the first.

    Both in values of a row, ``N`` a column.
    """

    column: int
    start: int
    stop: int
    source: int

    @property
    def output(self) -> slice:
        """Where it gives to."""
        return slice(self.start, self.stop)

    @property
    def input(self) -> slice:
        """Where it reads."""
        return slice(self.source, self.source + self.stop - self.start)


class Sliding:
    """The sums of one direction of a convolution.

    ``source`` and ``target`` are the shapes ``(N, C, H, W)`` of what is read and made, ``before`` the zeros
    above and to the left, fewer than the kernel has rows and columns.
    """

    def __init__(self, source: Shape, target: Shape, kernel: Pair, before: Pair) -> None:
        images, self.channels, self.height, width = source
        self.filters, self.rows, columns = target[1:]
        self.kernel, self.before = kernel, before
        self.read, self.made = width * images, columns * images
        """Values of a row, of the source and of the target."""
        self.spans = self._spans(images, width, columns)
        self.strips = self._strips()

    def _spans(self, images: int, width: int, columns: int) -> list[_Span]:
        """The widest first."""
        found = []
        for column in range(self.kernel[1]):
            shift = column - self.before[1]
            start, stop = max(0, -shift), min(columns, width - shift)
            if start < stop:
                found.append(_Span(column, *(images * each for each in (start, stop, start + shift))))
        return sorted(found, key=lambda span: span.start - span.stop)

    def _strips(self) -> list[_Strip]:
        most = max(1, STRIP // (self.kernel[1] * self.filters * max(self.read, self.made)))
        found: list[_Strip] = []
        for row in range(self.rows):
            top = row - self.before[0]
            taps = slice(max(0, -top), min(self.kernel[0], self.height - top))
            last = found[-1] if found else None
            inner = taps == slice(0, self.kernel[0])
            if last and inner and last.taps == taps and row - last.rows.start < most:
                found[-1] = _Strip(slice(last.rows.start, row + 1), taps, last.first)
            else:
                found.append(_Strip(slice(row, row + 1), taps, top + taps.start))
        return found

    @property
    def scratch(self) -> int:
        """A strip's partial sums, or shifted gradients, and products of those."""
        height: int = max(strip.rows.stop - strip.rows.start for strip in self.strips)
        depth = self.kernel[1] * self.filters
        needed: int = height * depth * (self.read + self.kernel[0] * self.channels)
        return needed

    def _seen(self, x: Array, strip: _Strip) -> Array:
        """What a strip's rows read, ``(rows, taps * C, W * N)``: overlapping views."""
        row = self.channels * self.read
        count, taps = strip.rows.stop - strip.rows.start, strip.taps.stop - strip.taps.start
        shape = (count, taps * self.channels, self.read)
        strides = (row * x.itemsize, self.read * x.itemsize, x.itemsize)
        return np.ndarray(shape, x.dtype, x, strip.first * row * x.itemsize, strides)

    def correlate(self, x: Array, filters: Array, bias: Array | None, out: Array, scratch: Array) -> None:
        """``out[y, o, x] = bias[o] + sum of filters[j, o, i, c] * x[y - top + i, c, x - left + j]``.

        Shape:
            x: ``(H, C, W, N)``; filters: ``(kW, O, kH, C)``; bias: ``(O,)``; out: ``(H', O, W', N)``.
        """
        (kh, kw), depth = self.kernel, self.kernel[1] * self.filters
        matrix = np.ascontiguousarray(filters).reshape(depth, kh * self.channels)
        made = out.reshape(self.rows, self.filters, self.made)
        for strip in self.strips:
            target = made[strip.rows]
            if strip.taps.stop <= strip.taps.start:
                target.fill(0)
            else:
                weights = matrix[:, strip.taps.start * self.channels : strip.taps.stop * self.channels]
                if self._direct:
                    np.matmul(weights, self._seen(x, strip), out=target)
                else:
                    parts = scratch[: len(target) * depth * self.read].reshape(len(target), depth, self.read)
                    np.matmul(weights, self._seen(x, strip), out=parts)
                    self._add_up(parts.reshape(len(target), kw, self.filters, self.read), target)
            if bias is not None:
                target += bias[:, np.newaxis]

    @property
    def _direct(self) -> bool:
        return self.kernel[1] == 1 and self.read == self.made and self.before[1] == 0

    def _add_up(self, parts: Array, target: Array) -> None:
        """The rows of all columns of the kernel, ``(rows, kW, O, W * N)``, each where it belongs."""
        if not self.spans or self.spans[0].stop - self.spans[0].start < self.made:
            target.fill(0)
            rest = self.spans
        elif len(self.spans) == 1:
            np.copyto(target, parts[:, self.spans[0].column, :, self.spans[0].input])
            rest = []
        else:
            widest, second, *rest = self.spans
            whole = parts[:, widest.column, :, widest.input]
            inner = target[..., second.output]
            np.add(whole[..., second.output], parts[:, second.column, :, second.input], out=inner)
            for edge in (slice(0, second.start), slice(second.stop, self.made)):
                if edge.start < edge.stop:
                    np.copyto(target[..., edge], whole[..., edge])
        for span in rest:
            inner = target[..., span.output]
            inner += parts[:, span.column, :, span.input]

    def d_filters(self, x: Array, grad: Array, scratch: Array) -> Array:
        """The gradient of ``filters``, from that of ``out``: here the gradient is shifted, not the sums.

        Shape:
            x: ``(H, C, W, N)``; grad: ``(H', O, W', N)``; result: float64 ``(kW, O, kH, C)``.
        """
        (kh, kw), depth, channels = self.kernel, self.kernel[1] * self.filters, self.channels
        total = np.zeros((depth, kh * channels))
        given = grad.reshape(self.rows, self.filters, self.made)
        for strip in self.strips:
            taps = slice(strip.taps.start * channels, strip.taps.stop * channels)
            if taps.stop <= taps.start:
                continue
            part = given[strip.rows]
            shifted = part if self._direct else self._shifted(part, scratch)
            room = scratch[len(part) * depth * self.read :]
            products = room[: len(part) * depth * (taps.stop - taps.start)].reshape(len(part), depth, -1)
            np.matmul(shifted, self._seen(x, strip).swapaxes(1, 2), out=products)
            total[:, taps] += products.sum(axis=0, dtype=np.float64)
        return total.reshape(kw, self.filters, kh, channels)

    def _shifted(self, part: Array, scratch: Array) -> Array:
        """For each column of the kernel the gradient where it met the input, 0 where it met none."""
        depth = self.kernel[1] * self.filters
        shifted = scratch[: len(part) * depth * self.read].reshape(len(part), depth, self.read)
        by_column = shifted.reshape(len(part), self.kernel[1], self.filters, self.read)
        met = {span.column: span for span in self.spans}
        for column in range(self.kernel[1]):
            target = by_column[:, column]
            if span := met.get(column):
                target[..., : span.input.start] = 0
                target[..., span.input.stop :] = 0
                np.copyto(target[..., span.input], part[..., span.output])
            else:
                target.fill(0)
        return shifted
