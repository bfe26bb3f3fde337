"""Operators that hand numbers on: in another shape, order or choice."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from onnx import TensorProto

from cnn_core.errors import BadModelFile, UnsupportedOperator
from cnn_core.layers import Concat, Gather, Pad, Repeat, Slice
from cnn_core.layers.base import Shape
from cnn_core.onnx_import.operators.views import computed, in_three, reshaped, transposed
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Tensor, Value, held

__all__ = ["SHAPING"]

Row = Callable[[Step], "Value | tuple[Value, ...]"]

_FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16)


def _own(step: Step, value: Value) -> Shape:
    """The shape as the file has it, without a batch axis that was put in front."""
    return tuple(value.shape[step.network.lead :])


def _led(step: Step, value: Value, shape: Sequence[int]) -> Shape:
    """A shape of the file with the batch axis in front that its value has."""
    return (*value.shape[: step.network.lead], *shape)


def _identity(step: Step) -> Value:
    return step.value(0)


def _cast(step: Step) -> Value:
    wanted = step.attribute("to", TensorProto.FLOAT)
    if wanted not in _FLOATS:
        name = TensorProto.DataType.Name(wanted).lower()
        raise UnsupportedOperator(
            f"{step.who}: it turns values of the image into {name}; only floats are shown"
        )
    if wanted == TensorProto.FLOAT16:
        step.network.note("The file computes in half precision, ConvScope in single.")
    return step.value(0)


def _shape(step: Step) -> Value:
    found = _own(step, step.value(0))
    return np.array(found[step.attribute("start", 0) : step.attribute("end")], np.int64)


def _size(step: Step) -> Value:
    return np.array(math.prod(_own(step, step.value(0))), np.int64)


def _reshape(step: Step) -> Value:
    x = computed(step)
    own, wanted = _own(step, x), [int(size) for size in np.ravel(step.numbers(1))]
    if not step.attribute("allowzero", 0):
        wanted = [own[at] if not size and at < len(own) else size for at, size in enumerate(wanted)]
    if wanted.count(-1) == 1:
        rest = -math.prod(wanted)
        wanted[wanted.index(-1)] = math.prod(own) // rest if rest > 0 else 0
    return reshaped(step, x, _led(step, x, wanted))


def _flatten(step: Step) -> Value:
    x = computed(step)
    own = _own(step, x)
    axis = int(step.attribute("axis", 1))
    if not -len(own) <= axis <= len(own):
        raise BadModelFile(f"ONNX file: {step.who} names axis {axis} of a tensor that has {len(own)}")
    axis += len(own) * (axis < 0)
    return reshaped(step, x, _led(step, x, (math.prod(own[:axis]), math.prod(own[axis:]))))


def _transpose(step: Step) -> Value:
    x, lead = computed(step), step.network.lead
    rank = len(x.shape) - lead
    order = step.attribute("perm") or list(range(rank))[::-1]
    return transposed(step, x, [*range(lead), *(int(axis) + lead for axis in order)])


def _squeeze(step: Step) -> Value:
    x = computed(step)
    axes = step.integers("axes", 1)
    if axes is None:
        drop = {axis for axis in range(1, len(x.shape)) if x.shape[axis] == 1}
    else:
        drop = {step.axis(axis, len(x.shape)) for axis in axes}
    if any(x.shape[axis] != 1 for axis in drop):
        raise BadModelFile(f"ONNX file: {step.who} takes away axes of {x.shape} that are longer than 1")
    return reshaped(step, x, [size for axis, size in enumerate(x.shape) if axis not in drop])


def _unsqueeze(step: Step) -> Value:
    x = computed(step)
    own, axes = list(_own(step, x)), step.integers("axes", 1, [])
    rank = len(own) + len(axes)
    if any(not -rank <= axis < rank for axis in axes) or rank > 64:
        raise BadModelFile(f"ONNX file: {step.who} names an axis of {axes[:8]} beyond the {rank} there are")
    for axis in sorted(axis % rank for axis in axes):
        own.insert(axis, 1)
    return reshaped(step, x, _led(step, x, own))


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
    own = _own(step, x)
    shape = np.broadcast_shapes(own, tuple(wanted))
    if len(shape) > len(own):
        if not lead:
            raise UnsupportedOperator(f"{step.who}: it puts axes before that of the images")
        x = step.seen_as(x, _led(step, x, (1,) * (len(shape) - len(own)) + own), "seen")
    shape = _led(step, x, shape)
    return _repeat(step, x, [a // b for a, b in zip(shape, x.shape, strict=True)], shape)


def _tile(step: Step) -> Value:
    x = step.tensor()
    times = [1] * step.network.lead + [int(count) for count in np.ravel(step.numbers(1))]
    if len(times) != len(x.shape) or min(times) < 1:
        raise BadModelFile(f"ONNX file: {step.who} repeats {x.shape} {times[:8]} times")
    return _repeat(step, x, times, tuple(a * b for a, b in zip(x.shape, times, strict=True)))


def _concat(step: Step) -> Value:
    values = [step.value(number) for number in range(len(step.inputs))]
    if any(isinstance(value, np.ndarray) for value in values):
        raise UnsupportedOperator(f"{step.who}: it joins constants to what is computed from the image")
    tensors = [step.tensor(number) for number in range(len(values))]
    rank = len(tensors[0].shape)
    axis = step.axis(step.attribute("axis", 1), rank)
    rest = {(*x.shape[:axis], *x.shape[axis + 1 :]) for x in tensors}
    if len(rest) > 1:
        raise BadModelFile(f"ONNX file: {step.who} joins {' and '.join(str(x.shape) for x in tensors[:4])}")
    length = sum(x.shape[axis] for x in tensors)
    shape = (*tensors[0].shape[:axis], length, *tensors[0].shape[axis + 1 :])
    if len(tensors) == 1:
        return tensors[0]
    if rank <= 4:
        return step.make(Concat(axis), *tensors, shape=shape)
    parts = [in_three(step, x, axis, axis + 1, f"seen{number}") for number, x in enumerate(tensors)]
    return step.seen_as(step.make(Concat(2), *parts, part="joined"), shape)


def _cut(
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
    return _cut(step, x, start[1:], by[1:], count[1:], "")


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
        part = _cut(step, x, start, [1] * len(start), count, f"part{number + 1}")
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
    return _cut(step, x, start[1:], [1] * len(start[1:]), count[1:], part), *rest


def _depth_to_space(step: Step) -> Value:
    """Channels become rows and columns, as in Shi et al. 2016; ``mode`` says which of them."""
    x, block = step.map(), int(step.attribute("blocksize"))
    batch, channels, height, width = (*x.shape, 1)[:4]
    depth = channels // (block * block)
    if step.attribute("mode", "DCR") == "CRD":
        split, order = (depth, block, block, height, width), (0, 1, 4, 2, 5, 3)
    else:
        split, order = (block, block, depth, height, width), (0, 3, 4, 1, 5, 2)
    seen = transposed(step, reshaped(step, x, (batch, *split), "split"), order, "turned")
    return reshaped(step, seen, (batch, depth, height * block, width * block))


def _space_to_depth(step: Step) -> Value:
    x, block = step.map(), int(step.attribute("blocksize"))
    batch, channels, height, width = (*x.shape, 1)[:4]
    rows, columns = height // block, width // block
    seen = reshaped(step, x, (batch, channels, rows, block, columns, block), "split")
    order = (0, 1, 3, 5, 2, 4) if step.attribute("mode", "DCR") == "CRD" else (0, 3, 5, 1, 2, 4)
    turned = transposed(step, seen, order, "turned")
    return reshaped(step, turned, (batch, channels * block * block, rows, columns))


SHAPING: dict[str, Row] = {
    "Cast": _cast,
    "Concat": _concat,
    "DepthToSpace": _depth_to_space,
    "Expand": _expand,
    "Flatten": _flatten,
    "Gather": _gather,
    "Identity": _identity,
    "Pad": _pad,
    "Reshape": _reshape,
    "Shape": _shape,
    "Size": _size,
    "Slice": _slice,
    "SpaceToDepth": _space_to_depth,
    "Split": _split,
    "Squeeze": _squeeze,
    "Tile": _tile,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
