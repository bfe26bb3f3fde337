"""Operators that hand on some of the numbers, or some of them more than once: slices, pads, repetition."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from cnn_core.errors import BadModelFile, UnsupportedOperator
from cnn_core.layers import Gather, Pad, Repeat, Slice
from cnn_core.layers.base import Shape
from cnn_core.onnx_import.operators.views import in_three, led, own_shape, reshaped
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Tensor, Value, held

__all__ = ["PICKING", "cut"]

Row = Callable[[Step], "Value | tuple[Value, ...]"]


def _repeat(step: Step, x: Tensor, times: Sequence[int], shape: Shape) -> Value:
    """Repeat a sample as often as said per axis; x has its axes already."""
    if times[0] != 1:
        raise UnsupportedOperator(f"{step.who}: it repeats the images of a batch")
    own = tuple(times[1:])
    if all(count == 1 for count in own):
        return x
    return step.make(Repeat(x.shape[1:], held(shape)[1:], own), x, shape=shape)


def _expand(step: Step) -> Value:
    x, lead = step.tensor(), step.network.lead
    wanted = [int(size) for size in np.ravel(step.numbers(1))]
    own = own_shape(step, x)
    shape = np.broadcast_shapes(own, tuple(wanted))
    if len(shape) > len(own):
        if not lead:
            raise UnsupportedOperator(f"{step.who}: it puts axes before that of the images")
        x = step.seen_as(x, led(step, x, (1,) * (len(shape) - len(own)) + own), "seen")
    shape = led(step, x, shape)
    return _repeat(step, x, [a // b for a, b in zip(shape, x.shape, strict=True)], shape)


def _tile(step: Step) -> Value:
    x = step.tensor()
    times = [1] * step.network.lead + [int(count) for count in np.ravel(step.numbers(1))]
    if len(times) != len(x.shape) or min(times) < 1:
        raise BadModelFile(f"ONNX file: {step.who} repeats {x.shape} {times[:8]} times")
    return _repeat(step, x, times, tuple(a * b for a, b in zip(x.shape, times, strict=True)))


def cut(
    step: Step, x: Tensor, start: Sequence[int], by: Sequence[int], count: Sequence[int], part: str
) -> Tensor:
    """A slice of a sample, along every axis from ``start`` on, ``count`` values, ``by`` apart."""
    if min(count) < 1:
        raise UnsupportedOperator(f"{step.who}: nothing is left of {x.shape}")
    shape = (x.shape[0], *count)
    layer = Slice(x.shape[1:], held(shape)[1:], tuple(start), tuple(by), tuple(count))
    return step.make(layer, x, shape=shape, part=part)


def _slice(step: Step) -> Value:
    x = step.tensor()
    rank = len(x.shape)
    starts, ends = step.integers("starts", 1), step.integers("ends", 2)
    axes = step.integers("axes", 3) or list(range(len(starts)))
    steps = step.integers("steps", 4) or [1] * len(starts)
    start, by, count = [0] * rank, [1] * rank, list(x.shape)
    for first, end, axis, each in zip(starts, ends, axes, steps, strict=True):
        place = axis % (rank - step.network.lead) + step.network.lead
        taken = range(x.shape[place])[slice(first, end, each)]
        start[place], by[place], count[place] = taken.start, taken.step, len(taken)
    if (start[0], by[0], count[0]) != (0, 1, x.shape[0]):
        raise UnsupportedOperator(f"{step.who}: it takes some images of a batch")
    if count == list(x.shape) and all(each == 1 for each in by):
        return x
    return cut(step, x, start[1:], by[1:], count[1:], "")


def _split(step: Step) -> tuple[Value, ...]:
    x, outputs = step.tensor(), len(step.node.output)
    axis = step.axis(step.attribute("axis", 0), len(x.shape))
    sizes = step.integers("split", 1)
    if sizes is None:
        each = -(-x.shape[axis] // outputs)
        sizes = [each] * (outputs - 1)
        sizes.append(x.shape[axis] - sum(sizes))
    if sum(sizes) != x.shape[axis] or len(sizes) != outputs or min(sizes) < 1:
        raise BadModelFile(f"ONNX file: {step.who} cuts {x.shape[axis]} values into {sizes[:8]}")
    made: list[Value] = []
    for number, size in enumerate(sizes):
        start, count = [0] * (len(x.shape) - 1), list(x.shape[1:])
        start[axis - 1], count[axis - 1] = sum(sizes[:number]), size
        part = cut(step, x, start, [1] * len(start), count, f"part{number + 1}")
        step.network.sources[part.node] = step.node.output[number]
        made.append(part)
    return tuple(made)


def _gather(step: Step) -> Value:
    x, indices = step.tensor(), step.numbers(1)
    axis = step.axis(step.attribute("axis", 0), len(x.shape))
    length = x.shape[axis]
    picked = [int(index) for index in np.ravel(indices)]
    if not picked or len(picked) > 100_000 or any(not -length <= index < length for index in picked):
        raise BadModelFile(f"ONNX file: {step.who} picks {picked[:8]} of {length} values")
    picked = [index % length for index in picked]
    seen = in_three(step, x, axis, axis + 1, "seen") if len(x.shape) > 4 else x
    at = 2 if len(x.shape) > 4 else axis
    count = (*seen.shape[:at], len(picked), *seen.shape[at + 1 :])
    layer = Gather(seen.shape[1:], held(count)[1:], at - 1, tuple(picked))
    shape = (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])
    whole = len(shape) == len(x.shape) <= 4
    made = step.make(layer, seen, shape=count, part="" if whole else "picked")
    return made if whole else reshaped(step, made, shape)


def _pad(step: Step) -> Value:
    x, lead = step.tensor(), step.network.lead
    rank = len(x.shape) - lead
    pads = step.integers("pads", 1)
    axes = step.integers("axes", 3) or list(range(rank))
    if pads is None or len(pads) != 2 * len(axes):
        raise BadModelFile(f"ONNX file: {step.who} has {len(pads or ())} pads for {len(axes)} axes")
    before, after = [0] * len(x.shape), [0] * len(x.shape)
    for axis, first, last in zip(axes, pads[: len(axes)], pads[len(axes) :], strict=True):
        before[axis % rank + lead], after[axis % rank + lead] = first, last
    if before[0] or after[0]:
        raise UnsupportedOperator(f"{step.who}: it pads the axis of the images")
    value = np.ravel(step.numbers(2))[:1] if step.given(2) else [step.attribute("value", 0.0)]
    mode = step.attribute("mode", "constant")
    x, before, after = _without_negative(step, x, before, after)
    shape = tuple(a + b + c for a, b, c in zip(before, x.shape, after, strict=True))
    if not any((*before, *after)):
        return x
    layer = Pad(
        x.shape[1:], held(shape)[1:], tuple(before[1:]), tuple(after[1:]), mode, float([*value, 0.0][0])
    )
    return step.make(layer, x, shape=shape)


def _without_negative(
    step: Step, x: Tensor, before: list[int], after: list[int]
) -> tuple[Tensor, list[int], list[int]]:
    """Negative pads cut off: that is a slice of its own."""
    if min(*before, *after) >= 0:
        return x, before, after
    start = [max(0, -count) for count in before]
    count = [size - a - max(0, -b) for size, a, b in zip(x.shape, start, after, strict=True)]
    rest = [max(0, size) for size in before], [max(0, size) for size in after]
    part = "cut" if any((*rest[0], *rest[1])) else ""
    return cut(step, x, start[1:], [1] * len(start[1:]), count[1:], part), *rest


PICKING: dict[str, Row] = {
    "Expand": _expand,
    "Gather": _gather,
    "Pad": _pad,
    "Slice": _slice,
    "Split": _split,
    "Tile": _tile,
}
