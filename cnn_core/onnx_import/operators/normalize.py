"""Normalization: by numbers known before, by neighbours, by the sample itself."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cnn_core.errors import UnsupportedOperator
from cnn_core.layers import (
    Abs,
    BatchNorm2d,
    Divide,
    GroupNorm2d,
    InstanceNorm2d,
    LayerNorm,
    LocalResponseNorm,
    MaxConstant,
    Power,
    ReduceSum,
    Sqrt,
)
from cnn_core.layers.base import Shape
from cnn_core.onnx_import.limits import SLOW
from cnn_core.onnx_import.operators.beneath import beneath
from cnn_core.onnx_import.operators.views import reshaped, transposed
from cnn_core.onnx_import.step import Step, like
from cnn_core.onnx_import.values import Known, Tensor, Value

__all__ = ["NORMALIZE", "norm", "normalized"]

Row = Callable[[Step], Value]

EPSILON = 1e-9
"""Of MeanVarianceNormalization, which adds it to the deviation, not to the variance."""


TINY = np.array(np.finfo(np.float32).tiny)
"""What is divided by at least: nothing over nothing is nothing."""


def _batch_norm(step: Step) -> Value:
    if step.attribute("training_mode", 0) or sum(map(bool, step.node.output)) > 1:
        raise UnsupportedOperator(
            f"{step.who}: it normalizes by the batch, as in training; export the network for evaluation"
        )
    x = step.tensor()
    names = ("weight", "bias", "running_mean", "running_var")
    parameters = {name: np.ravel(step.numbers(number)) for number, name in enumerate(names, 1)}
    layer = BatchNorm2d(len(parameters["weight"]), epsilon=step.attribute("epsilon", 1e-5))
    if step.network.lead:
        return _led_batch_norm(step, x, layer, parameters)
    if len(x.shape) in (3, 4):
        made = step.make(layer, x, parameters=parameters)
        return Tensor(made.node, like(x, made.shape))
    # vectors are maps of one place, more sides are one
    sides = (math.prod(x.shape[2:]), 1)
    maps = step.seen_as(x, (*x.shape[:2], *sides), "maps")
    return step.seen_as(step.make(layer, maps, part="normal", parameters=parameters), x.shape)


def _led_batch_norm(step: Step, x: Tensor, layer: BatchNorm2d, parameters: dict[str, Known]) -> Value:
    """Where what lies along the file's first axis are places of one image: of tokens, for example."""
    turn = (0, 2, 1, *range(3, len(x.shape)))
    turned = transposed(step, x, turn, "turned")
    sides = (x.shape[1], math.prod(x.shape[3:]))
    maps = step.network.settle(reshaped(step, turned, (1, x.shape[2], *sides), "maps"), step.who)
    made = step.make(layer, maps, part="normal", parameters=parameters)
    return transposed(step, step.seen_as(made, turned.shape, "apart"), turn)


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


def _layer_norm(centred: bool) -> Row:
    """Over the axes from one on, each value with its own weight; of root mean squares without ``centred``."""

    def translate(step: Step) -> Value:
        weight, bias = step.numbers(1), step.numbers(2) if centred and step.given(2) else None
        value = step.value(0)
        rank = len(value.shape)
        axis = step.axis(step.attribute("axis", -1), rank)
        bias = np.zeros_like(weight) if bias is None else bias
        epsilon = step.attribute("epsilon", 1e-5)
        return normalized(step, value, tuple(range(axis, rank)), weight, bias, epsilon, centred)

    return translate


