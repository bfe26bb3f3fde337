"""The axis of the images, where a file with one image at a time treats it as any other.

Such a file may drop it, stack maps along it, move it behind others and bring it back. From there on its
tensors get an axis of images in front of their own, until their own first one is that of the image again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from cnn_core.errors import UnsupportedOperator
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Led, Pending, Tensor, Value

__all__ = ["along", "led", "unled"]

Row = Callable[[Step], "Value | tuple[Value, ...]"]

BATCHED = frozenset(
    {
        "AveragePool",
        "Conv",
        "ConvTranspose",
        "Crop",
        "DepthToSpace",
        "GlobalAveragePool",
        "GlobalLpPool",
        "GlobalMaxPool",
        "GridSample",
        "GroupNormalization",
        "ImageScaler",
        "InstanceNormalization",
        "LRN",
        "LpPool",
        "MaxPool",
        "MaxUnpool",
        "Resize",
        "SpaceToDepth",
        "Upsample",
        "com.microsoft.FusedConv",
    }
)
"""Operators whose first axis is that of the images, whatever the file makes of it elsewhere..."""

WINDOWED = frozenset({"AveragePool", "Conv", "MaxPool"})
"""...but these can be computed on parts of one image that a file has put there."""


def along(step: Step, row: Row) -> Sequence[Value | Led]:
    """The outputs of an operator: with the images along the first axis, or failing that in front of it.

    Raises:
        UnsupportedOperator: neither can be done.
    """
    batched = step.operator in BATCHED and not _of_parts(step)
    if batched or not any(isinstance(value, Led) for value in step.inputs):
        mark = step.network.mark()
        try:
            return _run(replace(step, inputs=tuple(unled(step, value) for value in step.inputs)), row)
        except UnsupportedOperator:
            if batched or not all(map(_one, step.inputs)):
                raise
            step.network.back_to(mark)
            return _in_front(step, row)
    return _in_front(step, row)


def _of_parts(step: Step) -> bool:
    """Whether a window is moved over parts of one image, such as the windows that attention looks at."""
    x = step.inputs[0]
    return step.operator in WINDOWED and isinstance(x, Led) and x.value.shape[1] > 1


def _in_front(step: Step, row: Row) -> Sequence[Value | Led]:
    network = step.network
    network.lead = 1
    try:
        made = _run(replace(step, inputs=tuple(led(step, value) for value in step.inputs)), row)
    finally:
        network.lead = 0
    return [_first_again(step, value) for value in made]


def _run(step: Step, row: Row) -> tuple[Value, ...]:
    made = row(step)
    return made if isinstance(made, tuple) else (made,)


def _one(value: Value | Led | None) -> bool:
    return not isinstance(value, Tensor | Pending) or value.shape[0] == 1


def led(step: Step, value: Value | Led | None) -> Value | None:
    """A value of one image with an axis of images in front of its own.

    Raises:
        UnsupportedOperator: it is of several.
    """
    if isinstance(value, Led):
        return value.value
    if not isinstance(value, Tensor | Pending):
        return value
    if value.shape[0] != 1:
        raise UnsupportedOperator(f"{step.who}: it joins one image and several")
    return _seen(step, value, (1, *value.shape))


def unled(step: Step, value: Value | Led | None) -> Value | None:
    """A value with its own first axis as that of the images.

    Raises:
        UnsupportedOperator: it has several along that.
    """
    if not isinstance(value, Led):
        return value
    if value.value.shape[1] != 1:
        raise UnsupportedOperator(f"{step.who}: it takes what lies along its first axis as several images")
    return _seen(step, value.value, value.value.shape[1:])


def _first_again(step: Step, value: Value) -> Value | Led:
    """Without the axis in front, if the image's own stands first again."""
    if not isinstance(value, Tensor | Pending):
        return value
    if len(value.shape) > 2 and value.shape[1] == 1:
        return _seen(step, value, value.shape[1:])
    return Led(value)


def _seen(step: Step, value: Tensor | Pending, shape: tuple[int, ...]) -> Pending:
    if isinstance(value, Pending):
        return replace(value, shape=shape)
    order = tuple(range(len(value.shape) - 1))
    return Pending(value, value.shape[1:], order, shape, f"{step.name}.seen")
