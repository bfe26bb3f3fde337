"""Maps of another size, as matrices: one that mixes rows and one that mixes columns.

Reference: ONNX's Resize, https://onnx.ai/onnx/operators/onnx__Resize.html, whose names these are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.ops.windows import Array

__all__ = ["COORDINATES", "MODES", "ROUNDINGS", "Sampling", "resize2d", "resize2d_vjp", "resize_matrix"]

MODES = ("nearest", "linear", "cubic")

COORDINATES = (
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "tf_half_pixel_for_nn",
    "tf_crop_and_resize",
)
"""Where on the input an output place lies."""

ROUNDINGS = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
"""Which input place is the nearest."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How places between others are filled.

    ``cubic`` is the coefficient of the cubic kernel (Keys 1981, where it is -0.5); ``outside`` says whether
    places outside of the map count as its edge; ``antialias`` widens the kernel where maps become smaller.
    """

    mode: str = "nearest"
    coordinates: str = "half_pixel"
    rounding: str = "round_prefer_floor"
    cubic: float = -0.75
    outside: bool = True
    antialias: bool = False


def resize_matrix(
    source: int, size: int, scale: float, how: Sampling, part: tuple[float, float] = (0.0, 1.0)
) -> NDArray[np.float64]:
    """The share of every input place in every output place, ``(size, source)``: each row adds up to 1.

    ``part`` is what of the input is cropped, for ``tf_crop_and_resize``: a row that lies outside is all 0.
    """
    at = _places(source, size, scale, how.coordinates, part)
    matrix = np.zeros((size, source))
    rows = np.arange(size)
    if how.mode == "nearest":
        matrix[rows, _rounded(at, how.rounding).clip(0, source - 1)] = 1
    else:
        below = np.floor(at).astype(np.intp)
        for place, share in _shares(at - below, min(scale, 1.0) if how.antialias else 1.0, how):
            there = below + place
            counted = share if how.outside else share * ((there >= 0) & (there < source))
            np.add.at(matrix, (rows, there.clip(0, source - 1)), counted)
        matrix /= matrix.sum(axis=1, keepdims=True)
    if how.coordinates == "tf_crop_and_resize":
        matrix[(at < 0) | (at > source - 1)] = 0
    return matrix


def _shares(
    ratio: NDArray[np.float64], scale: float, how: Sampling
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Places from the one below on, and the kernel there."""
    reach = 2 if how.mode == "cubic" else 1
    first = math.floor(-reach / scale) + 1
    for place in range(first, 2 - first):
        distance = np.abs((place - ratio) * scale)
        yield place, _cubic(distance, how.cubic) if reach == 2 else np.clip(1 - distance, 0, 1)


def _cubic(x: NDArray[np.float64], a: float) -> NDArray[np.float64]:
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


def _places(
    source: int, size: int, scale: float, coordinates: str, part: tuple[float, float]
) -> NDArray[np.float64]:
    places = np.arange(size, dtype=np.float64)
    if coordinates == "tf_crop_and_resize":
        first, last = (share * (source - 1) for share in part)
        return np.linspace(first, last, size) if size > 1 else np.array([(first + last) / 2])
    if coordinates in ("asymmetric", "tf_half_pixel_for_nn"):
        return (places + (0.0 if coordinates == "asymmetric" else 0.5)) / scale
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