def normalized(
    step: Step,
    value: Value,
    axes: tuple[int, ...],
    weight: Known,
    bias: Known,
    epsilon: float,
    centred: bool = True,
    part: str = "",
) -> Value:
    """Mean and variance taken out along the axes; weight and bias fit one sample by its last axes."""

    def layer(axes: tuple[int, ...], shape: Shape) -> LayerNorm:
        return LayerNorm(axes, shape, epsilon, centred)

    rank = len(value.shape) - 1
    weight, bias = (
        np.asarray(each).reshape((1,) * (rank - each.ndim) + each.shape) for each in (weight, bias)
    )
    weight, bias = (np.array(each) for each in np.broadcast_arrays(weight, bias))
    if not part and (maps := beneath(step, value)):
        own_weight, own_bias = maps.constant(weight), maps.constant(bias)
        if own_weight is not None and own_bias is not None:
            made = layer(maps.axes(*axes), own_weight.shape)
            return maps.make(made, {"weight": own_weight, "bias": own_bias})
    x = step.network.settle(value, step.who)
    if rank <= 3:
        tail = (1,) * (rank == 2)
        told = {"weight": weight.reshape(*weight.shape, *tail), "bias": bias.reshape(*bias.shape, *tail)}
        return step.make(layer(axes, told["weight"].shape), x, shape=x.shape, parameters=told, part=part)
    if math.prod(weight.shape[: axes[0] - 1]) > 1 or (axes[-1] < rank and weight.size > 1):
        raise UnsupportedOperator(f"{step.who}: it normalizes {x.shape} along axes {axes}")
    rest = [axis for axis in range(rank + 1) if axis not in axes]
    turned = transposed(step, x, [*rest, *axes], "turned")
    count = math.prod(x.shape[axis] for axis in axes)
    rows = step.network.settle(
        reshaped(step, turned, (x.shape[0], math.prod(x.shape[1:]) // count, count), "rows"), step.who
    )
    told = {"weight": weight.reshape(-1, 1), "bias": bias.reshape(-1, 1)}
    own_layer = layer((2,), told["weight"].shape)
    normal = step.make(own_layer, rows, shape=rows.shape, parameters=told, part="normal")
    back = [([*rest, *axes]).index(axis) for axis in range(rank + 1)]
    return transposed(step, reshaped(step, normal, turned.shape, "seen"), back, part)


def _group_norm(step: Step) -> Value:
    """Before operator set 21 weight and bias are those of groups."""
    x, groups = step.tensor(), int(step.attribute("num_groups"))
    channels = x.shape[1]
    weight, bias = (np.ravel(step.numbers(number)) for number in (1, 2))
    if len(weight) == groups != channels:
        weight, bias = (np.repeat(each, channels // groups) for each in (weight, bias))
    layer = GroupNorm2d(channels, groups, step.attribute("epsilon", 1e-5))
    parameters = {"weight": weight, "bias": bias}
    if len(x.shape) in (3, 4):
        made = step.make(layer, x, parameters=parameters)
        return Tensor(made.node, like(x, made.shape))
    maps = step.seen_as(x, (*x.shape[:2], math.prod(x.shape[2:]), 1), "maps")
    return step.seen_as(step.make(layer, maps, part="normal", parameters=parameters), x.shape)


def _mean_variance(step: Step) -> Value:
    """The images of a batch, which the definition takes together, are one here."""
    value = step.value(0)
    lead = step.network.lead
    rank = len(value.shape) - lead
    named = [axis % rank + lead for axis in step.attribute("axes", [0, 2, 3])]
    if 0 in named and value.shape[0] > 1:
        raise UnsupportedOperator(f"{step.who}: it takes all images of a batch together")
    one = np.ones((), np.float32)
    axes = tuple(sorted(axis for axis in named if axis))
    return normalized(step, value, axes, one, np.zeros_like(one), EPSILON)


def _lp_norm(step: Step) -> Value:
    """x over the sum of its sizes, or the root of the sum of squares, along an axis."""
    x = step.tensor()
    axis = step.axis(step.attribute("axis", -1), len(x.shape))
    if len(x.shape) > 4:
        raise UnsupportedOperator(f"{step.who}: it normalizes a tensor of {len(x.shape)} axes")
    size = norm(step, x, (axis,), int(step.attribute("p", 2)))
    some = step.make(MaxConstant(), size, shape=size.shape, parameters={"constant": TINY}, part="some")
    return step.make(Divide(), x, some, shape=x.shape)


def norm(step: Step, x: Tensor, axes: tuple[int, ...], p: int) -> Tensor:
    """The sum of sizes, or the root of the sum of squares, along the axes, which stay.

    Raises:
        UnsupportedOperator: it is another norm.
    """
    if p not in (1, 2):
        raise UnsupportedOperator(f"{step.who}: norms 1 and 2 are known here, got {p}")
    each = step.make(Abs() if p == 1 else Power(2.0), x, shape=x.shape, part="sizes")
    kept = tuple(1 if axis in axes else size for axis, size in enumerate(x.shape))
    total = step.make(ReduceSum(axes), each, shape=kept, part="total")
    return total if p == 1 else step.make(Sqrt(), total, shape=kept, part="root")


NORMALIZE: dict[str, Row] = {
    "BatchNormalization": _batch_norm,
    "GroupNormalization": _group_norm,
    "InstanceNormalization": _instance_norm,
    "LayerNormalization": _layer_norm(True),
    "LRN": _lrn,
    "LpNormalization": _lp_norm,
    "MeanVarianceNormalization": _mean_variance,
    "RMSNormalization": _layer_norm(False),
}
