"""Mean, sum, product, extremes along some axes, which stay, of length 1; each with its gradient."""

from __future__ import annotations

import numpy as np

from cnn_core.ops.windows import Array

__all__ = [
    "reduce_extreme_vjp",
    "reduce_max",
    "reduce_mean",
    "reduce_mean_vjp",
    "reduce_min",
    "reduce_prod",
    "reduce_prod_vjp",
    "reduce_sum",
    "reduce_sum_vjp",
]

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


def reduce_min(x: Array, axes: Axes) -> Array:
    """The smallest value."""
    return np.asarray(x.min(axis=axes, keepdims=True))


def reduce_extreme_vjp(grad: Array, x: Array, output: Array) -> Array:
    """Equal shares to all that are the largest, or smallest."""
    winners = x == output
    axes = tuple(axis for axis in range(x.ndim) if x.shape[axis] != grad.shape[axis])
    count = winners.sum(axis=axes, keepdims=True, dtype=grad.dtype)
    return np.asarray(grad * winners / count)


def reduce_prod(x: Array, axes: Axes) -> Array:
    """The product."""
    return np.asarray(x.prod(axis=axes, keepdims=True))


def reduce_prod_vjp(grad: Array, x: Array, axes: Axes) -> Array:
    """Every value gets the product of all the others: right with zeros among them, too."""
    moved = np.moveaxis(x, axes, range(-len(axes), 0))
    flat = moved.reshape(*moved.shape[: x.ndim - len(axes)], -1)
    ones = np.ones((*flat.shape[:-1], 1), x.dtype)
    before = np.cumprod(np.concatenate([ones, flat[..., :-1]], axis=-1), axis=-1)
    behind = np.cumprod(np.concatenate([ones, flat[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    others = np.moveaxis((before * behind).reshape(moved.shape), range(-len(axes), 0), axes)
    return np.asarray(grad * others)
