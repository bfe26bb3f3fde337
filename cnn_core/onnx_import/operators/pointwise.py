"""Functions of single values, and what is a distribution along an axis."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn_core.errors import BadModelFile, UnsupportedOperator
from cnn_core.layers import (
    LAYERS,
    Abs,
    Ceil,
    Celu,
    Clip,
    Dropout,
    Elu,
    Erf,
    Exp,
    Floor,
    Gelu,
    GeluTanh,
    HardSigmoid,
    HardSwish,
    LeakyReLU,
    Log,
    LogSoftmax,
    Mish,
    ReLU,
    Round,
    Selu,
    Shrink,
    Sigmoid,
    Sign,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Sqrt,
    Swish,
    Tanh,
    ThresholdedRelu,
)
from cnn_core.layers.base import Layer
from cnn_core.onnx_import.operators.arithmetic import mapped
from cnn_core.onnx_import.operators.views import in_three
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Tensor, Value
from cnn_core.ops.angles import ANGLES

__all__ = ["POINTWISE"]

Row = Callable[[Step], Value]


def _function(layer: Callable[[Step], Layer]) -> Row:
    """An operator that is a function of single values."""

    return lambda step: mapped(step, layer(step))


def _plain(layer: type[Layer]) -> Row:
    return _function(lambda step: layer())


def _clip(step: Step) -> Value:
    bounds = [_bound(step, number, name) for number, name in ((1, "min"), (2, "max"))]
    if bounds == [0.0, None]:
        return mapped(step, ReLU())
    least, most = bounds
    if least is not None and most is not None and least > most:
        least = most  # as ONNX has it: then all values are the upper bound
    return mapped(step, Clip(least, most))


def _bound(step: Step, number: int, name: str) -> float | None:
    found = step.numbers(number) if step.given(number) else step.attribute(name)
    if found is None:
        return None
    bound = float(np.asarray(found).reshape(()))
    # exporters write the largest number there is for none
    return bound if abs(bound) < 3e38 else None


def _dropout(step: Step) -> Value:
    ratio = float(step.numbers(1)) if step.given(1) else float(step.attribute("ratio", 0.5))
    if ratio and step.given(2) and bool(np.any(step.numbers(2))):
        raise UnsupportedOperator(f"{step.who}: it drops values at random; export the network for evaluation")
    return mapped(step, Dropout(ratio))


def _gelu(step: Step) -> Layer:
    way = step.attribute("approximate", "none")
    if way not in ("none", "tanh"):
        raise BadModelFile(f"ONNX file: {step.who} has an unknown approximation, {way[:40]!r}")
    return GeluTanh() if way == "tanh" else Gelu()


def _swish(step: Step) -> Layer:
    alpha = step.attribute("alpha", 1.0)
    return SiLU() if alpha == 1 else Swish(alpha)


def _selu(step: Step) -> Layer:
    usual = Selu()
    return Selu(step.attribute("alpha", usual.alpha), step.attribute("gamma", usual.gamma))


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
    **{name.capitalize(): _plain(LAYERS[name]) for name in ANGLES},
    "Abs": _plain(Abs),
    "Ceil": _plain(Ceil),
    "Celu": _function(lambda step: Celu(step.attribute("alpha", 1.0))),
    "Clip": _clip,
    "Dropout": _dropout,
    "Elu": _function(lambda step: Elu(step.attribute("alpha", 1.0))),
    "Erf": _plain(Erf),
    "Exp": _plain(Exp),
    "Floor": _plain(Floor),
    "Gelu": _function(_gelu),
    "HardSigmoid": _function(lambda s: HardSigmoid(s.attribute("alpha", 0.2), s.attribute("beta", 0.5))),
    "HardSwish": _plain(HardSwish),
    "LeakyRelu": _function(lambda step: LeakyReLU(step.attribute("alpha", 0.01))),
    "Log": _plain(Log),
    "LogSoftmax": _softmax(LogSoftmax),
    "Mish": _plain(Mish),
    "Relu": _plain(ReLU),
    "Round": _plain(Round),
    "Selu": _function(_selu),
    "Shrink": _function(lambda s: Shrink(s.attribute("lambd", 0.5), s.attribute("bias", 0.0))),
    "Sigmoid": _plain(Sigmoid),
    "Softmax": _softmax(Softmax),
    "Sign": _plain(Sign),
    "Softplus": _plain(Softplus),
    "Softsign": _plain(Softsign),
    "Sqrt": _plain(Sqrt),
    "Swish": _function(_swish),
    "Tanh": _plain(Tanh),
    "ThresholdedRelu": _function(lambda step: ThresholdedRelu(step.attribute("alpha", 1.0))),
}
