"""Functions of single values made of pieces; each with its vector-Jacobian product from x.

Reference: Klambauer et al. 2017, Self-Normalizing Neural Networks; Barron 2017, Continuously Differentiable
Exponential Linear Units; ONNX operator schemas, https://onnx.ai/onnx/operators/.
"""

from __future__ import annotations

import numpy as np

from cnn_core.ops.functions import elu, elu_vjp
from cnn_core.ops.windows import Array

__all__ = [
    "celu",
    "celu_vjp",
    "selu",
    "selu_vjp",
    "shrink",
    "shrink_vjp",
    "softsign",
    "softsign_vjp",
    "thresholded_relu",
    "thresholded_relu_vjp",
]


def celu(x: Array, alpha: float) -> Array:
    """x above 0, else alpha * (exp(x / alpha) - 1)."""
    kind = x.dtype.type
    return np.where(x > 0, x, kind(alpha) * np.expm1(np.minimum(x, 0) / kind(alpha)))


def celu_vjp(grad: Array, x: Array, alpha: float) -> Array:
    """Above 0 grad, else grad * exp(x / alpha)."""
    return np.where(x > 0, grad, grad * np.exp(np.minimum(x, 0) / x.dtype.type(alpha)))


def selu(x: Array, alpha: float, gamma: float) -> Array:
    """gamma * x above 0, else gamma * alpha * (exp(x) - 1)."""
    return np.asarray(x.dtype.type(gamma) * elu(x, alpha))


def selu_vjp(grad: Array, x: Array, alpha: float, gamma: float) -> Array:
    """gamma, or gamma * alpha * exp(x), times grad."""
    return np.asarray(x.dtype.type(gamma) * elu_vjp(grad, x, alpha))


def softsign(x: Array) -> Array:
    """x / (1 + |x|)."""
    return np.asarray(x / (1 + np.abs(x)))


def softsign_vjp(grad: Array, x: Array) -> Array:
    """grad / (1 + |x|)^2."""
    return np.asarray(grad / (1 + np.abs(x)) ** 2)


def thresholded_relu(x: Array, alpha: float) -> Array:
    """x above alpha, else 0."""
    return np.where(x > x.dtype.type(alpha), x, x.dtype.type(0))


def thresholded_relu_vjp(grad: Array, x: Array, alpha: float) -> Array:
    """Grad where x is above alpha."""
    return np.asarray(grad * (x > x.dtype.type(alpha)))


def shrink(x: Array, bound: float, bias: float) -> Array:
    """x + bias below -bound, x - bias above bound, 0 between."""
    kind = x.dtype.type
    moved = np.where(x < kind(-bound), x + kind(bias), x.dtype.type(0))
    return np.asarray(np.where(x > kind(bound), x - kind(bias), moved))


def shrink_vjp(grad: Array, x: Array, bound: float) -> Array:
    """Grad outside of the bounds."""
    return np.asarray(grad * (np.abs(x) > x.dtype.type(bound)))
