"""Batch normalization over ``(N, C, H, W)``: one mean and variance per channel.

Reference: Ioffe & Szegedy 2015, Batch Normalization, algorithms 1 and 2.
"""

from __future__ import annotations

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.ops.windows import Array

__all__ = ["batch_norm", "batch_norm_training_vjp", "batch_norm_vjp", "batch_statistics", "running_update"]

MAP_AXES = (0, 2, 3)


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
    return x.mean(axis=MAP_AXES), x.var(axis=MAP_AXES)


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
    normal = (x - _per_channel(mean)) * _per_channel(inverse)
    d_weight, d_bias = (grad * normal).sum(axis=MAP_AXES), grad.sum(axis=MAP_AXES)
    centred = grad - _per_channel(d_bias / count) - normal * _per_channel(d_weight / count)
    return centred * _per_channel(weight * inverse), d_weight, d_bias


def _per_channel(values: Array) -> Array:
    return values.reshape(-1, 1, 1)
