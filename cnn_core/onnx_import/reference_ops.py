"""Operators for the reference evaluator of the onnx package, straight from their definitions.

``reference_bugs.py`` says where its own are wrong. Conv is its own, but for a few rows of the output at a
time: what a whole map reads, as a matrix, takes gigabytes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from onnx.reference.op_run import OpRun
from onnx.reference.ops.op_conv import _conv_implementation

from cnn_core.layers.base import Array

__all__ = ["LRN", "Conv", "LogSoftmax", "MaxPool", "Softmax"]


_convolution: Any = _conv_implementation

STRIP_BYTES = 1 << 26
"""What a strip of a convolution reads, as a matrix."""


class Conv(OpRun):
    """The evaluator's convolution, strip by strip."""

    op_domain = ""

    def _run(self, x: Array, w: Array, b: Array | None = None, **options: Any) -> tuple[Array]:
        sides = range(x.ndim - 2)
        kernel = list(w.shape[2:])
        strides = list(options.get("strides") or [1] * len(sides))
        dilations = list(options.get("dilations") or [1] * len(sides))
        extents = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
        pads = _pads(options, x.shape[2:], extents, strides)
        padded = np.pad(x, [(0, 0), (0, 0), *pads])
        counts = [(padded.shape[i + 2] - extents[i]) // strides[i] + 1 for i in sides]
        row = (
            x.itemsize * math.prod(w.shape[1:]) * math.prod(counts[1:]) * len(x) * (options.get("group") or 1)
        )
        rows = max(1, STRIP_BYTES // row)
        made = []
        for first in range(0, counts[0], rows):
            last = min(first + rows, counts[0]) - 1
            part = padded[:, :, first * strides[0] : last * strides[0] + extents[0]]
            own = ("NOTSET", dilations, options.get("group") or 1, kernel, [0] * 2 * len(sides), strides)
            made.append(_convolution(part, w, b, *own).astype(x.dtype))
        return (np.concatenate(made, axis=2),)


class LRN(OpRun):
    """x / (bias + alpha / size * sum of squares over neighbouring channels) ** beta."""

    op_domain = ""

    def _run(self, x: Array, alpha: float, beta: float, bias: float, size: int) -> tuple[Array]:
        squares = x.astype(np.float64) ** 2
        sums = np.zeros_like(squares)
        for channel in range(x.shape[1]):
            first = max(0, channel - (size - 1) // 2)
            sums[:, channel] = squares[:, first : channel + size // 2 + 1].sum(axis=1)
        return ((x / (bias + alpha / size * sums) ** beta).astype(x.dtype),)


def _together(x: Array, axis: int) -> Array:
    """All axes from one on as one, the others as another."""
    return x.reshape(int(np.prod(x.shape[: axis % x.ndim])), -1)


def _own_axis(operator: OpRun) -> int:
    """As the file has it: the evaluator fills in the default of a later operator set."""
    return next((found.i for found in operator.onnx_node.attribute if found.name == "axis"), 1)


class Softmax(OpRun):
    """Shares of all that lies from an axis on."""

    op_domain = ""

    def _run(self, x: Array, axis: int | None = None) -> tuple[Array]:
        rows = _together(x, _own_axis(self))
        powers = np.exp(rows - rows.max(axis=1, keepdims=True))
        return ((powers / powers.sum(axis=1, keepdims=True)).reshape(x.shape),)


class LogSoftmax(OpRun):
    """Their logarithms."""

    op_domain = ""

    def _run(self, x: Array, axis: int | None = None) -> tuple[Array]:
        rows = _together(x, _own_axis(self))
        rows = rows - rows.max(axis=1, keepdims=True)
        return ((rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))).reshape(x.shape),)


class MaxPool(OpRun):
    """The largest value of every window; sides as many as there are."""

    op_domain = ""

    def _run(self, x: Array, **options: Any) -> tuple[Array]:
        kernel = options["kernel_shape"]
        sides = range(len(kernel))
        strides = options.get("strides") or [1] * len(kernel)
        dilations = options.get("dilations") or [1] * len(kernel)
        extents = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
        pads = _pads(options, x.shape[2:], extents, strides)
        counts = [
            _count(x.shape[i + 2], extents[i], strides[i], pads[i], bool(options.get("ceil_mode")))
            for i in sides
        ]
        # as much behind as the last window reaches for
        ends = [(counts[i] - 1) * strides[i] + extents[i] for i in sides]
        behind = [max(0, ends[i] - x.shape[i + 2] - pads[i][0]) for i in sides]
        around = [(0, 0), (0, 0), *((pads[i][0], behind[i]) for i in sides)]
        padded = np.pad(x, around, constant_values=-np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min)
        axes = tuple(range(2, x.ndim))
        windows = sliding_window_view(padded, extents, axis=axes)
        starts = tuple(slice(0, (counts[i] - 1) * strides[i] + 1, strides[i]) for i in sides)
        cells = tuple(slice(None, None, dilation) for dilation in dilations)
        picked = windows[(slice(None), slice(None), *starts, *cells)]
        return (np.asarray(picked.max(axis=tuple(range(x.ndim, picked.ndim)))),)


def _pads(
    options: dict[str, Any], sizes: tuple[int, ...], extents: list[int], strides: list[int]
) -> list[tuple[int, int]]:
    """Before and behind, side by side."""
    auto = options.get("auto_pad") or "NOTSET"
    if auto == "NOTSET":
        pads = options.get("pads") or [0] * 2 * len(sizes)
        return list(zip(pads[: len(sizes)], pads[len(sizes) :], strict=True))
    if auto == "VALID":
        return [(0, 0)] * len(sizes)
    found = []
    for size, extent, stride in zip(sizes, extents, strides, strict=True):
        total = max(0, (-(-size // stride) - 1) * stride + extent - size)
        less, more = total // 2, total - total // 2
        found.append((less, more) if auto == "SAME_UPPER" else (more, less))
    return found


def _count(size: int, extent: int, stride: int, pads: tuple[int, int], ceil: int | None) -> int:
    """How many windows there are: with ceil also one cut off, if it begins before the padding behind."""
    room = size + sum(pads) - extent
    if not ceil:
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= size + pads[0] else count
