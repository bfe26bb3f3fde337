"""A graph of ours as an ONNX model; imported only where ``onnx`` is installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import BatchNorm2d, Clip, Concat, Conv2d, Dense, MaxPool2d
from cnn_core.layers.base import Layer, Params, Shape

__all__ = ["onnx_model"]

OPSET = 17
"""The first whose operators are all that the benchmark's networks need, so that every runtime has it."""

SIMPLE = {
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "global_avg_pool2d": "GlobalAveragePool",
    "flatten": "Flatten",
    "softmax": "Softmax",
    "add": "Add",
    "multiply": "Mul",
}


def onnx_model(graph: Graph, parameters: Params, shape: Shape, wanted: Sequence[str]) -> Any:
    """An ``onnx.ModelProto`` with the nodes ``wanted`` as its outputs, values named as the graph's nodes.

    Raises:
        ValueError: a kind of layer that the benchmark's networks do not have.
    """
    shapes = graph.infer_shapes(shape[0])
    (entry,) = graph.inputs
    operators = [operator for node in graph if node.inputs for operator in _operators(node)]
    held = [numpy_helper.from_array(np.array(value), name) for name, value in parameters.items()]
    whole = helper.make_graph(
        operators, "bench", [_value(entry.name, shape)], [_value(name, shapes[name]) for name in wanted], held
    )
    return helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)


def _value(name: str, shape: Shape) -> Any:
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)


def _operators(node: Node) -> list[Any]:
    name, inputs = node.name, list(node.inputs)
    if node.layer.kind == "silu":
        gate = helper.make_node("Sigmoid", inputs, [f"{name}.gate"])
        return [gate, helper.make_node("Mul", [*inputs, f"{name}.gate"], [name], name)]
    if isinstance(node.layer, Clip):
        bounds = {"least": node.layer.least, "most": node.layer.most}
        names = {key: f"{name}.{key}" for key, value in bounds.items() if value is not None}
        held = [helper.make_node("Constant", [], [names[key]], value_float=bounds[key]) for key in names]
        wanted = [*inputs, *(names.get(key, "") for key in bounds)]
        return [*held, helper.make_node("Clip", wanted, [name], name)]
    kind, parameters, attributes = _translated(node.layer)
    own = [f"{name}.{parameter}" for parameter in parameters]
    return [helper.make_node(kind, [*inputs, *own], [name], name, **attributes)]


def _translated(layer: Layer) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    """ONNX's name, the parameters in its order, the attributes."""
    weights = ("weight", "bias") if getattr(layer, "bias", False) else ("weight",)
    match layer:
        case Concat():
            return "Concat", (), {"axis": layer.axis}
        case BatchNorm2d():
            moments = ("weight", "bias", "running_mean", "running_var")
            return "BatchNormalization", moments, {"epsilon": layer.epsilon}
        case Dense():
            return "Gemm", weights, {"transB": 1}
        case Conv2d():
            return "Conv", weights, {"group": layer.groups, **_windows(layer)}
        case MaxPool2d():
            return "MaxPool", (), {"ceil_mode": int(layer.ceil_mode), **_windows(layer)}
    if layer.kind not in SIMPLE:
        raise ValueError(f"bench: no ONNX operator for {layer.kind}")
    return SIMPLE[layer.kind], (), {}


def _windows(layer: Conv2d | MaxPool2d) -> dict[str, Any]:
    return {
        "kernel_shape": layer.kernel_size,
        "strides": layer.stride,
        "pads": layer.padding,
        "dilations": layer.dilation,
    }
