"""Functions of single values, and softmax; each with its vector-Jacobian product."""

from __future__ import annotations

from collections.abc import Callable

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


BLOCK_ELEMENTS = 1 << 14
"""Values worked on at once: 64 KiB of float32, which every pass but the first finds in the cache."""


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
    return _in_blocks(_silu, x)


def _silu(out: Array, x: Array) -> None:
    np.negative(x, out=out)
    np.exp(out, out=out)
    out += 1
    np.divide(x, out, out=out)


def silu_vjp(grad: Array, x: Array) -> Array:
    """Gradient with respect to x, s * (1 + x * (1 - s)) times grad."""
    return _in_blocks(_silu_vjp, x, grad)


def _silu_vjp(out: Array, x: Array, grad: Array) -> None:
    s = np.exp(-x)
    s += 1
    np.divide(1, s, out=s)
    np.subtract(1, s, out=out)
    out *= x
    out += 1
    out *= s
    out *= grad


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


def _in_blocks(work: Callable[..., None], *arrays: Array) -> Array:
    """A new array like the first of these, filled by ``work(out, *arrays)`` a few values at a time."""
    out = np.empty_like(arrays[0])
    rows = [_ordered(array, out).ravel(order="K") for array in (out, *arrays)]
    with np.errstate(over="ignore"):
        for first in range(0, out.size, BLOCK_ELEMENTS):
            work(*(row[first : first + BLOCK_ELEMENTS] for row in rows))
    return out


def _ordered(array: Array, like: Array) -> Array:
    """The array, lying in memory as ``like`` does."""
    if array.strides == like.strides:
        return array
    copied = np.empty_like(like)
    copied[...] = array
    return copied
