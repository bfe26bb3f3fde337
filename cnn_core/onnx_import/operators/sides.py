"""Windows over three sides that look along one or two of them alone.

Where they look along one, the other two are one side; where along two, each place of the third is channels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from onnx import NodeProto, helper

from cnn_core.onnx_import.operators.views import Computed, computed, reshaped, transposed
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Known, Value

__all__ = ["in_two_sides"]

Row = Callable[[Step], Value]


def in_two_sides(row: Row) -> Row:
    """The operator on maps of three sides; those that its window does not look along are one, or channels."""

    def translate(step: Step) -> Value:
        x = computed(step)
        if step.network.lead:
            return _parts_as_channels(step, row, x)
        idle = _idle(step) if len(x.shape) == 5 else []
        if not any(idle):
            return row(step)
        at = next((side for side in (1, 0) if idle[side] and idle[side + 1]), None)
        if at is None:
            return _as_channels(step, row, x, idle.index(True))
        sides = x.shape[2:]
        joined = (*sides[:at], sides[at] * sides[at + 1], *sides[at + 2 :])
        seen = step.network.settle(reshaped(step, x, (*x.shape[:2], *joined), "joined"), step.who)
        inputs = (seen, *(_kernel(value, at) for value in step.inputs[1:]))
        made = step.network.settle(
            row(replace(step.part("window"), node=_node(step, at + 1), inputs=inputs)), step.who
        )
        first, second = made.shape[2:]
        after = (*sides[at : at + 2], second) if at == 0 else (first, *sides[at : at + 2])
        return reshaped(step, made, (*made.shape[:2], *after))

    return translate


def _as_channels(step: Step, row: Row, x: Computed, side: int) -> Value:
    """The operator on maps of two sides, with the channels of every place along the third in a row."""
    rest = [axis for axis in (2, 3, 4) if axis != side + 2]
    turned = transposed(step, x, (0, side + 2, 1, *rest), "turned")
    flat = [value.squeeze(side + 2) if value.ndim == 5 else value for value in _weights(step)]
    made = _in_a_row(step, row, turned, flat, _node(step, side, x.shape[side + 2]))
    back = [0, 2, 3, 4]
    back.insert(side + 2, 1)
    return transposed(step, step.network.settle(made, step.who), back)


def _parts_as_channels(step: Step, row: Row, x: Computed) -> Value:
    """The operator on several parts of one image at once, with their channels in a row."""
    before, step.network.lead = step.network.lead, 0
    try:
        return _in_a_row(step, row, x, _weights(step), _node(step, None, x.shape[1]), "")
    finally:
        step.network.lead = before


def _weights(step: Step) -> list[Known]:
    return [value for value in step.inputs[1:] if isinstance(value, np.ndarray)]


def _in_a_row(
    step: Step, row: Row, x: Computed, weights: list[Known], node: NodeProto, part: str = "apart"
) -> Computed:
    """The operator on (N, T, C, ...), each of T by itself: with T * C channels, and the weights T times."""
    images, times, channels, *sides = x.shape
    maps = reshaped(step, x, (images, times * channels, *sides), "maps")
    repeated = [np.tile(value, [times] + [1] * (value.ndim - 1)) for value in weights]
    inputs: tuple[Value, ...] = (step.network.settle(maps, step.who), *repeated)
    made = step.network.settle(row(replace(step.part("window"), node=node, inputs=inputs)), step.who)
    return reshaped(step, made, (images, times, made.shape[1] // times, *made.shape[2:]), part)


def _idle(step: Step) -> list[bool]:
    """For each of three sides whether the window is one place along it, step by step."""
    kernel = list(step.attribute("kernel_shape") or step.numbers(1).shape[2:])
    strides, dilations = (list(step.attribute(name) or [1] * 3) for name in ("strides", "dilations"))
    pads = list(step.attribute("pads") or [0] * 6)
    if step.attribute("auto_pad", "NOTSET") not in ("NOTSET", "VALID") or len(kernel) != 3:
        return []
    return [
        (kernel[side], strides[side], dilations[side], pads[side], pads[side + 3]) == (1, 1, 1, 0, 0)
        for side in range(3)
    ]


def _kernel(value: object, at: int) -> Value | None:
    """Weights without the second of both sides, along which they are one place."""
    if isinstance(value, np.ndarray) and value.ndim == 5:
        return np.asarray(value.squeeze(at + 3))
    return value  # type: ignore[return-value]


def _node(step: Step, without: int | None, times: int = 1) -> NodeProto:
    """The operator with what it says of two of three sides, or all, and so many times as many groups."""
    node = NodeProto()
    node.CopyFrom(step.node)
    del node.attribute[:]
    for found in step.node.attribute:
        value = helper.get_attribute_value(found)
        if without is not None and found.name in ("kernel_shape", "strides", "dilations", "pads"):
            value = [each for place, each in enumerate(value) if place % 3 != without]
        if found.name != "group":
            node.attribute.append(helper.make_attribute(found.name, value))
    if step.operator == "Conv":
        node.attribute.append(helper.make_attribute("group", times * int(step.attribute("group", 1))))
    return node
