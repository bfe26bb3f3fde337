"""Mean, sum and maximum along some axes, which stay with length 1; each with its vector-Jacobian product."""

from __future__ import annotations

import numpy as np

from cnn_core.ops.windows import Array

__all__ = ["reduce_max", "reduce_max_vjp", "reduce_mean", "reduce_mean_vjp", "reduce_sum", "reduce_sum_vjp"]

Axes = tuple[int, ...]


def reduce_sum(x: Array, axes: Axes) -> Array:
    """The sum."""
    return np.asarray(x.sum(axis=axes, keepdims=True))


def reduce_sum_vjp(grad: Array, x: Array) -> Array:
    """Every value gets the whole gradient."""
    return np.broadcast_to(grad, x.shape)


def reduce_mean(x: Array, axes: Axes) -> Array:
    """The mean."""
    return np.asarray(x.mean(axis=axes, keepdims=True))


def reduce_mean_vjp(grad: Array, x: Array) -> Array:
    """Every value gets the same share."""
    return np.broadcast_to(grad / grad.dtype.type(x.size // grad.size), x.shape)


def reduce_max(x: Array, axes: Axes) -> Array:
    """The largest value."""
    return np.asarray(x.max(axis=axes, keepdims=True))


def reduce_max_vjp(grad: Array, x: Array, output: Array) -> Array:
    """Equal shares to all that are the largest."""
    winners = x == output
    axes = tuple(axis for axis in range(x.ndim) if x.shape[axis] != grad.shape[axis])
    count = winners.sum(axis=axes, keepdims=True, dtype=grad.dtype)
    return np.asarray(grad * winners / count)
