"""Normalization by neighbours among the channels, and by the map itself.

Reference: Krizhevsky, Sutskever and Hinton 2012, ImageNet Classification with Deep Convolutional Neural
Networks, section 3.3; Ulyanov, Vedaldi and Lempitsky 2016, Instance Normalization.
"""

from __future__ import annotations

import numpy as np

from cnn_core.ops.windows import Array

__all__ = [
    "instance_norm",
    "instance_norm_vjp",
    "local_response_norm",
    "local_response_norm_vjp",
    "square_sums",
]


def square_sums(x: Array, size: int, before: int) -> Array:
    """The sum of squares over ``size`` channels, ``before`` of them in front, at the same place."""
    size, before = _reaching(size, before, x.shape[1])
    padded = np.zeros((len(x), x.shape[1] + size, *x.shape[2:]), x.dtype)
    np.multiply(x, x, out=padded[:, before : before + x.shape[1]])
    return _windows(padded, x.shape[1], size)


def _reaching(size: int, before: int, channels: int) -> tuple[int, int]:
    """A window without what lies outside for every channel: its size, and how many in front."""
    most = channels - 1
    behind = min(size - 1 - before, most)
    return min(before, most) + 1 + behind, min(before, most)


def _windows(padded: Array, count: int, size: int) -> Array:
    out = padded[:, :count].copy()
    for number in range(1, size):
        out += padded[:, number : number + count]
    return out


def local_response_norm(x: Array, size: int, alpha: float, beta: float, bias: float) -> Array:
    """x / (bias + alpha / size * sum of squares over neighbouring channels) ** beta; ONNX's rounding."""
    kind = x.dtype.type
    scale = kind(bias) + kind(alpha / size) * square_sums(x, size, (size - 1) // 2)
    return np.asarray(x * scale ** kind(-beta))


def local_response_norm_vjp(
    grad: Array, x: Array, size: int, alpha: float, beta: float, bias: float
) -> Array:
    """grad * scale^-beta - 2 alpha beta / size * x * the sum over all windows that x lies in."""
    kind, before = x.dtype.type, (size - 1) // 2
    scale = kind(bias) + kind(alpha / size) * square_sums(x, size, before)
    inner = grad * x * scale ** kind(-beta - 1)
    # a window reaches ``before`` channels back, so a channel lies in windows that far ahead of it
    reach, behind = _reaching(size, size - 1 - before, x.shape[1])
    padded = np.zeros((len(x), x.shape[1] + reach, *x.shape[2:]), inner.dtype)
    padded[:, behind : behind + x.shape[1]] = inner
    spread = _windows(padded, x.shape[1], reach)
    return np.asarray(grad * scale ** kind(-beta) - kind(2 * alpha * beta / size) * x * spread)


def instance_norm(x: Array, weight: Array, bias: Array, epsilon: float) -> Array:
    """Every map to mean 0 and variance 1, times its channel's weight, plus its bias."""
    centred, root = _centred(x, epsilon)
    return np.asarray(centred / root * weight[:, None, None] + bias[:, None, None])


def instance_norm_vjp(grad: Array, x: Array, weight: Array, epsilon: float) -> tuple[Array, Array, Array]:
    """Gradients with respect to x, weight and bias."""
    centred, root = _centred(x, epsilon)
    normal = centred / root
    given = grad * weight[:, None, None]
    axes = (2, 3)
    inner = given - given.mean(axis=axes, keepdims=True)
    inner -= normal * (given * normal).mean(axis=axes, keepdims=True)
    return np.asarray(inner / root), (grad * normal).sum(axis=(0, 2, 3)), grad.sum(axis=(0, 2, 3))


def _centred(x: Array, epsilon: float) -> tuple[Array, Array]:
    centred = x - x.mean(axis=(2, 3), keepdims=True)
    variance = np.mean(centred * centred, axis=(2, 3), keepdims=True)
    return centred, np.sqrt(variance + x.dtype.type(epsilon))
