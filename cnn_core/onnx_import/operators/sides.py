"""Windows over three sides that move along one of them alone: the other two are one side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from onnx import NodeProto, helper

from cnn_core.onnx_import.operators.views import computed, reshaped
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Value

__all__ = ["in_two_sides"]

Row = Callable[[Step], Value]


def in_two_sides(row: Row) -> Row:
    """The operator on maps of three sides, the two that its window does not look along as one."""

    def translate(step: Step) -> Value:
        x = computed(step)
        if len(x.shape) != 5 or (at := _idle(step)) is None:
            return row(step)
        sides = x.shape[2:]
        joined = (*sides[:at], sides[at] * sides[at + 1], *sides[at + 2 :])
        seen = step.network.settle(reshaped(step, x, (*x.shape[:2], *joined), "joined"), step.who)
        inputs = (seen, *(_kernel(value, at) for value in step.inputs[1:]))
        made = step.network.settle(
            row(replace(step.part("window"), node=_node(step, at), inputs=inputs)), step.who
        )
        first, second = made.shape[2:]
        after = (*sides[at : at + 2], second) if at == 0 else (first, *sides[at : at + 2])
        return reshaped(step, made, (*made.shape[:2], *after))

    return translate


def _idle(step: Step) -> int | None:
    """The first of two neighbouring sides along which the window is one place, step by step."""
    kernel = list(step.attribute("kernel_shape") or step.numbers(1).shape[2:])
    strides, dilations = (list(step.attribute(name) or [1] * 3) for name in ("strides", "dilations"))
    pads = list(step.attribute("pads") or [0] * 6)
    if step.attribute("auto_pad", "NOTSET") not in ("NOTSET", "VALID") or len(kernel) != 3:
        return None
    idle = [
        (kernel[side], strides[side], dilations[side], pads[side], pads[side + 3]) == (1, 1, 1, 0, 0)
        for side in range(3)
    ]
    return next((side for side in (1, 0) if idle[side] and idle[side + 1]), None)


def _kernel(value: object, at: int) -> Value | None:
    """Weights without the second of both sides, along which they are one place."""
    if isinstance(value, np.ndarray) and value.ndim == 5:
        return np.asarray(value.squeeze(at + 3))
    return value  # type: ignore[return-value]


def _node(step: Step, at: int) -> NodeProto:
    """The operator with what it says of sides for two of them."""
    node = NodeProto()
    node.CopyFrom(step.node)
    del node.attribute[:]
    for found in step.node.attribute:
        value = helper.get_attribute_value(found)
        if found.name in ("kernel_shape", "strides", "dilations", "pads"):
            value = [each for place, each in enumerate(value) if place % 3 != at + 1]
        node.attribute.append(helper.make_attribute(found.name, value))
    return node
