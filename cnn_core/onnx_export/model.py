"""A graph and its parameters as one ONNX file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers.base import Params, Shape
from cnn_core.layers.replaced import REPLACED, VALUES
from cnn_core.onnx_export.nodes import Operators, operators_of
from cnn_core.onnx_export.replaced import is_replaced, replaced_input, replaced_operators
from cnn_core.preprocess import InputSpec

__all__ = ["OPSET", "export_model"]

OPSET = 22
"""The operator set written: the first whose pools leave out windows that start in the padding at the end."""

IR_VERSION = 10
"""The file format that came with it (ONNX 1.17, 2024)."""

BATCH = "batch"


def export_model(
    graph: Graph,
    parameters: Params,
    *,
    name: str = "network",
    labels: Sequence[str] = (),
    spec: InputSpec | None = None,
) -> bytes:
    """The network as the bytes of an ``.onnx`` file, held against the ONNX checker.

    The tensor every node writes is called as the node, every initializer as the parameter. The batch axis
    stays free. ``labels`` and the preprocessing ``spec`` go into the file's metadata as JSON, under the names
    ``labels`` and ``preprocessing``: a reader that does not know them passes them over.

    Raises:
        UnsupportedOperator: a layer kind has no ONNX operator, or a part of a map is replaced by an edit.
        BadModelFile: the parameters do not fit the graph.
    """
    graph.check_parameters(parameters)
    shapes = graph.shapes
    written = [_operators(node, shapes[node.name], parameters) for node in graph if node.inputs]
    entering = [replaced_input(node, parameters, written) for node in graph.inputs if is_replaced(node)]
    written = [*entering, *written]
    constants = {key: value for operators in written for key, value in operators.constants.items()}
    masks = {f"{node.name}.{key}" for node in graph if is_replaced(node) for key in (REPLACED, VALUES)}
    arrays = {key: value for key, value in parameters.items() if key not in masks} | constants
    made = helper.make_graph(
        [node for operators in written for node in operators.nodes],
        name,
        [_value(node.name, shapes[node.name]) for node in graph.inputs],
        [_value(graph.output, shapes[graph.output])],
        [
            numpy_helper.from_array(np.ascontiguousarray(value, dtype=np.float32), key)
            for key, value in arrays.items()
        ],
    )
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="convscope",
    )
    helper.set_model_props(model, _metadata(labels, spec))
    onnx.checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString()
    return data


def _operators(node: Node, shape: Shape, parameters: Params) -> Operators:
    if is_replaced(node):
        return replaced_operators(node, shape, parameters)
    return operators_of(node, shape)


def _value(name: str, shape: Sequence[int]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [BATCH, *shape[1:]])


def _metadata(labels: Sequence[str], spec: InputSpec | None) -> dict[str, str]:
    found = {}
    if labels:
        found["labels"] = json.dumps(list(labels), ensure_ascii=False)
    if spec is not None:
        found["preprocessing"] = json.dumps(asdict(spec))
    return found
