"""The same numbers seen otherwise: reshape and transpose of what may be known, computed or pending."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from cnn_core.errors import BadModelFile, ModelLimit, UnsupportedOperator
from cnn_core.layers.base import Shape
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Pending, Tensor, Value

__all__ = ["Computed", "computed", "in_three", "led", "own_shape", "reshaped", "transposed"]

Computed = Tensor | Pending


def computed(step: Step, number: int = 0) -> Computed:
    """An input that is computed from the image, with whatever is pending of it.

    Raises:
        UnsupportedOperator: it is a constant.
    """
    value = step.value(number)
    return value if isinstance(value, Pending) else step.tensor(number)


def reshaped(step: Step, value: Computed, shape: Sequence[int], part: str = "") -> Pending:
    """The same numbers in the same order, as ``shape``, the batch axis first.

    Raises:
        BadModelFile: that shape has more or fewer.
        UnsupportedOperator: images would not stay apart.
        ModelLimit: it has too many axes.
    """
    shape = tuple(int(size) for size in shape)
    if len(shape) > step.network.limits.max_rank + step.network.lead:
        raise ModelLimit(
            f"ONNX file: {step.who} makes {len(shape)} axes, at most {step.network.limits.max_rank} are read"
        )
    if min(shape, default=1) < 1 or math.prod(shape) != math.prod(value.shape):
        raise BadModelFile(f"ONNX file: {step.who} cannot see {value.shape} as {shape}")
    if shape[:1] != value.shape[:1]:
        raise UnsupportedOperator(
            f"{step.who}: it makes {shape} of {value.shape}: the first axis must stay that of the images"
        )
    if isinstance(value, Tensor):
        value = Pending(value, value.shape[1:], tuple(range(len(value.shape) - 1)), value.shape)
    return _called(step, replace(value, shape=shape), part)


def transposed(step: Step, value: Computed, order: Sequence[int], part: str = "") -> Pending:
    """Axis ``order[i]`` becomes axis i; the first, that of the images, stays.

    Raises:
        BadModelFile: the order does not name every axis once.
        UnsupportedOperator: the first axis does not stay.
    """
    order = tuple(int(axis) for axis in order)
    if sorted(order) != list(range(len(value.shape))):
        raise BadModelFile(f"ONNX file: {step.who} wants the axes of {value.shape} in the order {order}")
    if order[0] != 0:
        raise UnsupportedOperator(f"{step.who}: it moves the first axis, which must stay that of the images")
    own = tuple(axis - 1 for axis in order[1:])
    shape = tuple(value.shape[axis] for axis in order)
    if isinstance(value, Pending) and not value.moves:
        value = Tensor(value.source.node, value.shape)
    if isinstance(value, Pending) and value.shape[1:] != tuple(value.split[axis] for axis in value.order):
        value = step.network.settle(value, step.who)
    if isinstance(value, Tensor):
        return _called(step, Pending(value, value.shape[1:], own, shape), part)
    order = tuple(value.order[axis] for axis in own)
    return _called(step, replace(value, order=order, shape=shape), part)


def in_three(step: Step, value: Tensor, first: int, last: int, part: str) -> Tensor:
    """The sample as ``(before, between, behind)`` around the axes from ``first`` up to ``last``, excluded."""
    shape = value.shape
    parts = (shape[1:first], shape[first:last], shape[last:])
    return step.seen_as(value, (shape[0], *(math.prod(axes) for axes in parts)), part)


def own_shape(step: Step, value: Value) -> Shape:
    """The shape as the file has it, without a batch axis that was put in front."""
    return tuple(value.shape[step.network.lead :])


def led(step: Step, value: Value, shape: Sequence[int]) -> Shape:
    """A shape of the file with the batch axis in front that its value has."""
    return (*value.shape[: step.network.lead], *shape)


def _called(step: Step, value: Pending, part: str) -> Pending:
    """With what a node that this becomes is called, and the file's tensor that it computes, if it does."""
    name = f"{step.name}.{part}" if part else step.name
    tensor = "" if part or step.within else step.node.output[0]
    return replace(value, name=name, tensor=tensor)
