"""Maps of another size, as matrices: one that mixes rows and one that mixes columns.

Reference: ONNX's Resize, https://onnx.ai/onnx/operators/onnx__Resize.html, whose names these are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.ops.windows import Array

__all__ = ["COORDINATES", "MODES", "ROUNDINGS", "resize2d", "resize2d_vjp", "resize_matrix"]

MODES = ("nearest", "linear")

COORDINATES = (
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
)
"""Where on the input an output place lies."""

ROUNDINGS = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
"""Which input place is the nearest."""


def resize_matrix(
    source: int, size: int, scale: float, mode: str, coordinates: str, rounding: str
) -> NDArray[np.float64]:
    """The share of every input place in every output place, ``(size, source)``: each row adds up to 1."""
    at = _places(source, size, scale, coordinates)
    matrix = np.zeros((size, source))
    rows = np.arange(size)
    if mode == "nearest":
        matrix[rows, _rounded(at, rounding).clip(0, source - 1)] = 1
        return matrix
    below = np.floor(at).astype(np.intp)
    share = at - below
    np.add.at(matrix, (rows, below.clip(0, source - 1)), 1 - share)
    np.add.at(matrix, (rows, (below + 1).clip(0, source - 1)), share)
    return matrix


def _places(source: int, size: int, scale: float, coordinates: str) -> NDArray[np.float64]:
    places = np.arange(size, dtype=np.float64)
    if coordinates == "asymmetric":
        return places / scale
    if coordinates == "align_corners":
        return places * (source - 1) / max(size - 1, 1)
    if coordinates == "pytorch_half_pixel" and size == 1:
        return np.zeros(1)
    at = (places + 0.5) / scale - 0.5
    if coordinates == "half_pixel_symmetric":
        return at + source / 2 * (1 - size / (scale * source))
    return at


def _rounded(at: NDArray[np.float64], rounding: str) -> NDArray[np.intp]:
    if rounding == "round_prefer_floor":
        found = np.ceil(at - 0.5)
    elif rounding == "round_prefer_ceil":
        found = np.floor(at + 0.5)
    else:
        found = np.floor(at) if rounding == "floor" else np.ceil(at)
    return found.astype(np.intp)


def resize2d(x: Array, rows: Array, columns: Array, nearest: bool = False) -> Array:
    """``rows @ x @ columns.T`` for every map; where each reads one place, that place as it is.

    Shape:
        x: ``(N, C, H, W)``, rows: ``(H', H)``, columns: ``(W', W)``.
    """
    if nearest:
        return np.asarray(x[:, :, rows.argmax(axis=1)][..., columns.argmax(axis=1)])
    return np.asarray(rows.astype(x.dtype) @ x @ columns.astype(x.dtype).T)


def resize2d_vjp(grad: Array, rows: Array, columns: Array) -> Array:
    """Gradient with respect to x: both matrices the other way."""
    return np.asarray(rows.astype(grad.dtype).T @ grad @ columns.astype(grad.dtype))
