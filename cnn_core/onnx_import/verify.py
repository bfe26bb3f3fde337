"""Is an imported network the one in the file? Both compute the same picture, and every layer is compared.

The other side is ONNX Runtime where it is installed, otherwise the reference evaluator of the onnx package:
slow, but written from the operators' definitions and by other people.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

from cnn_core.graph.graph import Graph
from cnn_core.graph.trace import forward
from cnn_core.input_spec import InputSpec
from cnn_core.layers.base import Array, Params
from cnn_core.onnx_import.reference_ops import operators
from cnn_core.onnx_import.summary import opset_of
from cnn_core.preprocess import to_tensor

__all__ = ["TOLERANCE", "Difference", "Verification", "verification_input", "verify"]

TOLERANCE = 1e-4
"""Layers that differ by more than this share of their largest value do not compute the same..."""

INHERITED = 100.0
"""...unless what they read differs already, and they by no more than so many times as much..."""

MOST = 1e-2
"""...but never by more than this."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one layer is from the other side's, as a share of the largest absolute value there."""

    node: str
    size: float


@dataclass(frozen=True, slots=True)
class Verification:
    """What a comparison found.

    ``compared`` of ``layers`` were reached in time; ``largest`` is the largest difference among those before
    the first one beyond ``TOLERANCE``, which is ``disagrees``. ``failure`` says why no more were compared.
    """

    engine: str
    layers: int
    compared: int
    largest: Difference | None = None
    disagrees: Difference | None = None
    failure: str = ""

    @property
    def verified(self) -> bool:
        """Whether every layer was compared and none disagrees."""
        return self.disagrees is None and not self.failure and self.compared == self.layers

    @property
    def sentence(self) -> str:
        """The finding, for people."""
        if self.disagrees:
            return (
                f"not verified: layer {self.disagrees.node!r} is the first that disagrees with "
                f"{self.engine}, by {self.disagrees.size:.1e} of its largest value"
            )
        if self.largest is None:
            return f"not verified: {self.failure or 'there was no layer to compare'}"
        found = f"largest difference {self.largest.size:.1e} of a layer's largest value"
        if self.verified:
            return f"verified: {found}, in {self.compared} layers"
        return (
            f"verified in part: {found}, in {self.compared} of {self.layers} layers; "
            f"the others were not compared: {self.failure}"
        )


