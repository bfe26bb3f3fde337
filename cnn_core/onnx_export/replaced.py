"""Channels that edits mute or fill, as operators behind the layer: times 0 or 1, plus a number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from onnx import helper

from cnn_core.errors import UnsupportedOperator
from cnn_core.graph.graph import Node
from cnn_core.layers.base import Array, Params, Shape
from cnn_core.layers.replaced import REPLACED, VALUES, Replaced
from cnn_core.onnx_export.nodes import Operators, operators_of

__all__ = ["is_replaced", "replaced_input", "replaced_operators"]


def is_replaced(node: Node) -> bool:
    """Whether an edit replaces values of a node."""
    return isinstance(node.layer, Replaced)


def replaced_operators(node: Node, shape: Shape, parameters: Params) -> Operators:
    """The layer's operators, a ``Mul`` by 0 where a channel is replaced and by 1 elsewhere, an ``Add``.

    ``x * 1 + 0`` is x, so what is not replaced stays as it is.

    Raises:
        UnsupportedOperator: a part of a channel is replaced, or by numbers that differ.
    """
    assert isinstance(node.layer, Replaced)
    inner = operators_of(Node(node.name, node.layer.layer, node.inputs), shape)
    computed = f"{node.name}.computed"
    inner.nodes[-1].name = inner.nodes[-1].output[0] = computed
    behind = _replacing(node, parameters, computed, node.name)
    return Operators((*inner.nodes, *behind.nodes), {**inner.constants, **behind.constants})


def replaced_input(node: Node, parameters: Params, readers: Sequence[Operators]) -> Operators:
    """The same behind an input; those that read it are made to read what comes of it.

    Raises:
        UnsupportedOperator: as ``replaced_operators``.
    """
    edited = f"{node.name}.edited"
    for operator in (operator for reader in readers for operator in reader.nodes):
        for at, name in enumerate(operator.input):
            if name == node.name:
                operator.input[at] = edited
    return _replacing(node, parameters, node.name, edited)


def _replacing(node: Node, parameters: Params, source: str, target: str) -> Operators:
    kept, filled = _by_channel(node, parameters)
    keeps, fills, muted = (f"{node.name}.{word}" for word in ("kept", "filled", "muted"))
    if not filled.any():
        return Operators((helper.make_node("Mul", [source, keeps], [target], name=target),), {keeps: kept})
    made = (
        helper.make_node("Mul", [source, keeps], [muted], name=muted),
        helper.make_node("Add", [muted, fills], [target], name=target),
    )
    return Operators(made, {keeps: kept, fills: filled})


def _by_channel(node: Node, parameters: Params) -> tuple[Array, Array]:
    """1 where a channel is kept, and the number where it is not, each with the axes of one sample."""
    where = parameters[f"{node.name}.{REPLACED}"] != 0
    values = np.where(where, parameters[f"{node.name}.{VALUES}"], 0)
    first = (slice(None), *(slice(0, 1) for _ in where.shape[1:]))
    if (where != where[first]).any() or (values != values[first]).any():
        raise UnsupportedOperator(
            f"node {node.name!r}: an edit replaces a part of a map, or a map by other numbers, which a file "
            "cannot hold; what it can are whole channels that are muted or filled with one number"
        )
    return (~where[first]).astype(np.float32), values[first].astype(np.float32)
