"""Quantised operators, shown with the values that their levels stand for.

What the file holds as whole numbers q is held here as (q - zero) * scale, so convolutions, maxima and views
see what they would in floating point, rounded as the file rounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cnn_core.errors import UnsupportedOperator
from cnn_core.layers import Levels
from cnn_core.onnx_import.operators.matrix import MATRIX
from cnn_core.onnx_import.operators.windows import WINDOWS
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Known, Value

__all__ = ["QUANTISED"]

Row = Callable[[Step], Value]

NOTE = (
    "The network is quantised. Every layer is shown with the values that its whole numbers stand for, "
    "rounded as the file rounds them."
)


def _quantize(step: Step) -> Value:
    """The levels that values are rounded to; the file's whole numbers themselves are not compared."""
    step.network.note(NOTE)
    return _rounded(step, step.value(0), 1, 2, "")


def _rounded(step: Step, value: Value, scale: int, zero: int, part: str) -> Value:
    x = step.network.settle(value, step.who)
    factor, offset = step.numbers(scale), step.numbers(zero) if step.given(zero) else np.zeros((), np.uint8)
    if factor.size != 1 or offset.size != 1:
        raise UnsupportedOperator(f"{step.who}: it rounds every channel by a scale of its own")
    bounds = np.iinfo(offset.dtype)
    layer = Levels(float(factor.reshape(())), int(offset.reshape(())), int(bounds.min), int(bounds.max))
    made = step.make(layer, x, shape=x.shape, part=part)
    step.network.levels.add(made.node)
    return made


def _dequantize(step: Step) -> Value:
    """What the levels stand for, which is what is held already."""
    step.network.note(NOTE)
    value = step.value(0)
    if isinstance(value, np.ndarray):
        return _known(step, 0, 1, 2, step.attribute("axis", 1))
    x = step.network.settle(value, step.who)
    # here file and graph have the same numbers again
    step.network.sources[x.node] = step.node.output[0]
    return x


def _known(step: Step, weight: int, scale: int, zero: int, axis: int) -> Known:
    """Weights as what they stand for, by one scale or one along an axis."""
    values = step.numbers(weight).astype(np.float32)

    def along(number: int) -> Known:
        if not step.given(number):
            return np.zeros((), np.float32)
        told = step.numbers(number).astype(np.float32)
        shape = [1] * values.ndim
        if told.size > 1:
            shape[axis] = told.size
        return told.reshape(shape)

    return np.asarray((values - along(zero)) * along(scale))


def _q_conv(step: Step) -> Value:
    """x, scale, zero; weights, scale, zero; scale and zero of the output; bias in whole numbers."""
    step.network.note(NOTE)
    weight = _known(step, 3, 4, 5, 0)
    inputs: list[Value] = [step.value(0), weight]
    if step.given(8):
        scale = step.numbers(1).reshape(()) * np.ravel(step.numbers(4))
        inputs.append(np.asarray(step.numbers(8) * scale, np.float32))
    made = WINDOWS["Conv"](replace(step.part("conv"), inputs=tuple(inputs)))
    return _rounded(step, made, 6, 7, "")


def _q_matmul(step: Step) -> Value:
    """As the convolution: a, b and the output with their scales and zeros."""
    step.network.note(NOTE)
    weight = _known(step, 3, 4, 5, -1)
    inputs = (step.value(0), weight)
    made = MATRIX["MatMul"](replace(step.part("product"), inputs=inputs))
    return _rounded(step, made, 6, 7, "")


QUANTISED: dict[str, Row] = {
    "DequantizeLinear": _dequantize,
    "QLinearConv": _q_conv,
    "QLinearMatMul": _q_matmul,
    "QuantizeLinear": _quantize,
}
