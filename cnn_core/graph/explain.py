"""The arithmetic behind one value of one node, told in terms of the nodes it was computed from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cnn_core.graph.graph import Graph
from cnn_core.graph.places import check_index
from cnn_core.layers import Dropout, Flatten
from cnn_core.layers.base import Array, Explanation, Params, Shape, Term

__all__ = ["ExplainedValue", "explain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedValue(Explanation):
    """An Explanation whose terms say which node they read.

    ``terms[i]`` is a patch of the output of node ``sources[i]``: its ``channel, y, x`` are places there.
    """

    node: str
    index: tuple[int, ...]
    sources: tuple[str, ...]


def explain(
    graph: Graph, parameters: Params, outputs: Mapping[str, Array], node: str, index: tuple[int, ...]
) -> ExplainedValue:
    """The terms that make one value of one node's output, for the first sample of the batch.

    A layer that reads a flattened map whole (dense) is told map by map: one term per channel, its patch that
    channel's map, its kernel the weights that meet it, its source the node before ``flatten``. One that reads
    another vector has a term of one cell per value. An input node copies a number of the image and has no
    terms.

    Args:
        outputs: at least the node's own output and those of the nodes it reads.
        index: ``(channel, y, x)`` of a map, ``(position,)`` of a vector.

    Raises:
        GraphError: there is no such node.
        ShapeError: the index is none of the node's.
    """
    check_index(graph, node, index)
    found, output = graph[node], outputs[node]
    if not found.inputs:
        value = float(output[0][index])
        return ExplainedValue(value=value, operation="copy", terms=(), node=node, index=index, sources=())
    inputs = tuple(outputs[source] for source in found.inputs)
    told = found.layer.explain(graph.params_of(node, parameters), inputs, output, index)
    named = [pair for term in told.terms for pair in _unflattened(graph, found.inputs[term.source], term)]
    return ExplainedValue(
        value=told.value,
        operation=told.operation,
        terms=tuple(term for _, term in named),
        bias=told.bias,
        constants=told.constants,
        node=node,
        index=index,
        sources=tuple(source for source, _ in named),
    )


def _unflattened(graph: Graph, source: str, term: Term) -> Iterator[tuple[str, Term]]:
    """The term with the node it reads; one over a whole vector as one per channel of what it holds."""
    origin, shape = _channels_behind(graph, source)
    if len(graph.shapes[source]) == 4 or term.patch.size != int(np.prod(shape)):
        yield source, term
        return
    patches, products = term.patch.reshape(shape), term.products.reshape(shape)
    kernels = None if term.kernel is None else term.kernel.reshape(shape)
    for channel in range(shape[0]):
        yield (
            origin,
            Term(
                source=term.source,
                channel=channel,
                y=0,
                x=0,
                patch=patches[channel],
                products=products[channel],
                sum=float(products[channel].sum(dtype=np.float64)),
                kernel=None if kernels is None else kernels[channel],
            ),
        )


def _channels_behind(graph: Graph, name: str) -> tuple[str, Shape]:
    """The node whose values a vector holds, and their shape ``(C, H, W)``.

    Through flatten, and dropout, which copies, that is a map; any other vector is a channel per value.
    """
    node = graph[name]
    while isinstance(node.layer, Dropout):
        node = graph[node.inputs[0]]
    if isinstance(node.layer, Flatten) and len(graph.shapes[node.inputs[0]]) == 4:
        return node.inputs[0], graph.shapes[node.inputs[0]][1:]
    return name, (*graph.shapes[name][1:], 1, 1)
