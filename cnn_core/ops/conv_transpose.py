"""Transposed convolution: every input value adds the kernel, times itself, to the output.

Reference: Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, section 4.
"""

from __future__ import annotations

import numpy as np

from cnn_core.ops.conv import conv2d, conv2d_input_vjp, conv2d_parameters_vjp
from cnn_core.ops.windows import Array, Padding, Pair

__all__ = ["conv_transpose2d", "conv_transpose2d_vjp", "transposed_size"]


def transposed_size(
    size: int, kernel: int, stride: int, before: int, after: int, dilation: int, extra: int
) -> int:
    """Length of the output along one axis: the input's that a convolution would make this long of.

    >>> transposed_size(112, kernel=2, stride=2, before=0, after=0, dilation=1, extra=0)
    224
    """
    return (size - 1) * stride + (kernel - 1) * dilation + 1 - before - after + extra


def conv_transpose2d(
    x: Array,
    weight: Array,
    bias: Array | None,
    size: Pair,
    stride: Pair = (1, 1),
    padding: Padding = (0, 0, 0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> Array:
    """The gradient of a convolution by its input, run as a layer of its own.

    ``padding`` is cut off the output; ``size`` is the output's height and width, which several would fit.

    Shape:
        x: ``(N, I, H, W)``, weight: ``(I, O/groups, kH, kW)``, result: ``(N, O, *size)``.
    """
    channels = weight.shape[1] * groups
    # its numbers are not read
    like = np.broadcast_to(x.dtype.type(0), (len(x), channels, *size))
    out = conv2d_input_vjp(x, like, weight, stride, padding, dilation, groups)
    return out if bias is None else np.asarray(out + bias[:, np.newaxis, np.newaxis])


def conv_transpose2d_vjp(
    grad: Array,
    x: Array,
    weight: Array,
    stride: Pair = (1, 1),
    padding: Padding = (0, 0, 0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> tuple[Array, Array, Array]:
    """Gradients with respect to x, weight and bias: the convolution that was turned round."""
    options = (stride, padding, dilation, groups)
    d_weight, _ = conv2d_parameters_vjp(x, grad, weight, *options)
    return conv2d(grad, weight, None, *options), d_weight, np.asarray(grad.sum(axis=(0, 2, 3)))
