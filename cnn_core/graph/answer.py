"""What a network's answer is: one of several classes, a yes or no each, maps, or numbers of another kind.

Told from what the values are made of, never from the last node alone: a view of a softmax is still a
distribution, and a score at every place of a map is no class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Literal

from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.wholes import POOLS, is_view, wholes
from cnn_core.layers import (
    Add,
    AddConstant,
    Conv2d,
    Dense,
    DivideByConstant,
    Gather,
    HardSigmoid,
    LogSoftmax,
    MultiplyConstant,
    Rearrange,
    ReLU,
    Sigmoid,
    Slice,
    Softmax,
)
from cnn_core.layers.base import Params
from cnn_core.layers.pointwise import Pointwise

__all__ = ["AnswerKind", "Ending", "answer_kinds", "ending"]

AnswerKind = Literal["classes", "independent", "maps", "vector"]
"""``classes``: one of several, by shares or scores; ``independent``: a yes or no each (sigmoid); ``maps``;
``vector``: other numbers, such as an embedding or the scores of a detector."""

_RANGES = frozenset({"exp", "log", "sqrt", "softplus", "power", "abs"})
"""Functions that scores are given for their range; any other function of single values makes features."""

_PASSED = (AddConstant, DivideByConstant, Gather, LogSoftmax, MultiplyConstant, Rearrange, Slice)
"""Layers behind which scores are still scores."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The node that holds an answer's scores, and the function between: softmax, sigmoid, or none of them."""

    scores: str
    function: Literal["softmax", "sigmoid", ""] = ""


def ending(graph: Graph) -> Ending:
    """Of what scores the output is the softmax or sigmoid, seen in whatever shape; in the same order."""
    node = _behind_views(graph, graph.output)
    if isinstance(node.layer, LogSoftmax):
        return Ending(node.inputs[0])
    if isinstance(node.layer, Softmax) and _over_all(graph, node):
        source = _behind_views(graph, node.inputs[0])
        logarithms = isinstance(source.layer, LogSoftmax) and _over_all(graph, source)
        return Ending(source.inputs[0] if logarithms else node.inputs[0], "softmax")
    if isinstance(node.layer, Sigmoid):
        return Ending(node.inputs[0], "sigmoid")
    return Ending(node.name)


def _over_all(graph: Graph, node: Node) -> bool:
    """Whether a softmax shares one whole out among all values of a sample."""
    assert isinstance(node.layer, Softmax)
    shape = graph.shapes[node.name]
    return shape[node.layer.axis] == prod(shape[1:])


def _behind_views(graph: Graph, name: str) -> Node:
    node = graph[name]
    while is_view(node):
        node = graph[node.inputs[0]]
    return node


def answer_kinds(graph: Graph, parameters: Params) -> dict[str, AnswerKind]:
    """What every node would be as an answer.

    Classes have weights of their own each: values from several places of a map, which share theirs, are
    none, nor is what comes behind a normalization or an activation, with which nobody ends a classifier.
    """
    shares = wholes(graph, parameters)
    made: dict[str, _Made] = {}
    for node in graph:
        made[node.name] = _made(graph, node, made)
    found: dict[str, AnswerKind] = {}
    for name, each in made.items():
        shape = graph.shapes[name][1:]
        if prod(shape) != max(shape):
            found[name] = "maps" if len(shape) == 3 else "vector"
        elif prod(shape) == 1:
            found[name] = "vector"
        elif name in shares:
            found[name] = "classes" if shares[name].count == 1 else "vector"
        else:
            found[name] = "vector" if each.placed else each.kind
    return found


@dataclass(frozen=True, slots=True)
class _Made:
    """What values are, one by one; ``placed``: of several places of a map.

    ``scored`` by a dense layer or a convolution of single places, whatever was done to them since.
    """

    kind: Literal["classes", "independent", "vector"] = "classes"
    placed: bool = False
    scored: bool = False
    rectified: bool = False


_FEATURES = _Made("vector")


def _made(graph: Graph, node: Node, made: Mapping[str, _Made]) -> _Made:
    layer, given = node.layer, [made[source] for source in node.inputs]
    placed = len(shape := graph.shapes[node.name]) == 4 and prod(shape[2:]) > 1
    if isinstance(layer, Dense | Conv2d):
        return _Made(placed=placed, scored=isinstance(layer, Dense) or layer.kernel_size == (1, 1))
    if not given:
        return _Made()
    if isinstance(layer, POOLS):
        scores = given[0].kind == "classes" or (given[0].rectified and given[0].scored)
        return _Made(placed=placed) if scores else _FEATURES
    if len(given) == 1:
        return _alone(node, given[0])
    summed = isinstance(layer, Add) and not placed and all(each.kind == "classes" for each in given)
    return _Made() if summed else replace(_FEATURES, placed=any(each.placed for each in given))


def _alone(node: Node, given: _Made) -> _Made:
    """What becomes of values that nothing is joined to."""
    layer = node.layer
    if isinstance(layer, Sigmoid | HardSigmoid | Softmax) and not isinstance(layer, LogSoftmax):
        # what of a softmax is left when its values are no longer all there stands by itself
        return replace(given, kind="independent") if given.kind == "classes" else given
    if isinstance(layer, Pointwise) and layer.kind not in _RANGES:
        return replace(given, kind="vector", rectified=isinstance(layer, ReLU))
    known = is_view(node) or isinstance(layer, (*_PASSED, Pointwise))
    return given if known else replace(_FEATURES, placed=given.placed)
