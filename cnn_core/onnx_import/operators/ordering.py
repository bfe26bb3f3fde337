"""The largest values along an axis, and where they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn_core.errors import BadModelFile
from cnn_core.layers import TopK
from cnn_core.onnx_import.operators.views import in_three, reshaped
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Tensor, Value

__all__ = ["ORDERING"]

Row = Callable[[Step], "Value | tuple[Value, ...]"]


def _taken(step: Step, x: Tensor, axis: int, count: int, part: str, **options: bool) -> Tensor:
    """Values along an axis of the file, whatever the number of its axes."""
    shape = (*x.shape[:axis], count, *x.shape[axis + 1 :])
    if len(x.shape) <= 4:
        return step.make(TopK(axis, count, **options), x, shape=shape, part=part)
    rows = in_three(step, x, axis, axis + 1, f"{part}rows")
    made = step.make(TopK(2, count, **options), rows, part=f"{part}taken")
    made = Tensor(made.node, (*rows.shape[:2], count, *rows.shape[3:]))
    return step.seen_as(made, shape, part)


def _arg(largest: bool) -> Row:
    def translate(step: Step) -> Value:
        x = step.tensor()
        axis = step.axis(step.attribute("axis", 0), len(x.shape))
        last = bool(step.attribute("select_last_index", 0))
        keep = step.attribute("keepdims", 1)
        made = _taken(step, x, axis, 1, "" if keep else "place", largest=largest, places=True, last=last)
        shape = (*x.shape[:axis], *x.shape[axis + 1 :])
        return made if keep else reshaped(step, made, shape)

    return translate


def _top_k(step: Step) -> tuple[Value, ...]:
    """Values and places; ONNX leaves the order of equal ones open."""
    x = step.tensor()
    axis = step.axis(step.attribute("axis", -1), len(x.shape))
    count = int(np.ravel(step.numbers(1))[0]) if step.given(1) else int(step.attribute("k", 0))
    if not 1 <= count <= x.shape[axis]:
        raise BadModelFile(f"ONNX file: {step.who} takes {count} of {x.shape[axis]} values")
    largest = bool(step.attribute("largest", 1))
    found = [
        _taken(step, x, axis, count, part, largest=largest, places=places)
        for part, places in (("values", False), ("places", True))
    ]
    for tensor, name in zip(found, step.node.output, strict=False):
        if name:
            step.network.sources[tensor.node] = name
    return tuple(found)


ORDERING: dict[str, Row] = {"ArgMax": _arg(True), "ArgMin": _arg(False), "TopK": _top_k}
