"""The share of a value that comes from biases, and where the network between is linear in the image.

A network of affine layers and rectifiers is, around one image, value = x . gradient + sum of every bias times
the gradient there: the completeness of FullGrad.

Reference: Srinivas & Fleuret 2019, Full-Gradient Representation for Neural Network Visualization, section 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from cnn_core.attributions.case import Case
from cnn_core.graph.graph import Node
from cnn_core.layers import (
    Abs,
    Add,
    AddConstant,
    AvgPool2d,
    BatchNorm2d,
    BlurPool2d,
    Concat,
    Conv2d,
    ConvTranspose2d,
    Dense,
    DivideByConstant,
    Dropout,
    Flatten,
    Gather,
    GlobalAvgPool2d,
    LeakyReLU,
    Maximum,
    MaxPool2d,
    Minimum,
    MultiplyConstant,
    Pad,
    PRelu,
    Rearrange,
    ReduceMax,
    ReduceMean,
    ReduceSum,
    ReLU,
    Repeat,
    Resize2d,
    Slice,
    Subtract,
)
from cnn_core.layers.base import Array, Layer
from cnn_core.layers.constant import ConstantMinus

__all__ = ["AFFINE", "affine_nodes", "bends", "bias_shares", "offset"]

COPIES: tuple[type[Layer], ...] = (Flatten, Dropout, Rearrange, Gather, Slice, Repeat, Concat)
"""Layers whose outputs are inputs at another place."""

AFFINE: tuple[type[Layer], ...] = (
    *COPIES,
    *(Conv2d, ConvTranspose2d, Dense, BatchNorm2d, Add, Subtract),
    *(AddConstant, ConstantMinus, MultiplyConstant, DivideByConstant, Pad),
    *(AvgPool2d, BlurPool2d, GlobalAvgPool2d, ReduceMean, ReduceSum, Resize2d),
)
"""Layers that are a matrix and a bias."""

HOMOGENEOUS: tuple[type[Layer], ...] = (
    *(ReLU, LeakyReLU, PRelu, Abs),
    *(MaxPool2d, ReduceMax, Maximum, Minimum),
)
"""Layers that are, at any input, a matrix without a bias: each value is a multiple of one input."""


def bends(case: Case, nodes: Iterable[Node] | None = None) -> Node | None:
    """The first node that is neither affine nor a rectifier: beyond it no sum of slopes is exact."""
    pieces = (*AFFINE, *HOMOGENEOUS)
    return next((n for n in nodes or case.graph if n.inputs and not isinstance(n.layer, pieces)), None)


def affine_nodes(nodes: Iterable[Node]) -> list[Node]:
    """Those of these nodes that are a matrix and a bias."""
    return [node for node in nodes if node.inputs and isinstance(node.layer, AFFINE)]


def bias_shares(
    case: Case, nodes: Iterable[Node] | None = None, gradients: Mapping[str, Array] | None = None
) -> dict[str, float]:
    """What the biases of each affine node add to the value: every bias times its gradient."""
    chosen = affine_nodes(nodes or case.graph)
    if gradients is None:
        gradients = case.backward(nodes=[node.name for node in chosen])
    shares = {}
    for node in chosen:
        added = offset(case, node)
        if added is not None:
            shares[node.name] = float((gradients[node.name].astype(np.float64) * added).sum())
    return shares


def offset(case: Case, node: Node) -> Array | None:
    """What an affine node gives for an input of zeros, repeating over its output; None if nothing."""
    layer, params = node.layer, case.graph.params_of(node.name, case.parameters)
    if isinstance(layer, Conv2d | ConvTranspose2d):
        return params["bias"].reshape(-1, 1, 1) if layer.bias else None
    if isinstance(layer, Dense):
        return params["bias"] if layer.bias else None
    if isinstance(layer, BatchNorm2d):
        scale = params["weight"] / np.sqrt(params["running_var"] + layer.epsilon)
        moved: Array = params["bias"] - params["running_mean"] * scale
        return moved.reshape(-1, 1, 1)
    if isinstance(layer, AddConstant | ConstantMinus | Pad):
        zeros = (np.zeros_like(case.records[source].output) for source in node.inputs)
        return layer.forward(params, *zeros).output
    return None
