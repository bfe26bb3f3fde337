"""Loops that make one pass over memory where NumPy makes several; imported only where Numba is installed.

Every array is flat and begins at the first value used; steps count float32 values. Of the liberties of
``fastmath`` only one is taken: a product and a sum that it goes into may be rounded once instead of twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

from cnn_core.layers.base import Array

__all__ = [
    "depthwise",
    "gated",
    "scale_shift",
    "scale_shift_silu",
    "scale_shift_within",
    "sigmoid",
    "silu",
    "within",
]

f4 = np.float32
ONE, MAGIC = f4(1), f4(12582912)
LEAST, MOST = f4(-87.3), f4(88.722839)
PER_BIT, BIT, BIT_LOW = f4(1.44269504), f4(0.693359375), f4(-2.12194440e-4)
P0, P1, P2 = f4(1.9875691500e-4), f4(1.3981999507e-3), f4(8.3334519073e-3)
P3, P4, P5 = f4(4.1665795894e-2), f4(1.6666665459e-1), f4(5.0000001201e-1)

MAP = "f4[::1], i8, i8"
"""An array, its step from image to image and from row to row."""

SIZES = "i8, i8, i8"
"""Images, rows, and values or columns in a row."""

ROW = "f4[::1]"


Loop = TypeVar("Loop", bound=Callable[..., None])


def _compiled(*arguments: str) -> Callable[[Loop], Loop]:
    signature = f"void({', '.join(arguments)})"
    made = njit(signature, nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
    return cast("Callable[[Loop], Loop]", made)


@njit(inline="always")
def _exp(x: Any) -> Any:
    """2^n e^r with n the nearest whole number to x / ln 2 and r the rest (Cody and Waite 1980, chapter 6)."""
    near = min(max(x, LEAST), MOST)
    shifted = near * PER_BIT + MAGIC
    n = shifted - MAGIC
    r = near - n * BIT - n * BIT_LOW
    series = ((((P0 * r + P1) * r + P2) * r + P3) * r + P4) * r + P5
    bits = np.int32(np.int32(f4(shifted).view(np.int32) << np.int32(23)) + np.int32(0x3F800000))
    # from 88.4 on n is 128, whose bits are those of infinity
    return (series * (r * r) + r + ONE) * np.int32(bits).view(np.float32)


@_compiled(MAP, MAP, SIZES)
def silu(
    x: Array,
    image: int,
    row: int,
    out: Array,
    out_image: int,
    out_row: int,
    images: int,
    rows: int,
    width: int,
) -> None:
    """x / (1 + exp(-x))."""
    for n in range(images):
        for y in range(rows):
            a = x[n * image + y * row :][:width]
            b = out[n * out_image + y * out_row :][:width]
            for i in range(width):
                b[i] = a[i] / (ONE + _exp(-a[i]))


@_compiled(MAP, MAP, SIZES)
def sigmoid(
    x: Array,
    image: int,
    row: int,
    out: Array,
    out_image: int,
    out_row: int,
    images: int,
    rows: int,
    width: int,
) -> None:
    """1 / (1 + exp(-x))."""
    for n in range(images):
        for y in range(rows):
            a = x[n * image + y * row :][:width]
            b = out[n * out_image + y * out_row :][:width]
            for i in range(width):
                b[i] = ONE / (ONE + _exp(-a[i]))


@_compiled(MAP, MAP, SIZES, "f4", "f4")
def within(
    x: Array,
    image: int,
    row: int,
    out: Array,
    out_image: int,
    out_row: int,
    images: int,
    rows: int,
    width: int,
    least: float,
    most: float,
) -> None:
    """min(max(x, least), most)."""
    for n in range(images):
        for y in range(rows):
            a = x[n * image + y * row :][:width]
            b = out[n * out_image + y * out_row :][:width]
            for i in range(width):
                b[i] = min(max(a[i], least), most)


@_compiled(MAP, MAP, SIZES, ROW, ROW)
def scale_shift(
    x: Array,
    image: int,
    row: int,
    out: Array,
    out_image: int,
    out_row: int,
    images: int,
    rows: int,
    width: int,
    scale: Array,
    shift: Array,
) -> None:
    """x * scale + shift."""
    for n in range(images):
        for y in range(rows):
            a = x[n * image + y * row :][:width]
            b = out[n * out_image + y * out_row :][:width]
            for i in range(width):
                b[i] = a[i] * scale[i] + shift[i]


@_compiled(MAP, MAP, SIZES, ROW, ROW, MAP)
def scale_shift_silu(
    x: Array,
    image: int,
    row: int,
    out: Array,
    out_image: int,
    out_row: int,
    images: int,
    rows: int,
    width: int,
    scale: Array,
    shift: Array,
    last: Array,
    last_image: int,
    last_row: int,
) -> None:
    """Both of them, the first written too."""
    for n in range(images):
        for y in range(rows):
            a = x[n * image + y * row :][:width]
            b = out[n * out_image + y * out_row :][:width]
            c = last[n * last_image + y * last_row :][:width]
            for i in range(width):
                value = a[i] * scale[i] + shift[i]
                b[i] = value
                c[i] = value / (ONE + _exp(-value))


@_compiled(MAP, MAP, SIZES, ROW, ROW, MAP, "f4", "f4")
def scale_shift_within(
    x: Array,
    image: int,
    row: int,
    out: Array,
    out_image: int,
    out_row: int,
    images: int,
    rows: int,
    width: int,
    scale: Array,
    shift: Array,
    last: Array,
    last_image: int,
    last_row: int,
    least: float,
    most: float,
) -> None:
    """Both of them, the first written too."""
    for n in range(images):
        for y in range(rows):
            a = x[n * image + y * row :][:width]
            b = out[n * out_image + y * out_row :][:width]
            c = last[n * last_image + y * last_row :][:width]
            for i in range(width):
                value = a[i] * scale[i] + shift[i]
                b[i] = value
                c[i] = min(max(value, least), most)


@_compiled(MAP, MAP, ROW, "i8", SIZES, "i8")
def gated(
    x: Array,
    image: int,
    row: int,
    out: Array,
    out_image: int,
    out_row: int,
    gate: Array,
    gate_image: int,
    images: int,
    rows: int,
    columns: int,
    channels: int,
) -> None:
    """x times one value for each image and channel."""
    for n in range(images):
        factor = gate[n * gate_image :][:channels]
        for y in range(rows):
            for p in range(columns):
                a = x[n * image + y * row + p * channels :][:channels]
                b = out[n * out_image + y * out_row + p * channels :][:channels]
                for k in range(channels):
                    b[k] = a[k] * factor[k]


@_compiled(MAP, "i8", MAP, "i8", ROW, ROW, *["i8"] * 6, SIZES, "i8")
def depthwise(
    x: Array,
    image: int,
    row: int,
    column: int,
    out: Array,
    out_image: int,
    out_row: int,
    out_column: int,
    weight: Array,
    bias: Array,
    kh: int,
    kw: int,
    sh: int,
    sw: int,
    dh: int,
    dw: int,
    images: int,
    rows: int,
    columns: int,
    channels: int,
) -> None:
    """Every channel's own sum over its window, row of the kernel by row; three columns of it at once."""
    for n in range(images):
        for y in range(rows):
            for p in range(columns):
                to = out[n * out_image + y * out_row + p * out_column :][:channels]
                to[:] = bias
                for i in range(kh):
                    start = n * image + (y * sh + i * dh) * row + p * sw * column
                    j = 0
                    while j + 2 < kw:
                        at = start + j * dw * column
                        a, b, c = x[at:], x[at + dw * column :], x[at + 2 * dw * column :]
                        cell = (i * kw + j) * channels
                        u, v, w = weight[cell:], weight[cell + channels :], weight[cell + 2 * channels :]
                        for k in range(channels):
                            to[k] += a[k] * u[k] + b[k] * v[k] + c[k] * w[k]
                        j += 3
                    while j < kw:
                        a, u = x[start + j * dw * column :], weight[(i * kw + j) * channels :]
                        for k in range(channels):
                            to[k] += a[k] * u[k]
                        j += 1
