"""Blur pooling: a binomial blur and a stride, so that down-sampling does not alias.

The kernel is the outer product of a row of Pascal's triangle with itself, so the blur is made along one
axis after the other.

Reference: Zhang 2019, Making Convolutional Networks Shift-Invariant Again, section 3.2.
"""

from __future__ import annotations

import math

import numpy as np

from cnn_core.ops.windows import Array, output_size

__all__ = ["binomial", "blur_pool2d", "blur_pool2d_vjp"]


def binomial(size: int) -> Array:
    """Row ``size - 1`` of Pascal's triangle, scaled to the sum 1, float64 ``(size,)``.

    >>> binomial(3).tolist()
    [0.25, 0.5, 0.25]
    """
    row = np.array([math.comb(size - 1, k) for k in range(size)], np.float64)
    weights: Array = row / row.sum()
    return weights


def blur_pool2d(x: Array, size: int, stride: int) -> Array:
    """Every ``stride``-th value of the map blurred by ``size x size``; what lies outside counts as 0.

    Shape:
        x: ``(N, C, H, W)``, odd ``size``, result: ``(N, C, ceil(H / stride), ceil(W / stride))``.
    """
    return _blur(_blur(x, 2, size, stride), 3, size, stride)


def blur_pool2d_vjp(grad: Array, x: Array, size: int, stride: int) -> Array:
    """Gradient with respect to x: every value goes back to its window, by the kernel's weights."""
    across = _spread(grad, 3, x.shape[3], size, stride)
    return _spread(across, 2, x.shape[2], size, stride)


def _blur(x: Array, axis: int, size: int, stride: int) -> Array:
    half = size // 2
    count = output_size(x.shape[axis], size, stride, half, half)
    out = np.zeros((*x.shape[:axis], count, *x.shape[axis + 1 :]), x.dtype)
    for source, target, weight in _steps(x.shape[axis], count, size, stride):
        part = [slice(None)] * 4
        part[axis] = source
        kept = [slice(None)] * 4
        kept[axis] = target
        out[tuple(kept)] += x[tuple(part)] * x.dtype.type(weight)
    return out


def _spread(grad: Array, axis: int, length: int, size: int, stride: int) -> Array:
    """The transpose of ``_blur``: what each input value of that axis was worth."""
    d_x = np.zeros((*grad.shape[:axis], length, *grad.shape[axis + 1 :]), grad.dtype)
    for source, target, weight in _steps(length, grad.shape[axis], size, stride):
        part = [slice(None)] * 4
        part[axis] = source
        kept = [slice(None)] * 4
        kept[axis] = target
        d_x[tuple(part)] += grad[tuple(kept)] * grad.dtype.type(weight)
    return d_x


def _steps(length: int, count: int, size: int, stride: int) -> list[tuple[slice, slice, float]]:
    """For each cell of the kernel: the input values and the output values it connects, and its weight.

    Output ``i`` reads input ``i*stride + k - size//2`` where there is one.
    """
    steps = []
    for k, weight in enumerate(binomial(size)):
        offset = k - size // 2
        first = max(0, -(offset // stride))
        last = min(count - 1, (length - 1 - offset) // stride)
        if first <= last:
            start = first * stride + offset
            source = slice(start, start + (last - first) * stride + 1, stride)
            steps.append((source, slice(first, last + 1), float(weight)))
    return steps
