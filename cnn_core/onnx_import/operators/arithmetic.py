"""Arithmetic of two tensors or more, any of which may be constant; axes of length 1 are repeated to fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadModelFile, UnsupportedOperator
from cnn_core.layers import (
    Add,
    AddConstant,
    ConstantMinus,
    ConstantOver,
    Divide,
    DivideByConstant,
    Exp,
    MaxConstant,
    Maximum,
    MinConstant,
    Minimum,
    Multiply,
    MultiplyConstant,
    Power,
    PowerByConstant,
    PRelu,
    Subtract,
)
from cnn_core.layers.base import Layer, Shape
from cnn_core.onnx_import.operators.beneath import beneath, together
from cnn_core.onnx_import.operators.repeating import repeated
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Known, Tensor, Value, held

__all__ = ["ADD", "ARITHMETIC", "mapped", "with_constant"]

Row = Callable[[Step], Value]
WithConstant = Callable[[Shape], Layer]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Layers for two tensors, for a constant behind and for one in front."""

    both: Layer
    behind: WithConstant
    before: WithConstant
    name: str = ""

    def apply(self, step: Step, a: Value, b: Value, part: str = "") -> Value:
        """The operator between two values; of two constants it is a constant."""
        if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
            raise UnsupportedOperator(
                f"{step.who}: wanted what is computed from the image, got constants alone"
            )
        if isinstance(b, np.ndarray):
            return with_constant(step, a, b, self.behind, part)
        if isinstance(a, np.ndarray):
            return with_constant(step, b, a, self.before, part)
        if not part and a.shape == b.shape and (maps := together(step, (a, b))):
            made = step.make(self.both, maps[0].maps, maps[1].maps, seen=maps[0].seen)
            return maps[0].again(made)
        return _both(step, self.both, a, b, part)


def with_constant(step: Step, value: Value, constant: Known, layer: WithConstant, part: str = "") -> Value:
    """A layer that holds a constant, which fits one sample.

    Raises:
        BadModelFile: it does not fit.
        UnsupportedOperator: it differs from image to image.
    """
    if not part and (made := _beneath(step, value, constant, layer)):
        return made
    x = step.network.settle(value, step.who)
    if constant.ndim > len(x.shape) - step.network.lead:
        x = _with_axes(step, x, constant.ndim + step.network.lead)
    sample = _sample(step, constant, x)
    shape = (x.shape[0], *_fitting(step, x.shape[1:], sample.shape))
    if layer in (MultiplyConstant, DivideByConstant) and shape == x.shape and np.all(sample == 1):
        return x  # the very same values: no layer
    if sample.size == 1:
        sample = sample.reshape(())
    elif len(shape) > 4:
        x = repeated(step, x, shape)
        sample = np.broadcast_to(sample, shape[1:]).reshape(held(shape)[1:])
    elif len(shape) == 3:
        sample = sample[..., np.newaxis]
    sample = _shortest(sample)
    return step.make(layer(sample.shape), x, shape=shape, part=part, parameters={"constant": sample})


def _shortest(sample: Known) -> Known:
    """Without axes of length 1 in front."""
    while sample.ndim and sample.shape[0] == 1:
        sample = sample[0]
    return sample


def _beneath(step: Step, value: Value, constant: Known, layer: WithConstant) -> Value | None:
    """The layer on maps that the file sees in another order, if the constant fits those."""
    maps = beneath(step, value)
    if maps is None or constant.ndim > len(maps.seen.shape) - step.network.lead:
        return None
    sample = maps.constant(_sample(step, constant, Tensor(maps.maps.node, maps.seen.shape)))
    if sample is None:
        return None
    sample = sample.reshape(()) if sample.size == 1 else _shortest(sample)
    return maps.make(layer(sample.shape), {"constant": sample})


def mapped(step: Step, layer: Layer, number: int = 0, part: str = "") -> Value:
    """A function of single values, on the maps themselves where the file has their axes in another order."""
    value = step.value(number)
    if not part and (maps := beneath(step, value)):
        return maps.make(layer)
    x = step.network.settle(value, step.who)
    return step.make(layer, x, shape=x.shape, part=part)


def _sample(step: Step, constant: Known, x: Tensor) -> Known:
    """The constant without an axis for the images, with as many axes as a sample."""
    if not step.network.lead and constant.ndim == len(x.shape):
        if constant.shape[0] != 1:
            raise UnsupportedOperator(
                f"{step.who}: its constant {constant.shape} differs from image to image"
            )
        constant = constant[0]
    return constant.reshape((1,) * (len(x.shape) - 1 - constant.ndim) + constant.shape)


