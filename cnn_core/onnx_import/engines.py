"""Other programs that compute what an ONNX file says, tensor by tensor, to hold a network against.

ONNX Runtime where it is installed, and for what that cannot run the reference evaluator of the onnx package:
slow, but written from the operators' definitions and by other people.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import onnx
from onnx.reference import ReferenceEvaluator

from cnn_core.layers.base import Array
from cnn_core.onnx_import.inlining import asked
from cnn_core.onnx_import.order import in_order
from cnn_core.onnx_import.reference_bugs import operators
from cnn_core.onnx_import.summary import opset_of

__all__ = ["Engine", "installed_engines", "reference", "runtime"]

MOST_THREADS = 8
"""Of ONNX Runtime: beside a server that goes on answering."""

Tensors = Callable[[bytes, Array, frozenset[str]], Iterator[tuple[str, Any]]]
"""Bytes of a file, its input and the names wanted -> every tensor of that name, in the file's order."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Another program: what it is called, with its version, and how it is run."""

    title: str
    tensors: Tensors


def installed_engines() -> tuple[Engine, ...]:
    """Those that are here, the one to ask first in front."""
    return (runtime(), reference()) if find_spec("onnxruntime") else (reference(),)


def reference() -> Engine:
    """The evaluator of the onnx package."""
    return Engine(f"the reference of onnx {version('onnx')}", _reference_tensors)


def runtime() -> Engine:
    """ONNX Runtime, without its optimizations: every operator by itself."""
    return Engine(f"ONNX Runtime {version('onnxruntime')}", _runtime_tensors)


def _reference_tensors(data: bytes, x: Array, wanted: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Operator by operator; a tensor is let go after its last reader."""
    model = asked(data)
    _put_in_order(model.graph)
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
            if name in wanted:
                yield name, value
        for name in {*node.input, *node.output} - {""}:
            if last.get(name, -1) <= number:
                results.pop(name, None)


def _put_in_order(graph: onnx.GraphProto) -> None:
    """Each operator after those it reads, as the evaluator takes them."""
    given = {tensor.name for tensor in graph.initializer} | {value.name for value in graph.input}
    nodes = in_order(graph, given)
    ordered = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(ordered)


def _trains(node: onnx.NodeProto) -> bool:
    return node.op_type == "BatchNormalization" and any(
        found.name == "training_mode" and found.i for found in node.attribute
    )


def _written_otherwise(node: onnx.NodeProto, sizes: dict[str, tuple[int, ...]]) -> bool:
    """Weights that are normalized as a batch of one, as an image is: that does not end the process."""
    if sizes.get(node.input[0], (0,))[0] != 1:
        return False
    epsilon = next((found.f for found in node.attribute if found.name == "epsilon"), 1e-5)
    node.op_type = "InstanceNormalization"
    del node.input[3:], node.output[1:], node.attribute[:]
    node.attribute.append(onnx.helper.make_attribute("epsilon", epsilon))
    return True


def _runtime_tensors(data: bytes, x: Array, wanted: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """All at once, each made an output of the file."""
    import onnxruntime

    model = asked(data)
    sizes = {tensor.name: (*tensor.dims, 0) for tensor in model.graph.initializer}
    if any(_trains(node) and not _written_otherwise(node, sizes) for node in model.graph.node):
        raise NotImplementedError("batch normalization as in training ends the whole process")
    inner = [name for node in model.graph.node for name in node.output if name in wanted]
    given = {tensor.name for tensor in model.graph.initializer}
    del model.graph.output[:]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in inner)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = min(MOST_THREADS, os.cpu_count() or 1)
    options.enable_cpu_mem_arena = False
    # threads that wait by spinning take the processor from those who look at something
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    changed = model.SerializeToString()
    del model
    session = onnxruntime.InferenceSession(changed, options, providers=["CPUExecutionProvider"])
    del changed
    fed = next(each.name for each in session.get_inputs() if each.name not in given)
    made = session.run(inner, {fed: x})
    for name in inner:
        yield name, made.pop(0)
