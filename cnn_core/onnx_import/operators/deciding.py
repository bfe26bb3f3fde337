"""Comparisons, logic and choice: 1 stands for true, 0 for false."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn_core.errors import UnsupportedOperator
from cnn_core.layers import (
    Above,
    Abs,
    Choose,
    ConstantMinus,
    Fixed,
    Maximum,
    Multiply,
    Sign,
    Subtract,
)
from cnn_core.onnx_import.operators.repeating import repeated
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Known, Tensor, Value, held

__all__ = ["DECIDING", "fixed", "negated", "side_by_side"]

Row = Callable[[Step], Value]


def fixed(step: Step, constant: Known, beside: Tensor, part: str) -> Tensor:
    """A constant as a node, with as many axes as what stands beside it and an axis for its images.

    Raises:
        UnsupportedOperator: it differs from image to image.
    """
    rank = len(beside.shape)
    lead = step.network.lead
    wide = constant.reshape((1,) * (rank - lead - constant.ndim) + constant.shape)
    if not lead and wide.shape[0] not in (1,):
        raise UnsupportedOperator(f"{step.who}: its constant {constant.shape} differs from image to image")
    sample = wide if lead else wide[0]
    shape = (beside.shape[0], *sample.shape)
    own = held(shape)[1:]
    parameters = {"constant": sample.astype(np.float32).reshape(own)}
    return step.make(Fixed(own), beside, shape=shape, part=part, parameters=parameters)


def side_by_side(step: Step, numbers: range) -> list[Tensor]:
    """Inputs with as many axes each, constants among them as nodes; more than three own axes repeated to fit.

    Raises:
        UnsupportedOperator: axes of images would meet others.
    """
    values = [step.value(number) for number in numbers]
    tensors = {
        at: step.network.settle(value, step.who)
        for at, value in enumerate(values)
        if not isinstance(value, np.ndarray)
    }
    rank = max(
        len(tensors[at].shape) if at in tensors else len(value.shape) + step.network.lead
        for at, value in enumerate(values)
    )
    first = next(iter(tensors.values()))
    if any(len(tensor.shape) != rank for tensor in tensors.values()):
        if not step.network.lead:
            raise UnsupportedOperator(f"{step.who}: it joins tensors of several numbers of axes")
        tensors = {at: _wide(step, tensor, rank, f"wide{at}") for at, tensor in tensors.items()}
        first = next(iter(tensors.values()))
    found = [
        tensors[at] if at in tensors else fixed(step, np.asarray(value), first, f"constant{at}")
        for at, value in enumerate(values)
    ]
    if rank > 4:
        shape = np.broadcast_shapes(*(tensor.shape for tensor in found))
        found = [repeated(step, tensor, shape, f"repeated{at}") for at, tensor in enumerate(found)]
    return found


def _wide(step: Step, tensor: Tensor, rank: int, part: str) -> Tensor:
    missing = rank - len(tensor.shape)
    shape = (tensor.shape[0], *(1,) * missing, *tensor.shape[1:])
    return step.seen_as(tensor, shape, part) if missing else tensor


def _where(step: Step) -> Value:
    tensors = side_by_side(step, range(3))
    shape = np.broadcast_shapes(*(tensor.shape for tensor in tensors))
    return step.make(Choose(), *tensors, shape=shape)


def _above(swapped: bool, negative: bool) -> Row:
    """Whether the first is above the second: whether their difference is above 0."""

    def translate(step: Step) -> Value:
        a, b = side_by_side(step, range(2))
        first, second = (b, a) if swapped else (a, b)
        shape = np.broadcast_shapes(a.shape, b.shape)
        apart = step.make(Subtract(), first, second, shape=shape, part="apart")
        made = step.make(Above(), apart, shape=shape, part="opposite" if negative else "")
        return negated(step, made) if negative else made

    return translate


def negated(step: Step, x: Tensor, part: str = "") -> Tensor:
    """1 - x."""
    return step.make(ConstantMinus(), x, shape=x.shape, part=part, parameters={"constant": np.ones(())})


def _equal(step: Step) -> Value:
    a, b = side_by_side(step, range(2))
    shape = np.broadcast_shapes(a.shape, b.shape)
    apart = step.make(Subtract(), a, b, shape=shape, part="apart")
    signs = step.make(Sign(), apart, shape=shape, part="signs")
    return negated(step, step.make(Abs(), signs, shape=shape, part="opposite"))


def _not(step: Step) -> Value:
    return negated(step, step.tensor())


def _joined(layer: Multiply | Maximum | Subtract, after: bool = False) -> Row:
    def translate(step: Step) -> Value:
        a, b = side_by_side(step, range(2))
        shape = np.broadcast_shapes(a.shape, b.shape)
        made = step.make(layer, a, b, shape=shape, part="apart" if after else "")
        return step.make(Abs(), made, shape=shape) if after else made

    return translate


DECIDING: dict[str, Row] = {
    "And": _joined(Multiply()),
    "Equal": _equal,
    "Greater": _above(False, False),
    "GreaterOrEqual": _above(True, True),
    "Less": _above(True, False),
    "LessOrEqual": _above(False, True),
    "Not": _not,
    "Or": _joined(Maximum()),
    "Where": _where,
    "Xor": _joined(Subtract(), after=True),
}
