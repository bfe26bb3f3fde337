"""Batch normalization over ``(N, C, H, W)``: one mean and variance per channel.

Reference: Ioffe & Szegedy 2015, Batch Normalization, algorithms 1 and 2.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.ops.memory import batch_first, batch_inside
from cnn_core.ops.windows import Array

__all__ = ["batch_norm", "batch_norm_training_vjp", "batch_norm_vjp", "batch_statistics", "running_update"]

MAP_AXES = (0, 2, 3)

BLOCK_ELEMENTS = 1 << 15
"""Values of whole channels worked on at once: 128 KiB of float32, so that every pass but the first finds them
in the second-level cache, with the gradient and the result beside them."""


def batch_norm(x: Array, weight: Array, bias: Array, mean: Array, variance: Array, epsilon: float) -> Array:
    """(x - mean) / sqrt(variance + epsilon) * weight + bias, all four of shape ``(C,)``."""
    scale = weight / np.sqrt(variance + x.dtype.type(epsilon))
    out = x * _per_channel(scale)
    out += _per_channel(bias - mean * scale)
    return out


def batch_statistics(x: Array) -> tuple[Array, Array]:
    """Mean and biased variance of each channel over the batch: what training normalizes by.

    Raises:
        ShapeError: there is a single value per channel, which has no variance.
    """
    if x.size == x.shape[1]:
        raise ShapeError(f"batch_norm2d: training needs more than one value per channel, got {x.shape}")
    maps = batch_inside(x)
    mean = _sums(maps) / np.asarray(maps[0].size, x.dtype)
    variance = np.empty_like(mean)
    for block in _blocks(maps):
        centred = maps[block] - _column(mean[block])
        variance[block] = _sums(centred, centred)
    variance /= maps[0].size
    return mean, variance


def running_update(
    running_mean: Array, running_variance: Array, x: Array, mean: Array, variance: Array, momentum: float
) -> tuple[Array, Array]:
    """Running statistics after a batch: (1 - momentum) * old + momentum * new, PyTorch's convention.

    The new variance is the unbiased one, n / (n - 1) times that of the batch. (ONNX's ``momentum`` weighs
    the old value, and its training mode keeps the biased variance.)
    """
    count = x.size // x.shape[1]
    unbiased = variance * (count / (count - 1))
    old = 1 - momentum
    return old * running_mean + momentum * mean, old * running_variance + momentum * unbiased


def batch_norm_vjp(
    grad: Array, x: Array, weight: Array, mean: Array, variance: Array, epsilon: float
) -> tuple[Array, Array, Array]:
    """Gradients with respect to x, weight and bias, mean and variance being constants (inference)."""
    inverse = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    normal = (x - _per_channel(mean)) * _per_channel(inverse)
    d_weight, d_bias = (grad * normal).sum(axis=MAP_AXES), grad.sum(axis=MAP_AXES)
    return grad * _per_channel(weight * inverse), d_weight, d_bias


def batch_norm_training_vjp(
    grad: Array, x: Array, weight: Array, mean: Array, variance: Array, epsilon: float
) -> tuple[Array, Array, Array]:
    """Gradients with respect to x, weight and bias, mean and variance being those of x itself.

    d_x = weight / sigma * (grad - mean(grad) - normal * mean(grad * normal)).
    """
    count = x.size // x.shape[1]
    inverse = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    scale = weight * inverse
    maps, gradients = batch_inside(x), batch_inside(grad)
    d_x = np.empty_like(gradients)
    d_weight, d_bias = np.empty_like(inverse), _sums(gradients)
    for block in _blocks(maps):
        normal = maps[block] - _column(mean[block])
        normal *= _column(inverse[block])
        d_weight[block] = _sums(gradients[block], normal)
        # grad - mean(grad) - normal * mean(grad * normal), into the memory of the two arrays that are there
        normal *= _column(d_weight[block] / -count)
        normal -= _column(d_bias[block] / count)
        normal += gradients[block]
        np.multiply(normal, _column(scale[block]), out=d_x[block])
    return batch_first(d_x), d_weight, d_bias


def _per_channel(values: Array) -> Array:
    """For ``(N, C, H, W)``."""
    return values.reshape(-1, 1, 1)


def _column(values: Array) -> Array:
    """For ``(C, H, N, W)``."""
    return values.reshape(-1, 1, 1, 1)


def _blocks(maps: Array) -> Iterator[slice]:
    """Channels of ``(C, H, N, W)`` that fit the cache together."""
    step = max(1, BLOCK_ELEMENTS // maps[0].size)
    return (slice(first, first + step) for first in range(0, len(maps), step))


def _sums(maps: Array, factors: Array | None = None) -> Array:
    """Sums, or sums of products, per channel of ``(C, H, N, W)``: row by row first, which rounds less."""
    rows = maps.sum(axis=(2, 3)) if factors is None else np.einsum("chnw,chnw->ch", maps, factors)
    total: Array = rows.sum(axis=1)
    return total
