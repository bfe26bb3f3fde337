"""Bytes from anywhere -> an ONNX model whose declared sizes are true; nothing large is allocated."""

from __future__ import annotations

import math
from collections.abc import Iterator

import onnx
from google.protobuf.message import DecodeError
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper

from cnn_core.errors import BadModelFile, ModelLimit
from cnn_core.onnx_import.formats import check_format
from cnn_core.onnx_import.inlining import inlined
from cnn_core.onnx_import.limits import Limits
from cnn_core.onnx_import.wire import check_structure

__all__ = ["OLDEST_OPSET", "read_model"]

OLDEST_OPSET = 7


def read_model(data: bytes, limits: Limits) -> ModelProto:
    """The model in a file's bytes, every size and count within the limits.

    Nothing is unpickled, unpacked or read from other files.

    Raises:
        BadModelFile: it is no ONNX model, damaged, too large, or needs other files; the message says which.
    """
    if len(data) > limits.max_bytes:
        raise ModelLimit(f"ONNX file: at most {_size(limits.max_bytes)}, got {_size(len(data))}")
    check_format(data)
    check_structure(data, limits.max_structure_bytes)
    model = ModelProto()
    try:
        model.ParseFromString(data)
    except DecodeError:
        raise BadModelFile("ONNX file: it is damaged or cut short, or no ONNX model at all") from None
    if not model.HasField("graph") or not model.graph.node:
        raise BadModelFile("ONNX file: it holds no operators; it may be damaged, or no ONNX model at all")
    _check_opset(model)
    model = inlined(model, limits)
    for graph in _graphs(model.graph):
        _check_names(graph, limits)
    _check_counts(model.graph, limits)
    _check_tensors(model.graph, limits)
    return model


def _check_opset(model: ModelProto) -> None:
    versions = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
    if not versions:
        raise BadModelFile("ONNX file: it does not say which operator set it uses")
    newest = onnx.defs.onnx_opset_version()
    if not OLDEST_OPSET <= versions[0] <= newest:
        raise BadModelFile(
            f"ONNX file: operator sets {OLDEST_OPSET} to {newest} are read, got {versions[0]}; "
            "onnx.version_converter.convert_version(model, 17) writes another"
        )


def _check_counts(graph: GraphProto, limits: Limits) -> None:
    count = sum(len(each.node) for each in _graphs(graph))
    if count > limits.max_nodes:
        raise ModelLimit(f"ONNX file: at most {limits.max_nodes} operators, got {count}")
    if not graph.output:
        raise BadModelFile("ONNX file: it names no output; export the network with one")
    if graph.sparse_initializer:
        raise BadModelFile("ONNX file: sparse weights are not read; save them dense")


def _check_names(graph: GraphProto, limits: Limits) -> None:
    for name in _names(graph):
        if len(name) > limits.max_name_length:
            raise ModelLimit(
                f"ONNX file: names may have {limits.max_name_length} characters, "
                f"got one of {len(name)}: {_shown(name)}"
            )


def _graphs(graph: GraphProto) -> Iterator[GraphProto]:
    """A graph, and the branches of its operators, and theirs."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _graphs(attribute.g)
            for each in attribute.graphs:
                yield from _graphs(each)


def _names(graph: GraphProto) -> Iterator[str]:
    for node in graph.node:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
    for tensor in graph.initializer:
        yield tensor.name
    for value in (*graph.input, *graph.output):
        yield value.name


def _check_tensors(graph: GraphProto, limits: Limits) -> None:
    total = 0
    for tensor in (found for each in _graphs(graph) for found in _tensors(each.node, each.initializer)):
        total += _check_tensor(tensor)
        if len(tensor.dims) > limits.max_rank or max(tensor.dims, default=0) >= 1 << 31:
            raise ModelLimit(
                f"ONNX file: {_shown(tensor.name)} has {len(tensor.dims)} axes or a very long one, "
                f"at most {limits.max_rank} axes are read"
            )
        if total > limits.max_parameters:
            raise ModelLimit(
                f"ONNX file: at most {limits.max_parameters} weights, got more than {limits.max_parameters}"
            )


def _tensors(nodes: Iterator[NodeProto], initializers: Iterator[TensorProto]) -> Iterator[TensorProto]:
    yield from initializers
    for node in nodes:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def _check_tensor(tensor: TensorProto) -> int:
    """How many numbers a tensor holds, which must be as many as it declares."""
    name = _shown(tensor.name)
    if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
        raise BadModelFile(
            f"ONNX file: {name} keeps its numbers in another file, which is not read; save all in one: "
            "onnx.save(onnx.load(path), out, save_as_external_data=False)"
        )
    if any(size < 0 for size in tensor.dims):
        raise BadModelFile(f"ONNX file: {name} declares a negative size, {list(tensor.dims)}")
    declared = math.prod(tensor.dims)
    try:
        item = helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
        field = helper.tensor_dtype_to_field(tensor.data_type)
    except KeyError:
        raise BadModelFile(f"ONNX file: {name} has an unknown type of numbers, {tensor.data_type}") from None
    if tensor.HasField("raw_data"):
        present = len(tensor.raw_data) // item
        whole = len(tensor.raw_data) % item == 0 or item == 0
    else:
        present, whole = len(getattr(tensor, field)), True
    if tensor.data_type in _PACKED:
        raise BadModelFile(f"ONNX file: {name} is quantised (numbers of 4 bits or 8); export the float model")
    if declared != present or not whole:
        raise BadModelFile(f"ONNX file: {name} declares {declared} numbers and holds {present}")
    return int(declared)


_PACKED = frozenset(
    number
    for label, number in TensorProto.DataType.items()
    if label.startswith(("FLOAT8", "FLOAT4", "INT4", "UINT4", "INT2", "UINT2", "COMPLEX"))
)


def _shown(name: str) -> str:
    """A name as it can be printed: short, nothing but what can be seen."""
    return repr(name if len(name) <= 60 else f"{name[:57]}...")


def _size(count: int) -> str:
    return f"{count / (1 << 20):.0f} MiB"
