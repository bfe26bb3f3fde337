"""Matrix products: dense layers, convolutions of 1x1 where there are more axes, and those of two branches."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cnn_core.errors import BadModelFile, UnsupportedOperator
from cnn_core.layers import AddConstant, Conv2d, Dense, MultiplyConstant, Product
from cnn_core.onnx_import.operators.arithmetic import ADD, with_constant
from cnn_core.onnx_import.operators.beneath import beneath
from cnn_core.onnx_import.operators.repeating import repeated
from cnn_core.onnx_import.operators.views import Computed, computed, reshaped, transposed
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Known, Tensor, Value

__all__ = ["MATRIX", "both_computed", "multiplied"]


def _gemm(step: Step) -> Value:
    """alpha * A' * B' + beta * C; the usual dense layer where A are vectors and B and C are known."""
    x, weight = computed(step), step.numbers(1).astype(np.float32)
    if weight.ndim != 2 or len(x.shape) - step.network.lead != 2:
        raise BadModelFile(f"ONNX file: {step.who} multiplies matrices, got {x.shape} and {weight.shape}")
    weight = weight.T if step.attribute("transB", 0) else weight
    weight = weight * np.float32(step.attribute("alpha", 1.0))
    if step.attribute("transA", 0):
        step.axis(0, len(x.shape))
        x = transposed(step, x, (0, 2, 1), "turned")
    beta = step.attribute("beta", 1.0)
    if step.given(2) and not isinstance(step.value(2), np.ndarray):
        made, other = multiplied(step, x, weight, "product"), step.tensor(2)
        if beta == 1:
            return ADD.apply(step, made, other)
        return ADD.apply(step, made, with_constant(step, other, np.array(beta), MultiplyConstant, "scaled"))
    bias = step.numbers(2) * np.float32(beta) if step.given(2) else None
    if bias is None or len(x.shape) > 2 or bias.size not in (1, weight.shape[1]):
        made = multiplied(step, x, weight, "" if bias is None else "product")
        return made if bias is None else with_constant(step, _settled(step, made), bias, AddConstant)
    return _dense(step, x, weight, np.broadcast_to(np.ravel(bias), weight.shape[1:]))


def _matmul(step: Step) -> Value:
    a, b = step.value(0), step.value(1)
    if isinstance(b, np.ndarray) and b.ndim == 2 and (made := _mixed(step, a, b)):
        return made
    if isinstance(b, np.ndarray):
        return multiplied(step, computed(step), b[:, np.newaxis] if b.ndim == 1 else b, shorter=b.ndim == 1)
    if not isinstance(a, np.ndarray):
        return both_computed(step, computed(step), computed(step, 1))
    # (A x)^T = x^T A^T
    x = computed(step, 1)
    if len(x.shape) < 3:
        raise UnsupportedOperator(f"{step.who}: it multiplies along the axis of the images")
    turned = (*range(len(x.shape) - 2), len(x.shape) - 1, len(x.shape) - 2)
    made = multiplied(step, transposed(step, x, turned, "turned"), np.swapaxes(a, -1, -2), "product")
    return transposed(step, _settled(step, made), turned)


def both_computed(step: Step, a: Computed, b: Computed, part: str = "") -> Value:
    """The product of what are both computed, along the last two axes, those in front in groups."""
    if len(a.shape) < 3 or len(b.shape) < 3 or a.shape[0] != b.shape[0]:
        raise UnsupportedOperator(
            f"{step.who}: it multiplies {a.shape} and {b.shape} along the axis of images"
        )
    rank = max(len(a.shape), len(b.shape))
    if len(a.shape) != len(b.shape) and not step.network.lead:
        raise UnsupportedOperator(
            f"{step.who}: it multiplies tensors of different rank, {a.shape} and {b.shape}"
        )
    a, b = (_wide(step, each, rank, name) for each, name in ((a, "first"), (b, "second")))
    if a.shape[-1] != b.shape[-2]:
        raise BadModelFile(f"ONNX file: {step.who} multiplies {a.shape} and {b.shape}, which do not fit")
    front = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    sides = []
    for each, name in ((a, "first"), (b, "second")):
        tensor = _settled(step, each)
        whole = repeated(step, tensor, (*front, *each.shape[-2:]), f"{name}_repeated")
        grouped = (front[0], math.prod(front[1:]), *each.shape[-2:])
        sides.append(_settled(step, reshaped(step, whole, grouped, name)))
    shape = (*front, a.shape[-2], b.shape[-1])
    grouped = (front[0], math.prod(front[1:]), *shape[-2:])
    if grouped == shape:
        return step.make(Product(), *sides, shape=shape, part=part)
    made = step.make(Product(), *sides, shape=grouped, part=f"{part}groups")
    return reshaped(step, made, shape, part)


def _wide(step: Step, value: Computed, rank: int, name: str) -> Computed:
    """With axes of length 1 behind that of the images."""
    missing = rank - len(value.shape)
    if not missing:
        return value
    return reshaped(step, value, (value.shape[0], *(1,) * missing, *value.shape[1:]), f"{name}_wide")


def _mixed(step: Step, value: Value, weight: Known) -> Value | None:
    """Channels last times a matrix: beneath the order of axes that is a convolution of 1x1."""
    maps = beneath(step, value)
    if maps is None or maps.axes(len(maps.seen.shape) - 1) != (1,) or maps.maps.shape[1] != len(weight):
        return None
    rows, columns = weight.shape
    layer = Conv2d(rows, columns, (1, 1), bias=False)
    return maps.make(layer, {"weight": weight.T.reshape(columns, rows, 1, 1)})


def multiplied(step: Step, x: Computed, weight: Known, part: str = "", shorter: bool = False) -> Value:
    """x times the matrix, or one for each of the axes in front, along the last axis."""
    *own, rows, columns = weight.shape
    if len(x.shape) < 2:
        raise UnsupportedOperator(f"{step.who}: it multiplies along the axis of the images")
    if rows != x.shape[-1]:
        raise BadModelFile(f"ONNX file: {step.who} multiplies {x.shape} and {weight.shape}, which do not fit")
    if len(x.shape) == 2 and not own:
        if not shorter:
            return _dense(step, x, weight, None, part)
        return reshaped(step, _dense(step, x, weight, None, "product"), x.shape[:-1], part)
    several = tuple(size for size in own)
    while several and several[0] == 1:
        several = several[1:]
    before = x.shape[1 : len(x.shape) - 2] if len(x.shape) > 2 else ()
    if several and several != before:
        raise UnsupportedOperator(
            f"{step.who}: it multiplies {x.shape} and {weight.shape} in several batches"
        )
    groups = math.prod(several)
    vectors = math.prod(x.shape[1:-1]) // groups
    batch, shape = x.shape[0], (*x.shape[:-1], *(() if shorter else (columns,)))
    seen = transposed(step, reshaped(step, x, (batch, groups, vectors, rows), "seen"), (0, 1, 3, 2), "turned")
    maps = _settled(step, reshaped(step, seen, (batch, groups * rows, vectors, 1), "maps"))
    kernels = np.swapaxes(weight.reshape(*several, rows, columns), -1, -2)
    kernels = kernels.reshape(groups * columns, rows, 1, 1)
    layer = Conv2d(groups * rows, groups * columns, (1, 1), groups=groups, bias=False)
    made = step.make(layer, maps, part="product", parameters={"weight": kernels})
    back = transposed(
        step, reshaped(step, made, (batch, groups, columns, vectors), "back"), (0, 1, 3, 2), "back"
    )
    return reshaped(step, back, shape, part)


def _dense(step: Step, x: Computed, weight: Known, bias: Known | None, part: str = "") -> Tensor:
    layer = Dense(weight.shape[0], weight.shape[1], bias=bias is not None)
    parameters = {"weight": weight.T} if bias is None else {"weight": weight.T, "bias": bias}
    return step.make(layer, _settled(step, x), part=part, parameters=parameters)


def _settled(step: Step, value: Value) -> Tensor:
    return step.network.settle(value, step.who)


def _running_sum(step: Step) -> Value:
    """Each value with all before it along an axis: a product with a triangle of ones."""
    x = computed(step)
    last = len(x.shape) - 1
    axis = step.axis(int(step.numbers(1).reshape(())), len(x.shape))
    own = int(step.attribute("exclusive", 0))
    ones = np.ones((x.shape[axis], x.shape[axis]), np.float32)
    weight = np.tril(ones, -own) if step.attribute("reverse", 0) else np.triu(ones, own)
    if axis == last:
        return multiplied(step, x, weight)
    turned = [*range(axis), last, *range(axis + 1, last), axis]
    made = multiplied(step, transposed(step, x, turned, "turned"), weight, "product")
    return transposed(step, _settled(step, made), turned)


MATRIX: dict[str, Callable[[Step], Value]] = {"CumSum": _running_sum, "Gemm": _gemm, "MatMul": _matmul}
