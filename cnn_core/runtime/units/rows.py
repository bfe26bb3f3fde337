"""What the directions of a convolution share: which rows meet which rows of the kernel, and which columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnn_core.layers.base import Array

__all__ = ["Span", "Strip", "add_up", "overlapping", "spans_of", "strips_of"]


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows made, the rows of the kernel that give to them, and the row read that the first of these meets.

    They are all of the kernel's rows, or at the edges those that lie inside.
    """

    rows: slice
    taps: slice
    first: int

    @property
    def count(self) -> int:
        """How many rows are made."""
        return int(self.rows.stop - self.rows.start)

    @property
    def depth(self) -> int:
        """How many rows of the kernel give to each; 0 where they are all outside."""
        return max(0, int(self.taps.stop - self.taps.start))


def strips_of(rows: int, taps: int, height: int, before: int, stride: int, most: int) -> list[Strip]:
    """Strips of at most ``most`` rows; row y meets with its tap i the row ``y * stride - before + i``."""
    found: list[Strip] = []
    for row in range(rows):
        top = row * stride - before
        inside = slice(max(0, -top), min(taps, height - top))
        last = found[-1] if found else None
        inner = inside == slice(0, taps)
        if last and inner and last.taps == inside and last.count < most:
            found[-1] = Strip(slice(last.rows.start, row + 1), inside, last.first)
        else:
            found.append(Strip(slice(row, row + 1), inside, top + inside.start))
    return found


@dataclass(frozen=True, slots=True)
class Span:
    """For one column of the kernel: the columns of the larger map that it meets, and of the smaller."""

    column: int
    outer: slice
    inner: slice


def spans_of(kernel: int, outer: int, inner: int, before: int, stride: int) -> list[Span]:
    """Column x of the smaller map meets with the kernel's column j ``x * stride - before + j`` of the larger.

    Those that meet most come first; columns of the kernel that meet none are left out.
    """
    found = []
    for column in range(kernel):
        shift = column - before
        start = max(0, -(shift // stride))
        stop = min(inner, (outer - 1 - shift) // stride + 1)
        if start < stop:
            first = start * stride + shift
            met = slice(first, first + (stop - start - 1) * stride + 1, stride)
            found.append(Span(column, met, slice(start, stop, 1)))
    return sorted(found, key=lambda span: span.inner.start - span.inner.stop)


def overlapping(x: Array, strip: Strip, stride: int) -> Array:
    """What a strip's rows read of ``(H, K, P)``, one after another: ``(rows, depth * K, P)``, a view."""
    _, run, places = x.shape
    shape = (strip.count, strip.depth * run, places)
    strides = (x.strides[0] * stride, *x.strides[1:])
    return np.ndarray(shape, x.dtype, x, strip.first * x.strides[0], strides)


def add_up(parts: Array, target: Array, places: Sequence[tuple[int, slice, slice]]) -> None:
    """``target[:, :, here] = sum over places of parts[:, column, :, there]``, 0 where there is none.

    Shape:
        parts: ``(rows, kW, K, W, N)``; target: ``(rows, K, W', N)``; places: column, here, there.
    """
    width = target.shape[2]
    rest = list(places)
    if not rest or rest[0][1] != slice(0, width, 1):
        target.fill(0)
    elif len(rest) == 1:
        column, _, there = rest.pop()
        np.copyto(target, parts[:, column, :, there])
    else:
        (widest, _, all_of_it), (second, here, there), *rest = rest
        whole = parts[:, widest, :, all_of_it]
        np.add(whole[:, :, here], parts[:, second, :, there], out=target[:, :, here])
        for edge in (slice(0, here.start), slice(here.stop, width)):
            if edge.start < edge.stop:
                np.copyto(target[:, :, edge], whole[:, :, edge])
    for column, here, there in rest:
        inner = target[:, :, here]
        inner += parts[:, column, :, there]
