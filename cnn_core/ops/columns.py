"""The input values that every output value reads, as matrices (im2col, Chellapilla et al. 2006).

Made in two steps, a strip of output rows at a time so that they stay in the cache. First every input row is
copied kW times, each copy shifted to one column of the kernel. In memory these lie as ``(row, kW, channel,
image, W')``, so what an output row reads, kH of them, is one matrix without another copy: its *taps*.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnn_core.ops.windows import Array, Window

__all__ = ["tap_strips"]


def tap_strips(x: Array, window: Window, budget: int) -> Iterator[tuple[slice, Array]]:
    """Strips of output rows with their taps, in a buffer that the next strip overwrites.

    Args:
        budget: how many shifted values to hold at once; always enough for one output row.

    Shape:
        x: ``(N, C, H, W)``, taps: ``(kH, kW, C, rows, N * W')``.
    """
    source = x.transpose(2, 1, 0, 3)
    for rows, shifted in _strips(x, window, budget):
        _shift(source, shifted, window, rows.start * window.stride[0])
        yield rows, _taps(shifted, window, rows.stop - rows.start)


def _strips(x: Array, window: Window, budget: int) -> Iterator[tuple[slice, Array]]:
    """Strips of output rows, and room for the shifted input rows behind them."""
    (images, channels), (rows, columns) = x.shape[:2], window.output(*x.shape[2:])
    stride, extent = window.stride[0], window.extent[0]
    row = (window.kernel[1], channels, images, columns)
    held = budget // int(np.prod(row))
    height = min(rows, max(1, (held - extent) // stride + 1))
    buffer = np.empty(((height - 1) * stride + extent, *row), x.dtype)
    for top in range(0, rows, height):
        bottom = min(top + height, rows)
        yield slice(top, bottom), buffer[: (bottom - top - 1) * stride + extent]


def _shift(source: Array, shifted: Array, window: Window, top: int) -> None:
    """Fill a strip from ``(H, C, N, W)``; its first row is row ``top`` of the padded input."""
    for mine, theirs in _shifts(source.shape, shifted.shape, window, top):
        rows, j, _, _, columns = mine
        copy = shifted[:, j]
        copy[: rows.start] = 0
        copy[rows.stop :] = 0
        copy[..., : columns.start] = 0
        copy[..., columns.stop :] = 0
        shifted[mine] = source[theirs]


def _shifts(
    source: tuple[int, ...], strip: tuple[int, ...], window: Window, top: int
) -> Iterator[tuple[tuple[slice, int, slice, slice, slice], tuple[slice, ...]]]:
    """For each column of the kernel: places in the strip, and those of the input they are copied from."""
    every = slice(None)
    first = top - window.padding[0]
    above = min(strip[0], max(0, -first))
    below = max(above, min(strip[0], source[0] - first))
    step = window.stride[1]
    for j in range(window.kernel[1]):
        offset = j * window.dilation[1] - window.padding[1]
        left = min(strip[4], max(0, -(offset // step)))
        right = max(left, min(strip[4], (source[3] - 1 - offset) // step + 1))
        start = left * step + offset
        columns = slice(start, start + (right - left) * step, step)
        yield (
            (slice(above, below), j, every, every, slice(left, right)),
            (slice(first + above, first + below), every, every, columns),
        )


def _taps(shifted: Array, window: Window, rows: int) -> Array:
    _, kw, channels, images, columns = shifted.shape
    row, column, channel = shifted.strides[:3]
    shape = (window.kernel[0], kw, channels, rows, images * columns)
    strides = (row * window.dilation[0], column, channel, row * window.stride[0], shifted.itemsize)
    return as_strided(shifted, shape, strides)
