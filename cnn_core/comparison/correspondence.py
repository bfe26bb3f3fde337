"""Which layer of one network is which of another."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Shape

__all__ = ["Pair", "corresponding", "unmatched"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A node of A and the node of B whose values stand at the same places."""

    a: str
    b: str


def corresponding(a: Graph, b: Graph) -> tuple[Pair, ...]:
    """The pairs of nodes of two networks whose maps can be subtracted, in A's order.

    Nodes correspond by name and shape. Two files of one network by different exporters share few names: where
    less than half of the smaller network corresponds so, nodes correspond in their order, provided that kinds
    and shapes agree in nine tenths of the larger one (matched as by Ratcliff and Metzener 1988).

    >>> from cnn_core.graph import Node
    >>> from cnn_core.layers import Input, ReLU
    >>> one = Graph([Node("input", Input(shape=(1, 2, 2))), Node("relu", ReLU(), ("input",))])
    >>> other = Graph([Node("x", Input(shape=(1, 2, 2))), Node("y", ReLU(), ("x",))])
    >>> corresponding(one, other)
    (Pair(a='input', b='x'), Pair(a='relu', b='y'))
    """
    named = tuple(Pair(node.name, node.name) for node in a if _shape(a, node.name) == _shape(b, node.name))
    if len(named) >= min(len(a), len(b)) / 2:
        return named
    ordered = tuple(_in_order(a, b))
    return ordered if len(ordered) >= 0.9 * max(len(a), len(b)) else named


def unmatched(a: Graph, b: Graph, pairs: Collection[Pair]) -> tuple[list[str], list[str]]:
    """The nodes of A, and those of B, that are in no pair."""
    paired_a, paired_b = {pair.a for pair in pairs}, {pair.b for pair in pairs}
    return (
        [node.name for node in a if node.name not in paired_a],
        [node.name for node in b if node.name not in paired_b],
    )


def _shape(graph: Graph, name: str) -> Shape | None:
    return graph.shapes[name] if name in graph else None


def _in_order(a: Graph, b: Graph) -> Iterator[Pair]:
    for block in SequenceMatcher(None, _kinds(a), _kinds(b), autojunk=False).get_matching_blocks():
        for step in range(block.size):
            yield Pair(a.nodes[block.a + step].name, b.nodes[block.b + step].name)


def _kinds(graph: Graph) -> list[tuple[str, Shape]]:
    return [(node.layer.kind, graph.shapes[node.name]) for node in graph]
