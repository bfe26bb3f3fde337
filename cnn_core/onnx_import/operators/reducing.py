"""Whole axes taken together: sums, means, extremes, products, norms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from cnn_core.errors import UnsupportedOperator
from cnn_core.layers import (
    Abs,
    Add,
    Exp,
    GlobalAvgPool2d,
    Log,
    Power,
    ReduceMax,
    ReduceMean,
    ReduceMin,
    ReduceProd,
    ReduceSum,
    Sqrt,
    Subtract,
)
from cnn_core.layers.base import Layer
from cnn_core.onnx_import.operators.beneath import beneath
from cnn_core.onnx_import.operators.views import Computed, computed, reshaped, transposed
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Tensor, Value

__all__ = ["REDUCING"]

Row = Callable[[Step], Value]
Reduction = Callable[[tuple[int, ...]], Layer]


def _reduced(reduction: Reduction, before: Sequence[Layer] = (), after: Sequence[Layer] = ()) -> Row:
    """A reduction of what functions of single values make, and functions of what is left."""

    def translate(step: Step) -> Value:
        x = computed(step)
        axes = _axes(step, x)
        if axes is None:
            return x
        for number, layer in enumerate(before):
            value = step.network.settle(x, step.who)
            x = step.make(layer, value, shape=value.shape, part=f"each{number}")
        made = _taken(step, x, axes, reduction, "taken" if after else "")
        for number, layer in enumerate(after, 1 - len(after)):
            value = step.network.settle(made, step.who)
            made = step.make(layer, value, shape=value.shape, part=f"made{number}" if number else "")
        return made

    return translate


def _axes(step: Step, x: Computed) -> list[int] | None:
    """Those of the value; None where nothing is taken together."""
    rank = len(x.shape)
    named = step.integers("axes", 1) or []
    if not named and step.attribute("noop_with_empty_axes", 0):
        return None
    if not named and not step.network.lead and x.shape[0] > 1:
        raise UnsupportedOperator(f"{step.who}: it takes all images of a batch together")
    return sorted({step.axis(axis, rank) for axis in named} or set(range(1, rank)))


def _taken(step: Step, x: Computed, axes: list[int], reduction: Reduction, part: str) -> Value:
    rank, keep = len(x.shape), step.attribute("keepdims", 1)
    kept = tuple(1 if axis in axes else size for axis, size in enumerate(x.shape))
    shape = kept if keep else tuple(size for axis, size in enumerate(x.shape) if axis not in axes)
    if maps := beneath(step, x):
        made = step.make(reduction(maps.axes(*axes)), maps.maps, part="taken")
        sides = made.shape[1:] if len(maps.seen.split) == 3 else (made.shape[1], math.prod(made.shape[2:]))
        source = Tensor(made.node, (made.shape[0], *sides))
        turned = transposed(step, source, (0, *(axis + 1 for axis in maps.seen.order)), part)
        return turned if keep else reshaped(step, turned, shape, part)
    if rank <= 4:
        own_part = part if shape == kept else "taken"
        value = step.network.settle(x, step.who)
        taken = step.make(reduction(tuple(axes)), value, shape=kept, part=own_part)
        return taken if shape == kept else reshaped(step, taken, shape, part)
    rest = [axis for axis in range(rank) if axis not in axes]
    count = math.prod(x.shape[axis] for axis in axes)
    turned = transposed(step, x, [*rest, *axes], "turned")
    rows = step.network.settle(
        reshaped(step, turned, (x.shape[0], math.prod(x.shape[1:]) // count, count), "rows"), step.who
    )
    return reshaped(step, step.make(reduction((2,)), rows, part="taken"), shape, part)


def _log_sum_exp(step: Step) -> Value:
    """The maximum is taken off first and added again, so nothing overflows."""
    x = step.tensor()
    axes = _axes(step, x)
    if axes is None:
        return x
    if len(x.shape) > 4:
        raise UnsupportedOperator(f"{step.who}: it takes axes of {x.shape} together")
    most = step.make(ReduceMax(tuple(axes)), x, part="most")
    rest = step.make(Subtract(), x, most, shape=x.shape, part="rest")
    powers = step.make(Exp(), rest, shape=x.shape, part="powers")
    kept = tuple(1 if axis in axes else size for axis, size in enumerate(x.shape))
    total = step.make(ReduceSum(tuple(axes)), powers, shape=kept, part="total")
    logarithm = step.make(Log(), total, shape=kept, part="logarithm")
    keep = step.attribute("keepdims", 1)
    made = step.make(Add(), logarithm, most, shape=kept, part="" if keep else "sum")
    shape = kept if keep else tuple(size for axis, size in enumerate(x.shape) if axis not in axes)
    return made if keep else reshaped(step, made, shape)


def _mean(axes: tuple[int, ...]) -> Layer:
    return GlobalAvgPool2d() if axes == (2, 3) else ReduceMean(axes)


REDUCING: dict[str, Row] = {
    "ReduceL1": _reduced(ReduceSum, [Abs()]),
    "ReduceL2": _reduced(ReduceSum, [Power(2.0)], [Sqrt()]),
    "ReduceLogSum": _reduced(ReduceSum, [], [Log()]),
    "ReduceLogSumExp": _log_sum_exp,
    "ReduceMax": _reduced(ReduceMax),
    "ReduceMean": _reduced(_mean),
    "ReduceMin": _reduced(ReduceMin),
    "ReduceProd": _reduced(ReduceProd),
    "ReduceSum": _reduced(ReduceSum),
    "ReduceSumSquare": _reduced(ReduceSum, [Power(2.0)]),
}
