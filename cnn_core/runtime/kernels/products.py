"""Matrix products over the pixels of a strip."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call

__all__ = ["merged", "pixel_products"]

SMALL = 1_000_000
"""Up to so many multiply-adds OpenBLAS (0.3.17 and later, with AVX-512) multiplies without packing first."""

LEAST_ROWS = 16
"""With fewer rows a product is all overhead."""


def pixel_products(pixels: Array, weight: Array, out: Array) -> list[Call]:
    """``out = pixels @ weight`` over the last axis, cut into as many products as is quickest.

    Shape:
        pixels: ``(..., K)``, weight: ``(K, O)``, out: ``(..., O)``.
    """
    rows, target = merged(pixels), merged(out)
    if rows is None or target is None:
        return [partial(np.matmul, pixels, weight, out=out)]
    count = len(rows)
    tile = SMALL // weight.size // LEAST_ROWS * LEAST_ROWS
    if not 0 < tile < count:
        return [partial(np.matmul, rows, weight, out=target)]
    whole = count // tile * tile
    calls: list[Call] = [
        partial(np.matmul, _tiles(rows[:whole], tile), weight, out=_tiles(target[:whole], tile))
    ]
    if whole < count:
        calls.append(partial(np.matmul, rows[whole:], weight, out=target[whole:]))
    return calls


def merged(x: Array) -> Array | None:
    """All axes but the last as one, without a copy; None where their strides do not allow it."""
    outer = [(length, step) for length, step in zip(x.shape[:-1], x.strides[:-1], strict=True) if length > 1]
    for (_, step), (length, inner) in pairwise(outer):
        if step != inner * length:
            return None
    step = outer[-1][1] if outer else x.shape[-1] * x.itemsize
    return as_strided(x, (x.size // x.shape[-1], x.shape[-1]), (step, x.strides[-1]))


def _tiles(rows: Array, tile: int) -> Array:
    shape = (len(rows) // tile, tile, rows.shape[1])
    return as_strided(rows, shape, (rows.strides[0] * tile, *rows.strides))
