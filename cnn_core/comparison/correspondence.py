"""Which layer of one network is which of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Shape

__all__ = ["Pair", "corresponding"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A node of A and the node of B whose values stand at the same places."""

    a: str
    b: str


def corresponding(a: Graph, b: Graph) -> tuple[Pair, ...]:
    """The pairs of nodes of two networks whose maps can be subtracted, in A's order.

    Nodes correspond by name and shape. Two files of one network by different exporters share few names: where
    less than half of the smaller network corresponds so, nodes correspond in their order instead, as far as
    kinds and shapes agree (Ratcliff and Metzener 1988).

    >>> from cnn_core.graph import Node
    >>> from cnn_core.layers import Input, ReLU
    >>> one = Graph([Node("input", Input(shape=(1, 2, 2))), Node("relu", ReLU(), ("input",))])
    >>> other = Graph([Node("x", Input(shape=(1, 2, 2))), Node("y", ReLU(), ("x",))])
    >>> corresponding(one, other)
    (Pair(a='input', b='x'), Pair(a='relu', b='y'))
    """
    named = tuple(Pair(node.name, node.name) for node in a if _shape(a, node.name) == _shape(b, node.name))
    return named if 2 * len(named) >= min(len(a), len(b)) else tuple(_in_order(a, b))


def _shape(graph: Graph, name: str) -> Shape | None:
    return graph.shapes[name] if name in graph else None


def _in_order(a: Graph, b: Graph) -> Iterator[Pair]:
    for block in SequenceMatcher(None, _kinds(a), _kinds(b), autojunk=False).get_matching_blocks():
        for step in range(block.size):
            yield Pair(a.nodes[block.a + step].name, b.nodes[block.b + step].name)


def _kinds(graph: Graph) -> list[tuple[str, Shape]]:
    return [(node.layer.kind, graph.shapes[node.name]) for node in graph]
