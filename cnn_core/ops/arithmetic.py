"""Arithmetic of two arrays, axes of length 1 broadcast; each with its vector-Jacobian product."""

from __future__ import annotations

import numpy as np

from cnn_core.ops.merge import unbroadcast
from cnn_core.ops.windows import Array

__all__ = [
    "divide",
    "divide_vjp",
    "maximum",
    "maximum_vjp",
    "minimum",
    "minimum_vjp",
    "prelu",
    "prelu_vjp",
    "subtract",
    "subtract_vjp",
]


def subtract(a: Array, b: Array) -> Array:
    """a - b."""
    return np.asarray(a - b)


def subtract_vjp(grad: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """Gradients with respect to a and b: grad and -grad."""
    return unbroadcast(grad, a), unbroadcast(-grad, b)


def divide(a: Array, b: Array) -> Array:
    """a / b; infinite or NaN where b is 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.asarray(a / b)


def divide_vjp(grad: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """Gradients with respect to a and b: grad / b and -grad * a / b^2."""
    share = divide(grad, b)
    return unbroadcast(share, a), unbroadcast(-share * divide(a, b), b)


def minimum(a: Array, b: Array) -> Array:
    """The smaller of both."""
    return np.asarray(np.minimum(a, b))


def minimum_vjp(grad: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """Gradients with respect to a and b: grad to the smaller, halves where they are the same."""
    return _to_winner(grad, a, b, a < b)


def maximum(a: Array, b: Array) -> Array:
    """The larger of both."""
    return np.asarray(np.maximum(a, b))


def maximum_vjp(grad: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """Gradients with respect to a and b: grad to the larger, halves where they are the same."""
    return _to_winner(grad, a, b, a > b)


def _to_winner(grad: Array, a: Array, b: Array, first: Array) -> tuple[Array, Array]:
    share = np.where(a == b, 0.5, first).astype(grad.dtype)
    return unbroadcast(grad * share, a), unbroadcast(grad * (1 - share), b)


def prelu(x: Array, slope: Array) -> Array:
    """x above 0, else slope * x."""
    return np.where(x > 0, x, x * slope)


def prelu_vjp(grad: Array, x: Array, slope: Array) -> tuple[Array, Array]:
    """Gradients with respect to x and slope."""
    below = x <= 0
    return unbroadcast(np.where(below, grad * slope, grad), x), unbroadcast(grad * x * below, slope)
