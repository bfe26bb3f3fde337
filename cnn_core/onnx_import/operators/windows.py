"""Convolutions and pools: what slides a window over maps, or over rows, which are maps of one column."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadModelFile, ModelLimit
from cnn_core.layers import (
    Abs,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    GlobalAvgPool2d,
    MaxPool2d,
    Power,
    ReduceMax,
    ReduceSum,
)
from cnn_core.layers.base import Array, Layer
from cnn_core.onnx_import.limits import SLOW
from cnn_core.onnx_import.operators.sides import in_two_sides
from cnn_core.onnx_import.step import Step, like
from cnn_core.onnx_import.values import Tensor, Value
from cnn_core.ops.windows import Padding, Pair

__all__ = ["WINDOWS"]

Row = Callable[[Step], Value]

LEAST_OUTPUTS = 20_000
"""Each cell of a pool's window is a call, which takes as long as so many values."""


@dataclass(frozen=True, slots=True)
class _Window:
    kernel: Pair
    stride: Pair
    padding: Padding
    dilation: Pair


def _pair(step: Step, name: str, values: Sequence[int], sides: int, rest: int = 1) -> Pair:
    """One number per side; rows have a second side of one column."""
    if len(values) != sides:
        raise BadModelFile(f"ONNX file: {step.who} wants {sides} {name}, got {list(values)[:8]}")
    if max(values) > step.network.limits.max_side:
        raise ModelLimit(
            f"ONNX file: {step.who} has {name} {list(values)}, at most {step.network.limits.max_side}"
        )
    first, second = (*values, rest)[:2]
    return first, second


