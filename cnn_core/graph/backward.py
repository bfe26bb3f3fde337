"""Reverse-mode differentiation through a graph (Rumelhart, Hinton and Williams 1986)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import GraphError, ShapeError
from cnn_core.graph.graph import Graph
from cnn_core.graph.trace import NodeRecord
from cnn_core.layers.base import Array, Params

__all__ = ["GraphGradients", "backward"]


@dataclass(frozen=True, slots=True)
class GraphGradients:
    """What was asked for, differentiated: by every node's output and by every trainable parameter.

    Both are complete: what the seeds do not depend on has a gradient of zeros. Parameters have their full
    names (``conv_1_1.weight``); tracked ones (running statistics) have no gradient.
    """

    nodes: dict[str, Array]
    params: dict[str, Array]


def backward(
    graph: Graph,
    parameters: Params,
    records: Mapping[str, NodeRecord],
    gradients: Mapping[str, Array],
) -> GraphGradients:
    """Carry gradients from the nodes where they are given back to every node and parameter.

    Args:
        records: every node of one ``forward`` pass by name; it is the training pass if that one was.
        gradients: for any nodes, the gradient by that node's output, of its shape. Where a node is read more
            than once, or has a seed of its own and readers too, the contributions are summed.

    Raises:
        GraphError: a seed for a node there is not, or a node without a record.
        ShapeError: a seed of another shape than its node's output.
    """
    _check(graph, records, gradients)
    nodes: dict[str, Array] = dict(gradients)
    params: dict[str, Array] = {}
    for node in reversed(graph.nodes):
        if node.name not in nodes or not node.inputs:
            continue
        inputs = tuple(records[source].output for source in node.inputs)
        own = graph.params_of(node.name, parameters)
        given = node.layer.backward(own, inputs, records[node.name].done, nodes[node.name])
        for source, gradient in zip(node.inputs, given.inputs, strict=True):
            # never in place: a layer may hand the same array to several of its inputs
            nodes[source] = nodes[source] + gradient if source in nodes else gradient
        params.update({f"{node.name}.{key}": gradient for key, gradient in given.params.items()})
    return _completed(graph, parameters, records, GraphGradients(nodes, params))


def _completed(
    graph: Graph, parameters: Params, records: Mapping[str, NodeRecord], found: GraphGradients
) -> GraphGradients:
    """Zeros for what no seed depends on, everything in the graph's order."""
    trained = [name for name in graph.parameter_shapes() if name not in graph.tracked()]
    names = [node.name for node in graph]
    return GraphGradients(
        {n: found.nodes[n] if n in found.nodes else np.zeros_like(records[n].output) for n in names},
        {n: found.params[n] if n in found.params else np.zeros_like(parameters[n]) for n in trained},
    )


def _check(graph: Graph, records: Mapping[str, NodeRecord], gradients: Mapping[str, Array]) -> None:
    if missing := [node.name for node in graph if node.name not in records]:
        raise GraphError(f"backward: node {missing[0]!r} has no record; the forward pass must have finished")
    for name, gradient in gradients.items():
        wanted = records[graph[name].name].output.shape
        if gradient.shape != wanted:
            raise ShapeError(f"node {name!r}: its gradient must be {wanted}, got {gradient.shape}")
