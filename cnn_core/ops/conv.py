"""Convolution (cross-correlation, as in PyTorch and ONNX): out = sum over c, i, j of patch * kernel, + bias.

Its gradients are convolutions too: the input's is that of the output's gradient with every filter turned
by half a turn, the weight's is that of the input with the output's gradient for a filter. Where the stride
is s, the input's falls into s * s phases, each with some of the taps (Odena et al. 2016 draw why).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import gcd

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.ops.columns import tap_strips
from cnn_core.ops.memory import batch_first, batch_inside
from cnn_core.ops.windows import Array, Padding, Pair, Window

__all__ = ["conv2d", "conv2d_input_vjp", "conv2d_parameters_vjp", "conv2d_vjp"]

STRIP_ELEMENTS = 1 << 20
"""Input values, kW copies of each, per strip: 4 MiB of float32, which a processor's caches hold."""

LEAST_COLUMNS = 128
"""With fewer a matrix product mostly moves the filters about."""

JOINED_COLUMNS = 512
"""Where columns have to be copied anyway, so many are made for each product."""


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Pair = (1, 1),
    padding: Padding = (0, 0, 0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> Array:
    """Slide each filter over its group of input channels.

    Shape:
        x: ``(N, I, H, W)``, weight: ``(O, I/groups, kH, kW)``, bias: ``(O,)``, result: ``(N, O, H', W')``.

    Raises:
        ShapeError: channels do not fit weight and groups, or the kernel does not fit the padded map.
    """
    window, rows, columns = _prepare(x, weight, stride, padding, dilation, groups)
    viewed = _viewed(window, len(x) * columns, groups)
    filters = (weight.transpose(0, 2, 3, 1) if viewed else weight).reshape(groups, len(weight) // groups, -1)
    out = np.empty((len(weight), rows, len(x), columns), np.result_type(x, weight))
    flat = out.reshape(groups, len(weight) // groups, -1)
    for positions, cols in _columns(x, window, groups):
        part = flat[:, :, positions]
        np.matmul(filters, cols, out=part)
        if bias is not None:
            part += bias.reshape(groups, -1, 1)
    return batch_first(out)


def conv2d_vjp(
    grad: Array,
    x: Array,
    weight: Array,
    stride: Pair = (1, 1),
    padding: Padding = (0, 0, 0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> tuple[Array, Array, Array]:
    """Gradients with respect to x, weight and bias, from ``grad`` ``(N, O, H', W')`` of the output."""
    options = (stride, padding, dilation, groups)
    return conv2d_input_vjp(grad, x, weight, *options), *conv2d_parameters_vjp(grad, x, weight, *options)


def conv2d_input_vjp(
    grad: Array,
    x: Array,
    weight: Array,
    stride: Pair = (1, 1),
    padding: Padding = (0, 0, 0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> Array:
    """Gradient with respect to x: an input value gathers from every window it lay in."""
    window, rows, columns = _prepare(x, weight, stride, padding, dilation, groups)
    (eh, ew), (top, left, bottom, right), (height, width) = window.extent, padding, x.shape[2:]
    back = (eh - 1 - top, ew - 1 - left, eh - 1 - bottom, ew - 1 - right)
    if stride == (1, 1) and min(back) >= 0:
        return conv2d(grad, _turned(weight, groups), None, stride, back, dilation, groups)
    wide = (x.shape[1], height + top + bottom, len(x), width + left + right)
    d_x = batch_first(np.zeros(wide, np.result_type(grad, weight)))
    for down, across in product(range(stride[0]), range(stride[1])):
        part = d_x[:, :, down :: stride[0], across :: stride[1]]
        taps = (
            _Phase.of(down, stride[0], dilation[0], weight.shape[2], rows, part.shape[2]),
            _Phase.of(across, stride[1], dilation[1], weight.shape[3], columns, part.shape[3]),
        )
        if all(phase.count for phase in taps):
            part[...] = _gathered(grad, weight, taps, groups)
    return d_x[:, :, top : top + height, left : left + width]


def conv2d_parameters_vjp(
    grad: Array,
    x: Array,
    weight: Array,
    stride: Pair = (1, 1),
    padding: Padding = (0, 0, 0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> tuple[Array, Array]:
    """Gradients with respect to weight and bias: each is summed over all positions it was used at."""
    window, _, columns = _prepare(x, weight, stride, padding, dilation, groups)
    flat = batch_inside(grad).reshape(groups, len(weight) // groups, -1)
    d_filters: Array = np.zeros((*flat.shape[:2], weight[0].size), np.result_type(grad, x))
    for positions, cols in _columns(x, window, groups):
        d_filters += np.matmul(flat[:, :, positions], cols.swapaxes(1, 2))
    if _viewed(window, len(x) * columns, groups):
        d_filters = d_filters.reshape(len(weight), *window.kernel, -1).transpose(0, 3, 1, 2)
    d_weight = np.ascontiguousarray(d_filters).reshape(weight.shape)
    return d_weight, flat.sum(axis=2).ravel()


def _prepare(
    x: Array, weight: Array, stride: Pair, padding: Padding, dilation: Pair, groups: int
) -> tuple[Window, int, int]:
    wanted = weight.shape[1] * groups
    if x.ndim != 4 or x.shape[1] != wanted:
        raise ShapeError(f"conv2d: x must be (N, {wanted}, H, W), got {x.shape}")
    if weight.shape[0] % groups:
        raise ShapeError(f"conv2d: filters must be a multiple of groups={groups}, got {weight.shape[0]}")
    kernel = (weight.shape[2], weight.shape[3])
    window = Window(kernel, stride, padding, dilation)
    return (window, *window.check("conv2d", *x.shape[2:]))


def _viewed(window: Window, width: int, groups: int) -> bool:
    """Whether the taps of one output row, ``width`` values wide, are a matrix as they lie and large."""
    return groups == 1 and window.dilation[0] == 1 and width >= LEAST_COLUMNS


def _columns(x: Array, window: Window, groups: int) -> Iterator[tuple[slice, Array]]:
    """Positions, counted through ``(H', N, W')``, and their columns ``(groups, values, positions)``.

    A column's values are in the order ``(kH, kW, C)`` where the taps are viewed, else in that of a filter,
    ``(C/groups, kH, kW)``.
    """
    if window.kernel == (1, 1) and not any(window.padding):
        # every column is a pixel as it is
        seen = batch_inside(x[:, :, :: window.stride[0], :: window.stride[1]])
        yield slice(None), seen.reshape(groups, x.shape[1] // groups, -1)
        return
    width = len(x) * window.output(*x.shape[2:])[1]
    viewed = _viewed(window, width, groups)
    joined = 1 if viewed else -(-JOINED_COLUMNS // width)
    size = x.shape[1] // groups * window.kernel[0] * window.kernel[1]
    for rows, taps in tap_strips(x, window, STRIP_ELEMENTS):
        ordered = taps if viewed else taps.transpose(2, 0, 1, 3, 4)
        for top in range(0, taps.shape[3], joined):
            cols = ordered[:, :, :, top : top + joined].reshape(groups, size, -1)
            first = (rows.start + top) * width
            yield slice(first, first + cols.shape[2]), cols


@dataclass(frozen=True, slots=True)
class _Phase:
    """What reaches every ``stride``-th input row (or column), counted from one of them: some of the taps.

    They are a convolution of stride 1 over the output's gradient, with ``count`` taps, every ``step``-th of
    the kernel's from ``first``, and a dilation and padding of its own.
    """

    first: int
    step: int
    count: int
    dilation: int
    padding: tuple[int, int]

    @classmethod
    def of(cls, start: int, stride: int, dilation: int, taps: int, outputs: int, rows: int) -> _Phase:
        """The taps ``i`` with ``i * dilation`` = ``start`` modulo stride; tap i gives to row r from output
        ``r - (i * dilation - start) / stride``."""
        reaching = [i for i in range(taps) if (i * dilation - start) % stride == 0]
        if not reaching:
            return cls(0, 1, 0, 1, (0, 0))
        shared = gcd(stride, dilation)
        nearest, farthest = ((i * dilation - start) // stride for i in (reaching[0], reaching[-1]))
        return cls(
            reaching[0],
            stride // shared,
            len(reaching),
            dilation // shared,
            (farthest, rows - outputs - nearest),
        )


def _gathered(grad: Array, weight: Array, phases: tuple[_Phase, _Phase], groups: int) -> Array:
    """One phase of the input's gradient: the output's, convolved with the phase's taps."""
    down, across = phases
    filters = _turned(weight[:, :, down.first :: down.step, across.first :: across.step], groups)
    (top, bottom), (left, right) = down.padding, across.padding
    padding, dilation = (top, left, bottom, right), (down.dilation, across.dilation)
    return conv2d(grad, filters, None, (1, 1), padding, dilation, groups)


def _turned(weight: Array, groups: int) -> Array:
    """Filters that lead back: input and output channels change places, each kernel turned by half a turn."""
    depth, kernel = weight.shape[1], weight.shape[2:]
    turned = weight.reshape(groups, -1, depth, *kernel).swapaxes(1, 2)[..., ::-1, ::-1]
    return np.ascontiguousarray(turned.reshape(groups * depth, -1, *kernel))  # else no BLAS multiplies it
