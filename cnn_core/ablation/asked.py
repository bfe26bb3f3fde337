"""The number that a change is told of: the score of a class, or the mean of a channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadInput
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array

__all__ = ["Asked", "channel_mean", "class_score", "scores_node"]

Outputs = Callable[[str], Array]
"""A node's output ``(1, C, H, W)`` or ``(1, F)`` by its name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The mean of channel ``channel`` of ``node``; of a vector's entry that is the entry itself.

    ``of_class`` says that it is the score of a class; ``likely`` is then the node whose entry is the class's
    probability, None where there is none.
    """

    node: str
    channel: int
    of_class: bool = False
    likely: str | None = None

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that are read."""
        return (self.node,) if self.likely is None else (self.node, self.likely)

    def value(self, outputs: Outputs) -> float:
        """The number."""
        return float(outputs(self.node)[0, self.channel].mean(dtype=np.float64))

    def probability(self, outputs: Outputs) -> float | None:
        """The probability of the class; None where none is computed."""
        return None if self.likely is None else float(outputs(self.likely)[0, self.channel])


def scores_node(graph: Graph) -> str:
    """The node whose output are the scores of the classes: what a softmax at the end reads, or the output."""
    last = graph[graph.output]
    return last.inputs[0] if last.layer.kind == "softmax" else last.name


def class_score(graph: Graph, number: int) -> Asked:
    """The score (logit) of a class.

    Raises:
        BadInput: the network's output is no vector, or has no such entry.
    """
    node = scores_node(graph)
    _check(graph, node, number)
    if len(graph.shapes[node]) != 2:
        raise BadInput(f"ablation: the output {node!r} is a map, it has no scores of classes")
    return Asked(node, number, of_class=True, likely=None if node == graph.output else graph.output)


def channel_mean(graph: Graph, node: str, channel: int) -> Asked:
    """The mean of a channel.

    Raises:
        GraphError: there is no such node.
        BadInput: it has no such channel.
    """
    _check(graph, node, channel)
    return Asked(node, channel)


def _check(graph: Graph, node: str, channel: int) -> None:
    count = graph.shapes[graph[node].name][1]
    if not 0 <= channel < count:
        raise BadInput(f"ablation: node {node!r} has channels 0 to {count - 1}, got {channel}")
