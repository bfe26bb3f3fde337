"""Operators that hand numbers on in another shape or order, or joined."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from onnx import TensorProto

from cnn_core.errors import BadModelFile, UnsupportedOperator
from cnn_core.layers import Abs, Concat, Sign, Truncate
from cnn_core.onnx_import.operators.arithmetic import mapped
from cnn_core.onnx_import.operators.deciding import fixed
from cnn_core.onnx_import.operators.views import computed, in_three, led, own_shape, reshaped, transposed
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Value

__all__ = ["SHAPING"]

Row = Callable[[Step], Value]

_FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16)
_WHOLE = (
    TensorProto.UINT8,
    TensorProto.INT8,
    TensorProto.INT16,
    TensorProto.INT32,
    TensorProto.INT64,
)


def _identity(step: Step) -> Value:
    return step.value(0)


def _cast(step: Step) -> Value:
    """Whole numbers are kept in floating point here, and true and false are 1 and 0."""
    wanted = step.attribute("to", TensorProto.FLOAT)
    if wanted == TensorProto.BOOL:
        x = step.tensor()
        signs = step.make(Sign(), x, shape=x.shape, part="signs")
        return step.make(Abs(), signs, shape=x.shape)
    if wanted in _WHOLE:
        return mapped(step, Truncate())
    if wanted not in _FLOATS:
        name = TensorProto.DataType.Name(wanted).lower()
        raise UnsupportedOperator(f"{step.who}: it turns values of the image into {name}")
    if wanted == TensorProto.FLOAT16:
        step.network.note("The file computes in half precision, ConvScope in single.")
    return step.value(0)


def _shape(step: Step) -> Value:
    found = own_shape(step, step.value(0))
    return np.array(found[step.attribute("start", 0) : step.attribute("end")], np.int64)


def _size(step: Step) -> Value:
    return np.array(math.prod(own_shape(step, step.value(0))), np.int64)


def _reshape(step: Step) -> Value:
    x = computed(step)
    own, wanted = own_shape(step, x), [int(size) for size in np.ravel(step.numbers(1))]
    if not step.attribute("allowzero", 0):
        wanted = [own[at] if not size and at < len(own) else size for at, size in enumerate(wanted)]
    if wanted.count(-1) == 1:
        rest = -math.prod(wanted)
        wanted[wanted.index(-1)] = math.prod(own) // rest if rest > 0 else 0
    return reshaped(step, x, led(step, x, wanted))


def _flatten(step: Step) -> Value:
    x = computed(step)
    own = own_shape(step, x)
    axis = int(step.attribute("axis", 1))
    if not -len(own) <= axis <= len(own):
        raise BadModelFile(f"ONNX file: {step.who} names axis {axis} of a tensor that has {len(own)}")
    axis += len(own) * (axis < 0)
    return reshaped(step, x, led(step, x, (math.prod(own[:axis]), math.prod(own[axis:]))))


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
    own, axes = list(own_shape(step, x)), step.integers("axes", 1, [])
    rank = len(own) + len(axes)
    if any(not -rank <= axis < rank for axis in axes) or rank > 64:
        raise BadModelFile(f"ONNX file: {step.who} names an axis of {axes[:8]} beyond the {rank} there are")
    for axis in sorted(axis % rank for axis in axes):
        own.insert(axis, 1)
    return reshaped(step, x, led(step, x, own))


def _concat(step: Step) -> Value:
    values = [step.value(number) for number in range(len(step.inputs))]
    some = next(step.tensor(at) for at, value in enumerate(values) if not isinstance(value, np.ndarray))
    tensors = [
        fixed(step, value, some, f"constant{at}") if isinstance(value, np.ndarray) else step.tensor(at)
        for at, value in enumerate(values)
    ]
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
    "Flatten": _flatten,
    "Identity": _identity,
    "Reshape": _reshape,
    "Shape": _shape,
    "Size": _size,
    "SpaceToDepth": _space_to_depth,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
