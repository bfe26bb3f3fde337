"""One table: a layer kind, and the ONNX operators that do the same.

Reference: ONNX operator schemas, https://onnx.ai/onnx/operators/ (operator set 22).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from onnx import NodeProto, helper

from cnn_core.errors import UnsupportedOperator
from cnn_core.graph.graph import Node
from cnn_core.layers import (
    AvgPool2d,
    BatchNorm2d,
    BlurPool2d,
    Clip,
    Concat,
    Conv2d,
    Dense,
    Dropout,
    LeakyReLU,
    MaxPool2d,
    Softmax,
)
from cnn_core.layers.base import LAYERS, Array, Shape
from cnn_core.ops.blur import binomial

__all__ = ["Operators", "exported_kinds", "operators_of"]


@dataclass(frozen=True, slots=True)
class Operators:
    """What one layer becomes: its operators, the last of which writes the tensor called as the node.

    ``constants`` are numbers the layer has no parameter for, such as the kernel of a blur.
    """

    nodes: tuple[NodeProto, ...]
    constants: dict[str, Array] = field(default_factory=dict)


Convert = Callable[[Node, Any, Shape], Operators]


def _plain(operator: str) -> Convert:
    """An operator with the layer's inputs and nothing to set."""
    return lambda node, layer, shape: _one(operator, node)


def _one(operator: str, node: Node, **attributes: Any) -> Operators:
    names = [f"{node.name}.{key}" for key in node.layer.parameter_shapes()]
    made = helper.make_node(operator, [*node.inputs, *names], [node.name], name=node.name, **attributes)
    return Operators((made,))


def _conv(node: Node, layer: Conv2d, shape: Shape) -> Operators:
    return _one(
        "Conv",
        node,
        kernel_shape=layer.kernel_size,
        strides=layer.stride,
        pads=layer.padding,
        dilations=layer.dilation,
        group=layer.groups,
    )


def _max_pool(node: Node, layer: MaxPool2d, shape: Shape) -> Operators:
    return _one(
        "MaxPool",
        node,
        kernel_shape=layer.kernel_size,
        strides=layer.stride,
        pads=layer.padding,
        dilations=layer.dilation,
        ceil_mode=int(layer.ceil_mode),
    )


def _avg_pool(node: Node, layer: AvgPool2d, shape: Shape) -> Operators:
    return _one(
        "AveragePool",
        node,
        kernel_shape=layer.kernel_size,
        strides=layer.stride,
        pads=layer.padding,
        dilations=layer.dilation,
        ceil_mode=int(layer.ceil_mode),
        count_include_pad=int(layer.count_include_pad),
    )


def _blur_pool(node: Node, layer: BlurPool2d, shape: Shape) -> Operators:
    """A depthwise convolution whose kernels are all the binomial one."""
    row, half, channels = binomial(layer.kernel_size), layer.kernel_size // 2, shape[1]
    kernel = np.tile(np.outer(row, row).astype(np.float32), (channels, 1, 1, 1))
    name = f"{node.name}.kernel"
    made = helper.make_node(
        "Conv",
        [*node.inputs, name],
        [node.name],
        name=node.name,
        kernel_shape=kernel.shape[2:],
        strides=(layer.stride, layer.stride),
        pads=(half, half, half, half),
        group=channels,
    )
    return Operators((made,), {name: kernel})


def _silu(node: Node, layer: Any, shape: Shape) -> Operators:
    """ONNX has no SiLU before operator set 24: x times its sigmoid."""
    gate = f"{node.name}.gate"
    return Operators(
        (
            helper.make_node("Sigmoid", node.inputs, [gate], name=gate),
            helper.make_node("Mul", [*node.inputs, gate], [node.name], name=node.name),
        )
    )


def _multiply(node: Node, layer: Any, shape: Shape) -> Operators:
    """Mul takes two: further inputs are multiplied in one after the other."""
    first, *others = node.inputs
    if not others:
        return Operators((helper.make_node("Identity", [first], [node.name], name=node.name),))
    names = [first, *(f"{node.name}.{number}" for number in range(1, len(others))), node.name]
    return Operators(
        tuple(
            helper.make_node("Mul", [before, other], [after], name=after)
            for (before, after), other in zip(pairwise(names), others, strict=True)
        )
    )


def _dense(node: Node, layer: Dense, shape: Shape) -> Operators:
    return _one("Gemm", node, transB=1)


def _batch_norm(node: Node, layer: BatchNorm2d, shape: Shape) -> Operators:
    return _one("BatchNormalization", node, epsilon=layer.epsilon)


def _concat(node: Node, layer: Concat, shape: Shape) -> Operators:
    return _one("Concat", node, axis=layer.axis)


def _softmax(node: Node, layer: Softmax, shape: Shape) -> Operators:
    return _one("Softmax", node, axis=layer.axis)


def _leaky_relu(node: Node, layer: LeakyReLU, shape: Shape) -> Operators:
    return _one("LeakyRelu", node, alpha=layer.negative_slope)


def _clip(node: Node, layer: Clip, shape: Shape) -> Operators:
    """Bounds are inputs of Clip; an empty name is no bound."""
    bounds = {f"{node.name}.least": layer.least, f"{node.name}.most": layer.most}
    names = [name if value is not None else "" for name, value in bounds.items()]
    made = helper.make_node("Clip", [*node.inputs, *names], [node.name], name=node.name)
    return Operators(
        (made,), {name: np.array(value, np.float32) for name, value in bounds.items() if value is not None}
    )


def _dropout(node: Node, layer: Dropout, shape: Shape) -> Operators:
    """At inference a dropout hands on its input, and so does ONNX's without a training mode."""
    return _one("Dropout", node)


_CONVERT: dict[str, Convert] = {
    "add": _plain("Sum"),
    "avg_pool2d": _avg_pool,
    "batch_norm2d": _batch_norm,
    "blur_pool2d": _blur_pool,
    "clip": _clip,
    "concat": _concat,
    "conv2d": _conv,
    "dense": _dense,
    "dropout": _dropout,
    "flatten": _plain("Flatten"),
    "global_avg_pool2d": _plain("GlobalAveragePool"),
    "hard_swish": _plain("HardSwish"),
    "leaky_relu": _leaky_relu,
    "max_pool2d": _max_pool,
    "multiply": _multiply,
    "relu": _plain("Relu"),
    "sigmoid": _plain("Sigmoid"),
    "silu": _silu,
    "softmax": _softmax,
    "tanh": _plain("Tanh"),
}


def exported_kinds() -> tuple[str, ...]:
    """The layer kinds that have an ONNX operator here, besides ``input``."""
    return tuple(_CONVERT)


def operators_of(node: Node, shape: Shape) -> Operators:
    """The operators of one node, whose output has this shape.

    Raises:
        UnsupportedOperator: its kind has none; the message lists the kinds that have.
    """
    kind = node.layer.kind
    if kind not in _CONVERT:
        known = ", ".join(name for name in LAYERS if name in _CONVERT)
        raise UnsupportedOperator(f"node {node.name!r}: {kind} cannot be written as ONNX; these can: {known}")
    return _CONVERT[kind](node, node.layer, shape)
