"""Normalization of every sample by itself: over some of its axes, or over groups of its channels.

Reference: Ba et al. 2016, Layer Normalization; Zhang & Sennrich 2019, Root Mean Square Layer Normalization;
Wu & He 2018, Group Normalization.
"""

from __future__ import annotations

import numpy as np

from cnn_core.ops.merge import unbroadcast
from cnn_core.ops.windows import Array

__all__ = ["layer_norm", "layer_norm_vjp", "moments"]

Axes = tuple[int, ...]


def moments(x: Array, axes: Axes, epsilon: float, centred: bool) -> tuple[Array, Array, Array]:
    """What is taken off, what is left, and what that is divided by: root of its mean square plus epsilon."""
    mean = x.mean(axis=axes, keepdims=True) if centred else np.zeros((1,) * x.ndim, x.dtype)
    rest = x - mean
    variance = np.mean(rest * rest, axis=axes, keepdims=True)
    return mean, rest, np.sqrt(variance + x.dtype.type(epsilon))


def layer_norm(
    x: Array, weight: Array, bias: Array, axes: Axes, epsilon: float, centred: bool = True
) -> Array:
    """(x - mean) / sqrt(variance + epsilon) * weight + bias, over ``axes``; without ``centred`` no mean.

    Shape:
        weight, bias: any that fit x by broadcasting.
    """
    _, rest, root = moments(x, axes, epsilon, centred)
    return np.asarray(rest / root * weight + bias)


def layer_norm_vjp(
    grad: Array, x: Array, weight: Array, bias: Array, axes: Axes, epsilon: float, centred: bool = True
) -> tuple[Array, Array, Array]:
    """Gradients with respect to x, weight and bias, through mean and variance."""
    _, rest, root = moments(x, axes, epsilon, centred)
    normal, given = rest / root, grad * weight
    inner = given - given.mean(axis=axes, keepdims=True) if centred else given
    inner = inner - normal * (given * normal).mean(axis=axes, keepdims=True)
    return np.asarray(inner / root), _like(grad * normal, weight), _like(grad, bias)


def _like(grad: Array, parameter: Array) -> Array:
    """Summed over what the parameter was broadcast to."""
    wide = parameter.reshape((1,) * (grad.ndim - parameter.ndim) + parameter.shape)
    return np.asarray(unbroadcast(grad, wide).reshape(parameter.shape))
