"""Functions of single values, and softmax; each with its vector-Jacobian product."""

from __future__ import annotations

import numpy as np

from cnn_core.ops.windows import Array

__all__ = [
    "hard_swish",
    "hard_swish_vjp",
    "leaky_relu",
    "leaky_relu_vjp",
    "relu",
    "relu_vjp",
    "sigmoid",
    "sigmoid_vjp",
    "silu",
    "silu_vjp",
    "softmax",
    "softmax_vjp",
    "tanh",
    "tanh_vjp",
]


def relu(x: Array) -> Array:
    """max(x, 0)."""
    out: Array = np.maximum(x, x.dtype.type(0))
    return out


def relu_vjp(grad: Array, x: Array) -> Array:
    """Gradient with respect to x; at x = 0 it is 0, as in PyTorch."""
    d_x: Array = grad * (x > 0)
    return d_x


def leaky_relu(x: Array, negative_slope: float = 0.01) -> Array:
    """x above 0, else negative_slope * x."""
    return np.where(x > 0, x, x * x.dtype.type(negative_slope))


def leaky_relu_vjp(grad: Array, x: Array, negative_slope: float = 0.01) -> Array:
    """Gradient with respect to x; at x = 0 the slope is the negative side's, as in PyTorch."""
    return np.where(x > 0, grad, grad * x.dtype.type(negative_slope))


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)); where the power overflows, the result is the 0 that it is next to."""
    with np.errstate(over="ignore"):
        out: Array = 1 / (1 + np.exp(-x))
    return out


def sigmoid_vjp(grad: Array, output: Array) -> Array:
    """Gradient with respect to x, grad * s * (1 - s), from the sigmoid s itself."""
    d_x: Array = grad * output * (1 - output)
    return d_x


def silu(x: Array) -> Array:
    """x * sigmoid(x), as one quotient."""
    with np.errstate(over="ignore"):
        out: Array = x / (1 + np.exp(-x))
    return out


def silu_vjp(grad: Array, x: Array) -> Array:
    """Gradient with respect to x, s * (1 + x * (1 - s)) times grad."""
    s = sigmoid(x)
    d_x: Array = grad * s * (1 + x * (1 - s))
    return d_x


def hard_swish(x: Array) -> Array:
    """x * clip(x + 3, 0, 6) / 6."""
    out: Array = x * np.clip(x + 3, 0, 6) / 6
    return out


def hard_swish_vjp(grad: Array, x: Array) -> Array:
    """Gradient with respect to x: 0 up to -3, grad from 3 on, between them grad * (x / 3 + 1 / 2)."""
    return np.where(x >= 3, grad, np.where(x <= -3, grad.dtype.type(0), grad * (x / 3 + 0.5)))


def softmax(x: Array, axis: int = -1) -> Array:
    """exp(x) / sum(exp(x)) along an axis; the maximum is taken off first, so nothing overflows."""
    powers: Array = np.exp(x - x.max(axis=axis, keepdims=True))
    powers /= powers.sum(axis=axis, keepdims=True)
    return powers


def softmax_vjp(grad: Array, output: Array, axis: int = -1) -> Array:
    """Gradient with respect to x, p * (grad - sum(grad * p)), from the softmax p itself."""
    d_x: Array = output * (grad - (grad * output).sum(axis=axis, keepdims=True))
    return d_x


def tanh(x: Array) -> Array:
    """(exp(x) - exp(-x)) / (exp(x) + exp(-x))."""
    out: Array = np.tanh(x)
    return out


def tanh_vjp(grad: Array, output: Array) -> Array:
    """Gradient with respect to x, grad * (1 - t^2), from the tanh t itself."""
    d_x: Array = grad * (1 - output * output)
    return d_x