def verification_input(spec: InputSpec, seed: int = 0) -> Array:
    """What both sides compute: coarse and fine noise as a picture, scaled as the network wants it.

    Shape:
        result: float32 ``(1, spec.channels, spec.height, spec.width)``.
    """
    rng = np.random.default_rng(seed)
    size = (spec.height, spec.width)
    coarse = rng.integers(0, 256, (-(-size[0] // 8), -(-size[1] // 8), spec.channels))
    spread = coarse.repeat(8, axis=0).repeat(8, axis=1)[: size[0], : size[1]]
    fine = rng.integers(0, 256, (*size, spec.channels))
    return to_tensor(((spread * 3 + fine) // 4).astype(np.uint8), spec)


def verify(
    data: bytes,
    graph: Graph,
    parameters: Params,
    sources: Mapping[str, str],
    x: Array,
    *,
    fed: Array | None = None,
    seconds: float = 20.0,
) -> Verification:
    """Compare every layer of an imported network with what the file itself says.

    ``sources`` names for a node the tensor of the file that it computes; a node without one, being a part of
    an operator, is not compared. ``fed`` is the input as the file wants it, if not x itself. The comparison
    ends after ``seconds``, at the next layer: what was not reached is counted.

    Shape:
        x: as the graph's input.
    """
    deadline = time.monotonic() + seconds
    fed = x if fed is None else fed
    images = len(fed) if fed.ndim == x.ndim else 1
    nodes = {tensor: name for name, tensor in sources.items() if graph[name].inputs}
    engine = "onnxruntime" if find_spec("onnxruntime") else "onnx.reference"
    outputs: dict[str, Array] = {}
    differences: dict[str, float] = {}
    compared, largest = 0, None
    found: Difference | None = None
    failure = ""
    try:
        for record in forward(graph, parameters, x):
            outputs[record.node.name] = record.output
            _check_time(deadline, seconds)
        for tensor, theirs in _tensors(engine, data, fed, nodes):
            if (name := nodes.get(tensor)) is not None:
                found = Difference(name, _difference(outputs[name], theirs, images))
                compared += 1
                read = (differences.get(source, 0.0) for source in graph[name].inputs)
                inherited = INHERITED * max(read, default=0.0)
                differences[name] = found.size
                if not found.size <= min(max(TOLERANCE, inherited), MOST):
                    return Verification(engine, len(nodes), compared, largest, disagrees=found)
                largest = found if largest is None or found.size > largest.size else largest
            if compared < len(nodes):
                _check_time(deadline, seconds)
    except _OutOfTime as error:
        failure = str(error)
    except Exception as error:  # whatever the other side trips over, it is no finding about this one
        failure = f"{engine} cannot run this file ({type(error).__name__}: {str(error)[:200]})"
    return Verification(engine, len(nodes), compared, largest, failure=failure)


class _OutOfTime(Exception):
    """The comparison has had its time."""


def _check_time(deadline: float, seconds: float) -> None:
    if time.monotonic() > deadline:
        raise _OutOfTime(f"the time for it, {seconds:g} s, was over")


def _difference(ours: Array, theirs: Any, images: int) -> float:
    """Share of the largest absolute value; infinite where the shapes or what is undefined differ.

    Where the file wants several images they are all the same: the first is compared.
    """
    other = np.asarray(theirs)
    if images > 1 and other.size == images * ours.size:
        other = other.reshape(images, -1)[0]
    if ours.size != other.size:
        return np.inf
    other = other.reshape(ours.shape).astype(np.float64)
    mine = ours.astype(np.float64)
    finite = np.isfinite(other)
    if not np.array_equal(finite, np.isfinite(mine)):
        return np.inf
    scale = float(np.max(np.abs(other), where=finite, initial=0.0))
    distance = float(np.max(np.abs(np.subtract(mine, other, where=finite, out=np.zeros_like(mine)))))
    return distance / scale if scale else distance


def _tensors(engine: str, data: bytes, x: Array, wanted: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Every wanted tensor of the file with its name, in the file's order."""
    if engine == "onnxruntime":
        return _runtime_tensors(data, x, wanted)
    return _reference_tensors(data, x)


def _reference_tensors(data: bytes, x: Array) -> Iterator[tuple[str, Any]]:
    """Operator by operator, so that a caller can stop; a tensor is let go after its last reader."""
    model = onnx.load_from_string(data)
    evaluator = ReferenceEvaluator(model, new_ops=operators(opset_of(model)))
    nodes = evaluator.rt_nodes_ or []
    last = {name: number for number, node in enumerate(nodes) for name in node.input}
    fed = next(name for name in evaluator.input_names if name not in evaluator.rt_inits_)
    results: dict[str, Any] = {"": None, **evaluator.rt_inits_, fed: x}
    for number, node in enumerate(nodes):
        inputs = [results[name] for name in node.input]
        made = node.run(*inputs, context=results) if node.need_context() else node.run(*inputs)
        for name, value in zip(node.output, made, strict=False):
            results[name] = value
            yield name, value
        for name in {*node.input, *node.output} - {""}:
            if last.get(name, -1) <= number:
                results.pop(name, None)


def _runtime_tensors(data: bytes, x: Array, wanted: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """All tensors at once, each made an output of the file."""
    import onnxruntime

    model = onnx.load_from_string(data)
    inner = [name for node in model.graph.node for name in node.output if name in wanted]
    del model.graph.output[:]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in inner)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    given = {name.name for name in model.graph.initializer}
    fed = next(each.name for each in session.get_inputs() if each.name not in given)
    yield from zip(inner, session.run(inner, {fed: x}), strict=True)
