"""Operators whose inputs are all known: computed while the file is read, within a budget of bytes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from cnn_core.errors import BadModelFile, ModelLimit
from cnn_core.onnx_import.limits import Budget, Limits
from cnn_core.onnx_import.reference_bugs import operators
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Known

__all__ = ["FOLDED", "Folder"]


def _as_inputs(step: Step) -> int:
    """Numbers of the largest input: for operators whose output has no more."""
    return max((value.size for value in _arrays(step)), default=1)


def _broadcast(step: Step) -> int:
    return math.prod(np.broadcast_shapes(*(value.shape for value in _arrays(step))))


def _total(step: Step) -> int:
    return sum(value.size for value in _arrays(step))


def _filled(step: Step) -> int:
    return _product(step.numbers(0))


def _expanded(step: Step) -> int:
    return math.prod(np.broadcast_shapes(step.numbers(0).shape, tuple(map(int, step.numbers(1)))))


def _padded(step: Step) -> int:
    """Pads may count for some axes only; for all of them there are no more."""
    shape, pads = step.numbers(0).shape, step.integers("pads", 1, [])
    most = max((abs(size) for size in pads), default=0)
    return math.prod(size + 2 * most for size in shape)


def _tiled(step: Step) -> int:
    return step.numbers(0).size * _product(step.numbers(1))


def _gathered(step: Step) -> int:
    data, indices = step.numbers(0), step.numbers(1)
    axis = int(step.attribute("axis", 0)) % max(1, data.ndim)
    return int(data.size // max(1, (*data.shape, 1)[axis]) * max(1, indices.size))


def _gathered_parts(step: Step) -> int:
    data, indices = step.numbers(0), step.numbers(1)
    return data.size * max(1, indices.size)


def _convolved(step: Step) -> int:
    """One for every hundred multiply-adds, or the numbers if those are more."""
    x, weight = step.numbers(0), step.numbers(1)
    pads = max((abs(size) for size in step.attribute("pads") or ()), default=0)
    places = math.prod(size + 2 * pads for size in x.shape[2:]) * len(x)
    return int(max(places * weight.size // 100, places * len(weight)))


def _multiplied(step: Step) -> int:
    """The work of a matrix product, which is more than its numbers: one for every hundred multiply-adds."""
    a, b = step.numbers(0), step.numbers(1)
    columns = b.shape[-1] if b.ndim > 1 else 1
    work = max(a.size, math.prod(b.shape[:-2]) * a.size) * columns
    return max(work // 100, work // max(1, a.shape[-1] if a.ndim else 1))


def _ranged(step: Step) -> int:
    start, limit, delta = (float(step.numbers(number)) for number in range(3))
    count = (limit - start) / delta if delta else math.inf
    if not math.isfinite(count):
        raise BadModelFile(
            f"ONNX file: {step.who} counts from {start:g} to {limit:g} by {delta:g}, without end"
        )
    return max(0, math.ceil(count))


def _product(sizes: Known) -> int:
    return math.prod(int(size) for size in np.ravel(sizes))


def _arrays(step: Step) -> list[Known]:
    return [value for value in step.inputs if isinstance(value, np.ndarray)]


_SAME = (
    "Abs ArgMax ArgMin BatchNormalization Cast CastLike Ceil Clip Constant Cos CumSum Erf Exp Flatten Floor "
    "GlobalAveragePool Identity InstanceNormalization IsInf IsNaN LayerNormalization Log Neg Not Reciprocal "
    "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum "
    "ReduceSumSquare Relu Reshape Round ScatterND Shape Sigmoid Sign Sin Size Slice Softmax Split Sqrt "
    "Squeeze Tanh TopK Transpose Trilu Unsqueeze"
)

_BROADCAST = (
    "Add And Div Equal Greater GreaterOrEqual Less LessOrEqual Max Min Mod Mul Or PRelu Pow Sub Sum Where Xor"
)

FOLDED: Mapping[str, Callable[[Step], int]] = {
    **dict.fromkeys(_SAME.split(), _as_inputs),
    **dict.fromkeys(_BROADCAST.split(), _broadcast),
    "Concat": _total,
    "Conv": _convolved,
    "ConstantOfShape": _filled,
    "Expand": _expanded,
    "Gather": _gathered,
    "GatherElements": _as_inputs,
    "GatherND": _gathered_parts,
    "MatMul": _multiplied,
    "NonZero": lambda step: step.numbers(0).size * max(1, step.numbers(0).ndim),
    "OneHot": lambda step: step.numbers(0).size * max(0, int(step.numbers(1).reshape(()))),
    "Pad": _padded,
    "Range": _ranged,
    "Tile": _tiled,
}
"""By operator: how many numbers its output has at most, found without computing it."""


TIMES = 8
"""How many times what may be held at once may be computed all in all: it takes time, too."""

_WIDE = frozenset({"ArgMax", "ArgMin", "Cast", "CastLike", "Constant", "ConstantOfShape", "NonZero"})
_WIDE |= {"OneHot", "Range", "TopK"}
"""Operators whose outputs may be of a wider type than their inputs."""


def _width(step: Step) -> int:
    """Bytes of a number of the output, at most."""
    if step.operator in _WIDE:
        return 8
    return max((value.itemsize for value in _arrays(step)), default=8)


class Folder:
    """Computes operators of known inputs, for one file."""

    def __init__(self, limits: Limits, opset: int) -> None:
        self._held = Budget("the numbers computed from its constants", limits.max_constant_bytes)
        self._made = Budget("all that is computed from its constants", TIMES * limits.max_constant_bytes)
        self._sizes: dict[str, int] = {}
        self._opset = opset

    def let_go(self, name: str) -> bool:
        """Whether a tensor was computed here; what it took may be taken again when nothing reads it."""
        size = self._sizes.pop(name, None)
        self._held.spent -= size or 0
        return size is not None

    def fold(self, step: Step) -> tuple[Known, ...]:
        """The outputs of an operator, as its definition computes them.

        Raises:
            ModelLimit: they take too much memory.
            BadModelFile: its inputs do not fit it.
        """
        count = FOLDED[step.operator](step)
        if count < 0:
            raise BadModelFile(f"ONNX file: {step.who} makes a tensor of negative size")
        size = _width(step) * count
        self._held.spend(size)
        self._made.spend(size)
        self._sizes[step.node.output[0]] = size
        if step.node.op_type == "Constant":
            return (_constant(step),)
        fed = {name: value for name, value in zip(step.node.input, step.inputs, strict=True) if name}
        try:
            with np.errstate(all="ignore"):
                made = self._evaluator(step, fed).run(None, fed)
        except (MemoryError, RecursionError) as error:
            raise ModelLimit(f"ONNX file: {step.who} cannot be computed within limits") from error
        except Exception as error:  # an operator of another package: whatever it trips over, the file is why
            raise BadModelFile(f"ONNX file: {step.who} cannot be computed from its inputs") from error
        found = iter(made)
        return tuple(np.asarray(next(found) if name else 0) for name in step.node.output)

    def _evaluator(self, step: Step, fed: Mapping[str, Any]) -> ReferenceEvaluator:
        def value(name: str) -> Any:
            return helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None)

        outputs = [value(name) for name in step.node.output if name]
        graph = helper.make_graph([step.node], "folded", [value(name) for name in fed], outputs)
        return ReferenceEvaluator(
            helper.make_model(graph, opset_imports=[helper.make_opsetid("", self._opset)]),
            new_ops=operators(self._opset),
        )


def _constant(step: Step) -> Known:
    for name in ("value", "value_float", "value_floats", "value_int", "value_ints"):
        if (found := step.attribute(name)) is not None:
            return _as_array(found, name)
    raise BadModelFile(f"ONNX file: {step.who} holds no numbers")


def _as_array(found: Any, name: str) -> Known:
    if name == "value":
        return np.asarray(numpy_helper.to_array(found))
    return np.asarray(found, np.float32 if "float" in name else np.int64)
