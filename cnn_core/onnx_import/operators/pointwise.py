"""Functions of single values, and what is a distribution along an axis."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn_core.errors import UnsupportedOperator
from cnn_core.layers import (
    Abs,
    Clip,
    Dropout,
    Elu,
    Exp,
    HardSigmoid,
    HardSwish,
    LeakyReLU,
    Log,
    LogSoftmax,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Sqrt,
    Tanh,
)
from cnn_core.layers.base import Layer
from cnn_core.onnx_import.operators.views import in_three
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Tensor, Value

__all__ = ["POINTWISE"]

Row = Callable[[Step], Value]


def _function(layer: Callable[[Step], Layer]) -> Row:
    """An operator that is a function of single values."""

    def translate(step: Step) -> Tensor:
        x = step.tensor()
        return step.make(layer(step), x, shape=x.shape)

    return translate


def _plain(layer: type[Layer]) -> Row:
    return _function(lambda step: layer())


def _clip(step: Step) -> Value:
    x = step.tensor()
    bounds = [_bound(step, number, name) for number, name in ((1, "min"), (2, "max"))]
    if bounds == [0.0, None]:
        return step.make(ReLU(), x, shape=x.shape)
    least, most = bounds
    if least is not None and most is not None and least > most:
        least = most  # as ONNX has it: then all values are the upper bound
    return step.make(Clip(least, most), x, shape=x.shape)


def _bound(step: Step, number: int, name: str) -> float | None:
    found = step.numbers(number) if step.given(number) else step.attribute(name)
    if found is None:
        return None
    bound = float(np.asarray(found).reshape(()))
    # exporters write the largest number there is for none
    return bound if abs(bound) < 3e38 else None


def _dropout(step: Step) -> Value:
    x = step.tensor()
    if step.given(2) and bool(np.any(step.numbers(2))):
        raise UnsupportedOperator(f"{step.who}: it drops values at random; export the network for evaluation")
    ratio = float(step.numbers(1)) if step.given(1) else float(step.attribute("ratio", 0.5))
    return step.make(Dropout(ratio), x, shape=x.shape)


def _softmax(layer: type[Softmax]) -> Row:
    """Before operator set 13 all axes from the one named on are taken together, since then that one alone."""

    def translate(step: Step) -> Tensor:
        x = step.tensor()
        rank = len(x.shape)
        axis = step.axis(step.attribute("axis", -1 if step.opset >= 13 else 1), rank)
        last = axis + 1 if step.opset >= 13 else rank
        if rank <= 4 and last == axis + 1:
            return step.make(layer(axis=axis), x, shape=x.shape)
        parts = in_three(step, x, axis, last, "seen")
        made = step.make(layer(axis=2), parts, shape=parts.shape, part="scores")
        return step.seen_as(made, x.shape, "")

    return translate


POINTWISE: dict[str, Row] = {
    "Abs": _plain(Abs),
    "Clip": _clip,
    "Dropout": _dropout,
    "Elu": _function(lambda step: Elu(step.attribute("alpha", 1.0))),
    "Exp": _plain(Exp),
    "HardSigmoid": _function(lambda s: HardSigmoid(s.attribute("alpha", 0.2), s.attribute("beta", 0.5))),
    "HardSwish": _plain(HardSwish),
    "LeakyRelu": _function(lambda step: LeakyReLU(step.attribute("alpha", 0.01))),
    "Log": _plain(Log),
    "LogSoftmax": _softmax(LogSoftmax),
    "Relu": _plain(ReLU),
    "Sigmoid": _plain(Sigmoid),
    "Softmax": _softmax(Softmax),
    "Softplus": _plain(Softplus),
    "Sqrt": _plain(Sqrt),
    "Tanh": _plain(Tanh),
}
