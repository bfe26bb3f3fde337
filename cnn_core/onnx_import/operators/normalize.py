"""Normalization, and whole axes taken together."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cnn_core.errors import UnsupportedOperator
from cnn_core.layers import (
    BatchNorm2d,
    GlobalAvgPool2d,
    InstanceNorm2d,
    LocalResponseNorm,
    ReduceMax,
    ReduceMean,
    ReduceSum,
)
from cnn_core.layers.base import Layer
from cnn_core.onnx_import.limits import SLOW
from cnn_core.onnx_import.operators.views import computed, reshaped, transposed
from cnn_core.onnx_import.step import Step, like
from cnn_core.onnx_import.values import Tensor, Value

__all__ = ["NORMALIZE"]

Row = Callable[[Step], Value]


def _batch_norm(step: Step) -> Value:
    if step.attribute("training_mode", 0) or sum(map(bool, step.node.output)) > 1:
        raise UnsupportedOperator(
            f"{step.who}: it normalizes by the batch, as in training; export the network for evaluation"
        )
    x = step.tensor()
    names = ("weight", "bias", "running_mean", "running_var")
    parameters = {name: np.ravel(step.numbers(number)) for number, name in enumerate(names, 1)}
    layer = BatchNorm2d(len(parameters["weight"]), epsilon=step.attribute("epsilon", 1e-5))
    if len(x.shape) in (3, 4):
        made = step.make(layer, x, parameters=parameters)
        return Tensor(made.node, like(x, made.shape))
    # vectors are maps of one place, more sides are one
    sides = (math.prod(x.shape[2:]), 1)
    maps = step.seen_as(x, (*x.shape[:2], *sides), "maps")
    return step.seen_as(step.make(layer, maps, part="normal", parameters=parameters), x.shape)


def _instance_norm(step: Step) -> Value:
    x = step.map()
    parameters = {"weight": np.ravel(step.numbers(1)), "bias": np.ravel(step.numbers(2))}
    layer = InstanceNorm2d(len(parameters["weight"]), epsilon=step.attribute("epsilon", 1e-5))
    made = step.make(layer, x, parameters=parameters)
    return Tensor(made.node, like(x, made.shape))


def _lrn(step: Step) -> Value:
    x = step.map()
    layer = LocalResponseNorm(
        step.attribute("size"),
        step.attribute("alpha", 1e-4),
        step.attribute("beta", 0.75),
        step.attribute("bias", 1.0),
    )
    made = step.make(layer, x)
    neighbours = min(layer.size, 2 * made.shape[1])
    step.network.spend(SLOW * neighbours * math.prod(made.shape[1:]), made.node)
    return Tensor(made.node, like(x, made.shape))


def _reduce(layer: Callable[[tuple[int, ...]], Layer]) -> Row:
    def translate(step: Step) -> Value:
        x = computed(step)
        rank = len(x.shape)
        named = step.integers("axes", 1) or []
        if not named and step.attribute("noop_with_empty_axes", 0):
            return x
        if not named and not step.network.lead:
            raise UnsupportedOperator(f"{step.who}: it takes all images of a batch together")
        axes = sorted({step.axis(axis, rank) for axis in named} or set(range(1, rank)))
        kept = tuple(1 if axis in axes else size for axis, size in enumerate(x.shape))
        shape = (
            kept
            if step.attribute("keepdims", 1)
            else tuple(size for axis, size in enumerate(x.shape) if axis not in axes)
        )
        if rank <= 4:
            made = step.make(
                layer(tuple(axes)), step.tensor(), shape=kept, part="" if shape == kept else "taken"
            )
            return made if shape == kept else reshaped(step, made, shape)
        rest = [axis for axis in range(rank) if axis not in axes]
        count = math.prod(x.shape[axis] for axis in axes)
        turned = transposed(step, x, [*rest, *axes], "turned")
        rows = step.network.settle(
            reshaped(step, turned, (x.shape[0], math.prod(x.shape[1:]) // count, count), "rows"), step.who
        )
        return reshaped(step, step.make(layer((2,)), rows, part="taken"), shape)

    return translate


def _mean(axes: tuple[int, ...]) -> Layer:
    return GlobalAvgPool2d() if axes == (2, 3) else ReduceMean(axes)


NORMALIZE: dict[str, Row] = {
    "BatchNormalization": _batch_norm,
    "InstanceNormalization": _instance_norm,
    "LRN": _lrn,
    "ReduceMax": _reduce(ReduceMax),
    "ReduceMean": _reduce(_mean),
    "ReduceSum": _reduce(ReduceSum),
}
