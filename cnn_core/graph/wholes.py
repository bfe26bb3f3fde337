"""Which values are shares: what they add up to, whatever the picture, told from the layers that make them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import (
    Add,
    AddConstant,
    AvgPool2d,
    Concat,
    Divide,
    DivideByConstant,
    Dropout,
    Exp,
    Flatten,
    GlobalAvgPool2d,
    LogSoftmax,
    MaxPool2d,
    MultiplyConstant,
    Rearrange,
    ReduceMax,
    ReduceMean,
    ReduceSum,
    Softmax,
)
from cnn_core.layers.base import Array, Params

__all__ = ["POOLS", "Wholes", "is_view", "wholes"]

POOLS = (AvgPool2d, GlobalAvgPool2d, MaxPool2d, ReduceMax, ReduceMean)


@dataclass(frozen=True, slots=True)
class Wholes:
    """One sample's values, none below 0, are ``count`` distributions that each add up to ``total``."""

    count: int
    total: float = 1.0


def wholes(graph: Graph, parameters: Params) -> dict[str, Wholes]:
    """The nodes all of whose values are the shares of distributions, whatever the picture.

    A softmax, one written out as exp(x) / sum(exp(x)), the exponential of its logarithm; all of them seen in
    another shape or order, times a constant, side by side, or added up.
    """
    found: dict[str, Wholes] = {}
    for node in graph:
        whole = _made(graph, node) if node.inputs else None
        if whole is None and _keeps(graph, node) and all(source in found for source in node.inputs):
            whole = _kept(node, [found[source] for source in node.inputs], parameters)
        if whole is not None:
            found[node.name] = whole
    return found


def _made(graph: Graph, node: Node) -> Wholes | None:
    """Those that a node makes of values which are none."""
    if isinstance(node.layer, Exp):
        return _of_logarithms(graph, node.inputs[0])
    if isinstance(node.layer, Divide):
        return _written_out(graph, node)
    return _shared(graph, node)


def _kept(node: Node, given: list[Wholes], parameters: Params) -> Wholes | None:
    """Those that are left of such values behind a node that loses none of them."""
    layer, counts = node.layer, [each.count for each in given]
    if isinstance(layer, Concat):
        return Wholes(sum(counts), given[0].total) if len({each.total for each in given}) == 1 else None
    if isinstance(layer, Add):
        return Wholes(1, sum(each.total for each in given)) if set(counts) == {1} else None
    if isinstance(layer, AddConstant):
        return None if parameters[f"{node.name}.constant"].any() else given[0]
    if isinstance(layer, MultiplyConstant | DivideByConstant):
        return _scaled(given[0], parameters[f"{node.name}.constant"], isinstance(layer, DivideByConstant))
    return given[0]


def is_view(node: Node) -> bool:
    """Whether a node gives the numbers of its input in the same order."""
    layer = node.layer
    if isinstance(layer, Rearrange):
        long = [axis for axis in layer.order if layer.split[axis] > 1]
        return long == sorted(long)
    return isinstance(layer, Flatten | Dropout)


def _keeps(graph: Graph, node: Node) -> bool:
    """Whether no value is lost, repeated, or made of two others."""
    layer, after = node.layer, graph.shapes[node.name]
    shapes = [graph.shapes[source] for source in node.inputs]
    if isinstance(layer, Concat | Rearrange) or is_view(node):
        return True
    if isinstance(layer, (*POOLS, ReduceSum)):
        return prod(shapes[0]) == prod(after)
    same = isinstance(layer, Add | AddConstant | MultiplyConstant | DivideByConstant)
    return same and all(shape == after for shape in shapes)


def _shared(graph: Graph, node: Node) -> Wholes | None:
    if not isinstance(node.layer, Softmax) or isinstance(node.layer, LogSoftmax):
        return None
    shape = graph.shapes[node.name]
    return Wholes(prod(shape) // shape[node.layer.axis])


def _of_logarithms(graph: Graph, name: str) -> Wholes | None:
    node = graph[name]
    while isinstance(node.layer, Flatten | Dropout | Rearrange):
        node = graph[node.inputs[0]]
    if not isinstance(node.layer, LogSoftmax):
        return None
    shape = graph.shapes[node.name]
    return Wholes(prod(shape) // shape[node.layer.axis])


def _written_out(graph: Graph, node: Node) -> Wholes | None:
    """Powers by the sum of the same powers."""
    powers, sums = (graph[source] for source in node.inputs)
    ours = isinstance(powers.layer, Exp) and isinstance(sums.layer, ReduceSum)
    if not ours or sums.inputs != (powers.name,) or graph.shapes[node.name] != graph.shapes[powers.name]:
        return None
    return Wholes(prod(graph.shapes[sums.name]))


def _scaled(whole: Wholes, constant: Array, divided: bool) -> Wholes | None:
    factor = float(constant.flat[0])
    if factor <= 0 or not np.isfinite(factor) or np.any(constant != factor):
        return None
    return replace(whole, total=whole.total / factor if divided else whole.total * factor)
