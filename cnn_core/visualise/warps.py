"""Small moves, turns and scalings as matrices: what excites at one exact place alone is not drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnn_core.layers.base import Array

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["SLIGHT", "WIDE", "Warp", "random_warp"]

SLIGHT, WIDE = (2.0, 6.0, 0.06), (6.0, 12.0, 0.15)
"""Pixels, degrees, and part of the size, at most: for a field, and for a whole picture."""


class Warp:
    """A linear map of pictures, bilinear, edges repeated; ``matrix`` is ``(S * S, S * S)``."""

    def __init__(self, matrix: csr_array) -> None:
        self._matrix = matrix
        self._back = matrix.T.tocsr()

    def apply(self, pictures: Array) -> Array:
        """Every picture warped, ``(N, C, S, S)``."""
        return _through(self._matrix, pictures)

    def pull_back(self, gradient: Array) -> Array:
        """The adjoint."""
        return _through(self._back, gradient)


def random_warp(side: int, rng: np.random.Generator, most: tuple[float, float, float] = SLIGHT) -> Warp:
    """A jitter, a turn and a scaling about the middle."""
    pixels, degrees, part = most
    down, across = rng.uniform(-pixels, pixels, 2)
    turn = np.deg2rad(rng.uniform(-degrees, degrees))
    scale = 1 + rng.uniform(-part, part)
    middle = (side - 1) / 2
    y, x = np.mgrid[:side, :side] - middle
    rows = (np.cos(turn) * y - np.sin(turn) * x) * scale + middle + down
    columns = (np.sin(turn) * y + np.cos(turn) * x) * scale + middle + across
    return Warp(_bilinear(rows.reshape(-1), columns.reshape(-1), side))


def _bilinear(rows: Array, columns: Array, side: int) -> csr_array:
    """The matrix that reads a picture at these places."""
    rows, columns = np.clip(rows, 0, side - 1), np.clip(columns, 0, side - 1)
    top = np.minimum(rows.astype(np.int32), max(0, side - 2))
    left = np.minimum(columns.astype(np.int32), max(0, side - 2))
    low, right = rows - top, columns - left
    step = 1 if side > 1 else 0
    corners = [
        (top, left, (1 - low) * (1 - right)),
        (top, left + step, (1 - low) * right),
        (top + step, left, low * (1 - right)),
        (top + step, left + step, low * right),
    ]
    read = np.tile(np.arange(side * side), 4)
    source = np.concatenate([y * side + x for y, x, _ in corners])
    weight = np.concatenate([weight for _, _, weight in corners]).astype(np.float32)
    from scipy.sparse import csr_array  # late: a server that draws no such picture starts without it

    return csr_array((weight, (read, source)), shape=(side * side, side * side))


def _through(matrix: csr_array, pictures: Array) -> Array:
    flat = pictures.reshape(-1, pictures.shape[-2] * pictures.shape[-1])
    return np.ascontiguousarray((matrix @ flat.T).T).reshape(pictures.shape)
