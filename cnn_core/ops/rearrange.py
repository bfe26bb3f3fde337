"""The same numbers in another order or shape."""

from __future__ import annotations

import numpy as np

from cnn_core.ops.windows import Array

__all__ = ["rearrange", "rearrange_vjp"]


def rearrange(x: Array, split: tuple[int, ...], order: tuple[int, ...], shape: tuple[int, ...]) -> Array:
    """Every sample seen as ``split``, its axes put into ``order``, the result seen as ``shape``."""
    seen = x.reshape(len(x), *split)
    return seen.transpose(0, *(axis + 1 for axis in order)).reshape(len(x), *shape)


def rearrange_vjp(grad: Array, x: Array, split: tuple[int, ...], order: tuple[int, ...]) -> Array:
    """Gradient with respect to x: every number back where it came from."""
    moved = grad.reshape(len(x), *(split[axis] for axis in order))
    back = np.argsort((0, *(axis + 1 for axis in order)))
    return moved.transpose(tuple(int(axis) for axis in back)).reshape(x.shape)