def _both(step: Step, layer: Layer, first: Value, second: Value, part: str) -> Tensor:
    a, b = (step.network.settle(value, step.who) for value in (first, second))
    rank = max(len(a.shape), len(b.shape))
    a, b = _with_axes(step, a, rank), _with_axes(step, b, rank)
    if a.shape[0] != b.shape[0]:
        raise UnsupportedOperator(f"{step.who}: it joins {a.shape} and {b.shape}, two different batches")
    shape = (a.shape[0], *_fitting(step, a.shape[1:], b.shape[1:]))
    if rank > 4:
        a, b = repeated(step, a, shape, "first"), repeated(step, b, shape, "second")
    return step.make(layer, a, b, shape=shape, part=part)


def _with_axes(step: Step, x: Tensor, rank: int) -> Tensor:
    """Axes of length 1 in front, as broadcasting wants; only where no axis in front is that of the images."""
    if len(x.shape) == rank:
        return x
    if not step.network.lead:
        raise UnsupportedOperator(
            f"{step.who}: it joins tensors of {len(x.shape)} and {rank} axes, images would not stay apart"
        )
    return step.seen_as(x, (x.shape[0], *(1,) * (rank - len(x.shape)), *x.shape[1:]), "seen")


def _fitting(step: Step, a: Shape, b: Shape) -> Shape:
    try:
        return np.broadcast_shapes(a, b)
    except ValueError:
        raise BadModelFile(f"ONNX file: {step.who} joins {a} and {b}, which do not fit each other") from None


def _binary(pair: _Pair) -> Row:
    return lambda step: pair.apply(step, step.value(0), step.value(1))


def _many(pair: _Pair) -> Row:
    """Any number of inputs, one after the other; constants among them first become one."""

    def translate(step: Step) -> Value:
        values = [step.value(number) for number in range(len(step.inputs))]
        if len(values) == 1:
            return values[0]
        for number, value in enumerate(values[2:], 2):
            part = f"first{number}" if number > 2 else "first"
            values[0] = pair.apply(step, values[0], values[number - 1], part)
            values[1] = value
        return pair.apply(step, values[0], values[-1])

    return translate


def _mean(step: Step) -> Value:
    """The sum of all inputs, divided by their number."""
    count = len(step.inputs)
    if count == 1:
        return step.value(0)
    total = _many(ADD)(step.part("sum"))
    return with_constant(step, total, np.array(count, np.float32), DivideByConstant)


def _power(step: Step) -> Value:
    base, exponent = step.value(0), step.value(1)
    if isinstance(exponent, np.ndarray) and exponent.size == 1:
        return mapped(step, Power(float(exponent.reshape(()))))
    if isinstance(exponent, np.ndarray):
        return with_constant(step, base, exponent, PowerByConstant)
    if isinstance(base, np.ndarray) and base.min(initial=1) > 0:
        # a to the x is e to the x log a
        scaled = with_constant(step, exponent, np.log(base), MultiplyConstant, "exponent")
        return step.make(Exp(), step.network.settle(scaled, step.who), shape=scaled.shape)
    raise UnsupportedOperator(f"{step.who}: it raises what is computed from the image to such a power")


def _prelu(step: Step) -> Value:
    """The slope fits one sample from its last axis on; before operator set 7 it fitted channels."""
    return with_constant(step, step.value(0), step.numbers(1), PRelu)


def _negative(step: Step) -> Value:
    return with_constant(step, step.value(0), np.array(-1.0, np.float32), MultiplyConstant)


def _reciprocal(step: Step) -> Value:
    return with_constant(step, step.value(0), np.array(1.0, np.float32), ConstantOver)


def _subtract(step: Step) -> Value:
    """x minus a constant adds what is opposite to it."""
    a, b = step.value(0), step.value(1)
    if isinstance(b, np.ndarray):
        return with_constant(step, a, -b.astype(np.float32), AddConstant)
    return _Pair(Subtract(), AddConstant, ConstantMinus).apply(step, a, b)


ADD = _Pair(Add(), AddConstant, AddConstant)
MAXIMUM = _Pair(Maximum(), MaxConstant, MaxConstant)
MINIMUM = _Pair(Minimum(), MinConstant, MinConstant)

ARITHMETIC: dict[str, Row] = {
    "Add": _binary(ADD),
    "Div": _binary(_Pair(Divide(), DivideByConstant, ConstantOver)),
    "Max": _many(MAXIMUM),
    "Mean": _mean,
    "Min": _many(MINIMUM),
    "Mul": _binary(_Pair(Multiply(), MultiplyConstant, MultiplyConstant)),
    "Neg": _negative,
    "PRelu": _prelu,
    "Pow": _power,
    "Reciprocal": _reciprocal,
    "Sub": _subtract,
    "Sum": _many(ADD),
}
