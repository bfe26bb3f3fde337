"""Reverse-mode differentiation through a graph (Rumelhart, Hinton and Williams 1986)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import GraphError, ShapeError
from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.trace import NodeRecord
from cnn_core.layers.base import Array, Forward, Gradients, Params

__all__ = ["GraphGradients", "backward", "needed_nodes", "trained_names"]


@dataclass(frozen=True, slots=True)
class GraphGradients:
    """What was asked for, differentiated: by every node's output and by every trainable parameter.

    Both are complete as far as they were wanted: what the seeds do not depend on has a gradient of zeros.
    Parameters have their full names (``conv_1_1.weight``); tracked ones (running statistics) have none.
    """

    nodes: dict[str, Array]
    params: dict[str, Array]


def backward(
    graph: Graph,
    parameters: Params,
    records: Mapping[str, NodeRecord],
    gradients: Mapping[str, Array],
    *,
    nodes: Collection[str] | None = None,
    params: bool = True,
) -> GraphGradients:
    """Carry gradients from the nodes where they are given back to every node and parameter.

    Args:
        records: every node of one ``forward`` pass by name; it is the training pass if that one was.
        gradients: for any nodes, the gradient by that node's output, of its shape. Where a node is read more
            than once, or has a seed of its own and readers too, the contributions are summed.
        nodes: the nodes whose gradients are wanted, None for all: what is on the way to none is not computed,
            and what was passed is not kept.
        params: whether the gradients of the parameters are wanted.

    Raises:
        GraphError: a seed for a node there is not, a node without a record, or one wanted that there is not.
        ShapeError: a seed of another shape than its node's output.
    """
    _check(graph, records, gradients)
    wanted = {node.name for node in graph} if nodes is None else {graph[name].name for name in nodes}
    trained = trained_names(graph) if params else {}
    needed = needed_nodes(graph, wanted, trained)
    found: dict[str, Array] = dict(gradients)
    by_name: dict[str, Array] = {}
    for node in reversed(graph.nodes):
        if node.name not in found or not node.inputs:
            continue
        grad = found[node.name] if node.name in wanted else found.pop(node.name)
        inputs = tuple(records[source].output for source in node.inputs)
        call = (graph.params_of(node.name, parameters), inputs, records[node.name].done, grad)
        given = _given(node, call, not needed.isdisjoint(node.inputs), node.name in trained)
        for source, gradient in zip(node.inputs, given.inputs, strict=False):
            # never in place: a layer may hand the same array to several of its inputs
            found[source] = found[source] + gradient if source in found else gradient
        by_name.update({f"{node.name}.{key}": gradient for key, gradient in given.params.items()})
    return GraphGradients(
        {n.name: _or_zeros(found, n.name, records[n.name].output) for n in graph if n.name in wanted},
        {name: _or_zeros(by_name, name, parameters[name]) for names in trained.values() for name in names},
    )


def _given(
    node: Node, call: tuple[Params, tuple[Array, ...], Forward, Array], inputs: bool, params: bool
) -> Gradients:
    """What a node gives back, of which only one half may be wanted, or nothing."""
    if inputs and params:
        return node.layer.backward(*call)
    if inputs:
        return Gradients(node.layer.backward_inputs(*call))
    return Gradients((), node.layer.backward_params(*call) if params else {})


def trained_names(graph: Graph) -> dict[str, list[str]]:
    """The full names of the trainable parameters of every node that has any."""
    names = {
        node.name: [
            f"{node.name}.{key}" for key in node.layer.parameter_shapes() if key not in node.layer.tracked()
        ]
        for node in graph
    }
    return {node: own for node, own in names.items() if own}


def needed_nodes(graph: Graph, wanted: Collection[str], trained: Collection[str]) -> set[str]:
    """The nodes whose gradients are wanted, or lead to one that is, or to a parameter's."""
    needed: set[str] = set()
    for node in graph:
        if node.name in wanted or node.name in trained or not needed.isdisjoint(node.inputs):
            needed.add(node.name)
    return needed


def _or_zeros(found: Mapping[str, Array], name: str, like: Array) -> Array:
    return found[name] if name in found else np.zeros_like(like)


def _check(graph: Graph, records: Mapping[str, NodeRecord], gradients: Mapping[str, Array]) -> None:
    if missing := [node.name for node in graph if node.name not in records]:
        raise GraphError(f"backward: node {missing[0]!r} has no record; the forward pass must have finished")
    for name, gradient in gradients.items():
        wanted = records[graph[name].name].output.shape
        if gradient.shape != wanted:
            raise ShapeError(f"node {name!r}: its gradient must be {wanted}, got {gradient.shape}")