def _window(step: Step, x: Tensor, kernel: Sequence[int]) -> _Window:
    sides = len(x.shape) - 2
    size = _pair(step, "kernel_shape", kernel, sides)
    stride = _pair(step, "strides", step.attribute("strides") or (1,) * sides, sides)
    dilation = _pair(step, "dilations", step.attribute("dilations") or (1,) * sides, sides)
    if min(*size, *stride, *dilation) < 1:
        raise BadModelFile(
            f"ONNX file: {step.who} wants kernel, strides and dilations of at least 1, "
            f"got {size}, {stride} and {dilation}"
        )
    pads = step.attribute("pads") or (0,) * 2 * sides
    before = _pair(step, "pads", pads[:sides], sides, 0)
    after = _pair(step, "pads", pads[sides:], sides, 0)
    auto = step.attribute("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        sample = (*x.shape[2:], 1)[:2]
        totals = [
            max(0, (-(-side // s) - 1) * s + (k - 1) * d + 1 - side)
            for side, k, s, d in zip(sample, size, stride, dilation, strict=True)
        ]
        small = (totals[0] // 2, totals[1] // 2)
        large = (totals[0] - small[0], totals[1] - small[1])
        before, after = (small, large) if auto == "SAME_UPPER" else (large, small)
    elif auto == "VALID":
        before, after = (0, 0), (0, 0)
    elif auto != "NOTSET":
        raise BadModelFile(f"ONNX file: {step.who} has an unknown auto_pad, {auto[:40]!r}")
    return _Window(size, stride, (*before, *after), dilation)


def _weight(step: Step, x: Tensor) -> Array:
    weight = step.numbers(1)
    if weight.ndim != len(x.shape):
        raise BadModelFile(f"ONNX file: {step.who} has weights {weight.shape} for an input {x.shape}")
    if any(size < 1 for size in weight.shape):
        raise BadModelFile(f"ONNX file: {step.who} has no weights: their shape is {weight.shape}")
    return weight.reshape((*weight.shape, 1)[:4])


def _kernel(step: Step, weight: Array, rank: int) -> Sequence[int]:
    """The sides of a kernel by its weights, which the file may say again but not otherwise."""
    sides = weight.shape[2:rank]
    said = step.attribute("kernel_shape")
    if said is not None and tuple(said) != sides:
        raise BadModelFile(
            f"ONNX file: {step.who} has weights of {list(sides)} and says kernel_shape {list(said)[:8]}"
        )
    return sides


def _parameters(step: Step, weight: Array) -> dict[str, Array]:
    return {"weight": weight, "bias": np.ravel(step.numbers(2))} if step.given(2) else {"weight": weight}


def _conv(step: Step) -> Value:
    x = step.map()
    weight = _weight(step, x)
    window = _window(step, x, _kernel(step, weight, len(x.shape)))
    groups = int(step.attribute("group", 1))
    layer = Conv2d(
        weight.shape[1] * groups,
        weight.shape[0],
        window.kernel,
        window.stride,
        window.padding,
        window.dilation,
        groups,
        step.given(2),
    )
    made = _made(step, layer, x, _parameters(step, weight))
    if groups > 1:
        # small products, or none: what the layer's cost says is only a part of the time
        step.network.spend((SLOW - 1) * math.prod(weight.shape[1:]) * math.prod(made.shape[1:]), made.node)
    return made


def _conv_transpose(step: Step) -> Value:
    x = step.map()
    weight = _weight(step, x)
    window = _window(step, x, _kernel(step, weight, len(x.shape)))
    groups, sides = int(step.attribute("group", 1)), len(x.shape) - 2
    extra = _pair(step, "output_padding", step.attribute("output_padding") or (0,) * sides, sides, 0)
    padding, extra = _output_pads(step, x, window, extra)
    layer = ConvTranspose2d(
        weight.shape[0],
        weight.shape[1] * groups,
        window.kernel,
        window.stride,
        padding,
        window.dilation,
        extra,
        groups,
        step.given(2),
    )
    return _made(step, layer, x, _parameters(step, weight))


def _output_pads(step: Step, x: Tensor, window: _Window, extra: Pair) -> tuple[Padding, Pair]:
    """What is cut off around and more at the end: as the file says, or so that the output has its size."""
    sides, auto = len(x.shape) - 2, step.attribute("auto_pad", "NOTSET")
    sizes = step.attribute("output_shape")
    sample = (*x.shape[2:], 1)[:2]
    if sizes:
        wanted = _pair(step, "output_shape", sizes[-sides:], sides)
    elif auto in ("SAME_UPPER", "SAME_LOWER"):
        wanted = (sample[0] * window.stride[0], sample[1] * window.stride[1])
    else:
        return window.padding, extra
    cut = []
    for axis in (0, 1):
        full = (sample[axis] - 1) * window.stride[axis] + extra[axis]
        full += (window.kernel[axis] - 1) * window.dilation[axis] + 1
        cut.append(full - wanted[axis])
    extra = (extra[0] + max(0, -cut[0]), extra[1] + max(0, -cut[1]))
    cut = [max(0, size) for size in cut]
    small = (cut[0] // 2, cut[1] // 2)
    large = (cut[0] - small[0], cut[1] - small[1])
    return ((*small, *large) if auto == "SAME_UPPER" else (*large, *small)), extra


def _max_pool(step: Step) -> Value:
    x = step.map()
    window = _window(step, x, step.attribute("kernel_shape") or ())
    ceil = bool(step.attribute("ceil_mode", 0))
    layer = MaxPool2d(window.kernel, window.stride, window.padding, window.dilation, ceil)
    return _pooled(step, layer, x)


def _average_pool(step: Step) -> Value:
    x = step.map()
    window = _window(step, x, step.attribute("kernel_shape") or ())
    layer = AvgPool2d(
        window.kernel,
        window.stride,
        window.padding,
        bool(step.attribute("ceil_mode", 0)),
        bool(step.attribute("count_include_pad", 0)),
        window.dilation,
    )
    return _pooled(step, layer, x)


def _lp_pool(step: Step) -> Value:
    """The p-th root of the sum of p-th powers in every window: a sum is a convolution with ones."""
    x, p = step.map(), int(step.attribute("p", 2))
    window = _window(step, x, step.attribute("kernel_shape") or ())
    before, after = window.padding[:2], list(window.padding[2:])
    if step.attribute("ceil_mode", 0):
        for axis, size in enumerate((*x.shape[2:], 1)[:2]):
            room = size + before[axis] + after[axis] - (window.kernel[axis] - 1) * window.dilation[axis] - 1
            after[axis] += -room % window.stride[axis]
    channels = x.shape[1]
    sums = Conv2d(
        channels,
        channels,
        window.kernel,
        window.stride,
        (*before, after[0], after[1]),
        window.dilation,
        channels,
        bias=False,
    )
    sizes = step.make(Abs(), x, shape=x.shape, part="sizes")
    powers = step.make(Power(float(p)), sizes, shape=x.shape, part="powers") if p > 1 else sizes
    weight = np.ones((channels, 1, *window.kernel), np.float32)
    made = step.make(sums, powers, part="sums" if p > 1 else "", parameters={"weight": weight})
    step.network.spend((SLOW - 1) * math.prod(window.kernel) * math.prod(made.shape[1:]), made.node)
    made = Tensor(made.node, like(x, made.shape))
    return made if p == 1 else step.make(Power(1 / p), made, shape=made.shape)


def _global_lp_pool(step: Step) -> Value:
    x, p = step.map(), int(step.attribute("p", 2))
    sizes = step.make(Abs(), x, shape=x.shape, part="sizes")
    powers = step.make(Power(float(p)), sizes, shape=x.shape, part="powers")
    sums = step.make(ReduceSum((2, 3)), powers, part="sums")
    made = Tensor(sums.node, like(x, sums.shape))
    return step.make(Power(1 / p), made, shape=made.shape)


def _pooled(step: Step, layer: MaxPool2d | AvgPool2d, x: Tensor) -> Tensor:
    made = _made(step, layer, x)
    outputs = max(math.prod(made.shape[1:]), LEAST_OUTPUTS)
    step.network.spend(SLOW * math.prod(layer.kernel_size) * outputs, made.node)
    return made


def _global(layer: Layer) -> Row:
    def translate(step: Step) -> Tensor:
        return _made(step, layer, step.map())

    return translate


def _made(step: Step, layer: Layer, x: Tensor, parameters: Mapping[str, Array] | None = None) -> Tensor:
    made = step.make(layer, x, parameters=parameters)
    return Tensor(made.node, like(x, made.shape))


WINDOWS: dict[str, Row] = {
    "AveragePool": in_two_sides(_average_pool),
    "Conv": in_two_sides(_conv),
    "ConvTranspose": _conv_transpose,
    "GlobalAveragePool": _global(GlobalAvgPool2d()),
    "GlobalLpPool": _global_lp_pool,
    "GlobalMaxPool": _global(ReduceMax((2, 3))),
    "LpPool": _lp_pool,
    "MaxPool": in_two_sides(_max_pool),
}
