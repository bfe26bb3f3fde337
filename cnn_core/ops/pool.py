"""Pooling: one value per window and channel.

Reference: PyTorch's ``MaxPool2d`` and ``AvgPool2d``, whose rules for ceil mode and padding these follow.
"""

from __future__ import annotations

import numpy as np

from cnn_core.ops.windows import Array, Padding, Pair, Window

__all__ = [
    "avg_pool2d",
    "avg_pool2d_vjp",
    "global_avg_pool2d",
    "global_avg_pool2d_vjp",
    "max_pool2d",
    "max_pool2d_vjp",
    "pool_divisors",
]


def max_pool2d(
    x: Array,
    kernel_size: Pair,
    stride: Pair,
    padding: Padding = (0, 0, 0, 0),
    dilation: Pair = (1, 1),
    ceil_mode: bool = False,
) -> Array:
    """The largest value in every window; padding never wins, NaN always does.

    A dilated window whose cells all miss a tiny map gives minus infinity, as in PyTorch.

    Shape:
        x: ``(N, C, H, W)``, result: ``(N, C, H', W')``.

    Raises:
        ShapeError: no window fits the padded map.
    """
    window = Window(kernel_size, stride, padding, dilation, ceil_mode)
    rows, columns = window.check("max_pool2d", *x.shape[2:])
    padded = window.pad(x, -np.inf)
    out = window.offset(padded, 0, 0, rows, columns).copy(order="K")
    for i, j in np.ndindex(*kernel_size):
        np.maximum(out, window.offset(padded, i, j, rows, columns), out=out)
    return out


def max_pool2d_vjp(
    grad: Array,
    x: Array,
    output: Array,
    kernel_size: Pair,
    stride: Pair,
    padding: Padding = (0, 0, 0, 0),
    dilation: Pair = (1, 1),
    ceil_mode: bool = False,
) -> Array:
    """Gradient with respect to x: all of it goes to each window's first maximum, in row order."""
    window = Window(kernel_size, stride, padding, dilation, ceil_mode)
    rows, columns = output.shape[2:]
    padded = window.pad(x, -np.inf)
    d_padded = np.zeros_like(padded, grad.dtype)
    waiting = np.ones_like(output, bool)
    apart = all(step >= extent for step, extent in zip(stride, window.extent, strict=True))
    for i, j in np.ndindex(*kernel_size):
        winner = window.offset(padded, i, j, rows, columns) == output
        winner &= waiting
        waiting ^= winner
        target = window.offset(d_padded, i, j, rows, columns)
        if apart:
            # no cell lies in two windows, so there is nothing to add to
            np.multiply(grad, winner, out=target)
        else:
            target += grad * winner
    return window.unpad(d_padded, *x.shape[2:])


def avg_pool2d(
    x: Array,
    kernel_size: Pair,
    stride: Pair,
    padding: Padding = (0, 0, 0, 0),
    ceil_mode: bool = False,
    count_include_pad: bool = False,
    dilation: Pair = (1, 1),
) -> Array:
    """The mean of every window: its sum, padding counting as 0, over ``pool_divisors``.

    Shape:
        x: ``(N, C, H, W)``, result: ``(N, C, H', W')``.

    Raises:
        ShapeError: no window fits the padded map.
    """
    window = Window(kernel_size, stride, padding, dilation, ceil_mode)
    rows, columns = window.check("avg_pool2d", *x.shape[2:])
    padded = window.pad(x)
    out = np.zeros_like(window.offset(padded, 0, 0, rows, columns))
    for i, j in np.ndindex(*window.kernel):
        out += window.offset(padded, i, j, rows, columns)
    out /= pool_divisors(window, (x.shape[2], x.shape[3]), count_include_pad).astype(x.dtype)
    return out


def avg_pool2d_vjp(
    grad: Array,
    x: Array,
    kernel_size: Pair,
    stride: Pair,
    padding: Padding = (0, 0, 0, 0),
    ceil_mode: bool = False,
    count_include_pad: bool = False,
    dilation: Pair = (1, 1),
) -> Array:
    """Gradient with respect to x: every cell of a window gets the same share."""
    window = Window(kernel_size, stride, padding, dilation, ceil_mode)
    share = grad / pool_divisors(window, (x.shape[2], x.shape[3]), count_include_pad).astype(grad.dtype)
    d_padded = np.zeros_like(window.pad(x), grad.dtype)
    for i, j in np.ndindex(*window.kernel):
        window.offset(d_padded, i, j, *grad.shape[2:])[...] += share
    return window.unpad(d_padded, *x.shape[2:])


def pool_divisors(window: Window, size: Pair, count_include_pad: bool) -> Array:
    """How many cells each window's mean is over, ``(H', W')``, on a map of this height and width.

    Without ``count_include_pad`` these are the cells inside the input. With it padding counts too, but never
    what ceil mode adds beyond the padding (PyTorch's rule, and ONNX's since opset 19).
    """
    counts = [
        _counts(window, axis, windows, size[axis], count_include_pad)
        for axis, windows in enumerate(window.output(*size))
    ]
    divisors: Array = np.multiply.outer(*counts)
    return divisors


def _counts(window: Window, axis: int, windows: int, size: int, pads: bool) -> Array:
    """How many rows, or columns, of each window count."""
    before, after = window.padding[axis], window.padding[axis + 2]
    first = np.arange(windows) * window.stride[axis] - before
    cells = first[:, np.newaxis] + np.arange(window.kernel[axis]) * window.dilation[axis]
    least, end = (-before, size + after) if pads else (0, size)
    counts: Array = np.count_nonzero((cells >= least) & (cells < end), axis=1)
    return counts


def global_avg_pool2d(x: Array) -> Array:
    """The mean of every map: ``(N, C, H, W)`` -> ``(N, C, 1, 1)``."""
    return np.asarray(x.mean(axis=(2, 3), keepdims=True))


def global_avg_pool2d_vjp(grad: Array, x: Array) -> Array:
    """Gradient with respect to x: every value of a map gets the same share."""
    d_x: Array = np.zeros_like(x) + grad / (x.shape[2] * x.shape[3])
    return d_x
