"""More operators for the reference evaluator of the onnx package, straight from their definitions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from onnx.reference.op_run import OpRun

from cnn_core.layers.base import Array

__all__ = ["BatchNormalization", "ConvTranspose", "Pad", "Resize", "Upsample"]


class BatchNormalization(OpRun):
    """scale * (x - mean) / sqrt(variance + epsilon) + shift, per channel; never by the batch."""

    op_domain = ""

    def _run(
        self, x: Array, scale: Array, shift: Array, mean: Array, variance: Array, **options: Any
    ) -> tuple[Array]:
        along = (-1, *(1,) * (x.ndim - 2))
        epsilon = options.get("epsilon")
        deviation = np.sqrt(variance.astype(np.float64) + (1e-5 if epsilon is None else epsilon))
        factor = (scale / deviation).reshape(along)
        return ((factor * (x - mean.reshape(along)) + shift.reshape(along)).astype(x.dtype),)


class Pad(OpRun):
    """More on every side, or less where a number is negative; since operator set 11 numbers are inputs."""

    op_domain = ""

    def _run(self, x: Array, *given: Any, **options: Any) -> tuple[Array]:
        pads, value, axes = (*given, None, None, None)[:3]
        pads = options.get("pads") if pads is None else pads
        value = options.get("value") if value is None else np.asarray(value).reshape(-1)[0]
        axes = range(x.ndim) if axes is None else [int(axis) % x.ndim for axis in np.ravel(axes)]
        numbers = [int(number) for number in np.asarray(pads).reshape(-1)]
        around = [(0, 0)] * x.ndim
        for at, axis in enumerate(axes):
            around[axis] = (numbers[at], numbers[at + len(numbers) // 2])
        kept = x[
            tuple(slice(max(0, -a), size - max(0, -b)) for (a, b), size in zip(around, x.shape, strict=True))
        ]
        more = [(max(0, a), max(0, b)) for a, b in around]
        mode = {"edge": "edge", "reflect": "reflect", "wrap": "wrap"}.get(options.get("mode") or "", "")
        made: Any = np.pad(kept, more, mode) if mode else np.pad(kept, more, constant_values=value or 0)  # type: ignore[call-overload]
        return (np.asarray(made, x.dtype),)


class Upsample(OpRun):
    """Resizing before operator set 11: place i of the output lies at i / scale of the input."""

    op_domain = ""

    def _run(self, x: Array, *given: Array, **options: Any) -> tuple[Array]:
        scales = np.ravel(given[0] if given else options["scales"]).tolist()
        for axis, scale in enumerate(scales):
            if scale != 1:
                x = _along(x, axis, scale, options.get("mode") or "nearest")
        return (x,)


class Resize(Upsample):
    """The same under its next name, in operator set 10."""


def _along(x: Array, axis: int, scale: float, mode: str) -> Array:
    size = x.shape[axis]
    at = np.arange(math.floor(size * scale)) / scale
    first = np.minimum(np.floor(at).astype(np.intp), size - 1)
    if mode == "nearest":
        return np.asarray(np.take(x, first, axis))
    share = np.clip(at - first, 0, 1).reshape([-1 if i == axis else 1 for i in range(x.ndim)])
    second = np.minimum(first + 1, size - 1)
    mixed = np.take(x, first, axis) * (1 - share) + np.take(x, second, axis) * share
    return np.asarray(mixed.astype(x.dtype))


class ConvTranspose(OpRun):
    """Every input value, times the kernel, added to the output where its window lies."""

    op_domain = ""

    def _run(self, x: Array, w: Array, b: Array | None = None, **options: Any) -> tuple[Array]:
        sides, groups = range(x.ndim - 2), options.get("group") or 1
        strides = options.get("strides") or [1] * len(sides)
        dilations = options.get("dilations") or [1] * len(sides)
        extents = [(k - 1) * d + 1 for k, d in zip(w.shape[2:], dilations, strict=True)]
        sizes, before = _sizes(options, x.shape[2:], strides, extents)
        whole = [(n - 1) * s + e for n, s, e in zip(x.shape[2:], strides, extents, strict=True)]
        grown = [max(size, a + total) for size, a, total in zip(whole, before, sizes, strict=True)]
        apart = x.reshape(len(x), groups, -1, *x.shape[2:]).astype(np.float64)
        kernel = w.reshape(groups, -1, *w.shape[1:])
        made = np.zeros((len(x), groups, w.shape[1], *grown))
        for cell in product(*(range(k) for k in w.shape[2:])):
            starts = [k * d for k, d in zip(cell, dilations, strict=True)]
            spots = tuple(
                slice(a, a + (n - 1) * s + 1, s) for a, n, s in zip(starts, x.shape[2:], strides, strict=True)
            )
            of_group, spread = (slice(None),) * 3, (slice(None),) * 3
            part = kernel[of_group + cell]
            made[spread + spots] += np.einsum("ngi...,gio->ngo...", apart, part)
        cut = tuple(slice(a, a + size) for a, size in zip(before, sizes, strict=True))
        found = made.reshape(len(x), -1, *grown)[(slice(None), slice(None), *cut)]
        if b is not None:
            found = found + b.reshape(-1, *(1,) * len(sides))
        return (found.astype(x.dtype),)


def _sizes(
    options: dict[str, Any], inputs: Sequence[int], strides: Sequence[int], extents: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Sides of the output, and how much is cut off in front of it."""
    sides = range(len(inputs))
    extra = options.get("output_padding") or [0] * len(sides)
    full = [strides[i] * (inputs[i] - 1) + extra[i] + extents[i] for i in sides]
    auto, wanted = options.get("auto_pad") or "NOTSET", options.get("output_shape")
    if wanted is None and auto in ("NOTSET", "VALID"):
        pads = options.get("pads") if auto == "NOTSET" else None
        pads = pads or [0] * 2 * len(sides)
        return [full[i] - pads[i] - pads[i + len(sides)] for i in sides], list(pads[: len(sides)])
    sizes = list(wanted[-len(sides) :]) if wanted is not None else [inputs[i] * strides[i] for i in sides]
    total = [max(0, full[i] - sizes[i]) for i in sides]
    # the odd one is cut off behind, but for SAME_LOWER, and without auto_pad in front
    behind_first = auto == "SAME_UPPER"
    return sizes, [t // 2 if behind_first else t - t // 2 for t in total]
