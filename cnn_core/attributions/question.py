"""What is asked of a network: one number that a node's output holds, or several of them weighed up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnn_core.errors import BadInput
from cnn_core.graph.answer import ending
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array, Shape
from cnn_core.ops.activation import sigmoid, softmax

__all__ = ["Question", "Reading", "ask_channel", "ask_class", "ask_pair", "ask_value", "scores_of"]

Reading = Literal["share", "odds", "value"]
"""How an answer is told: softmax of the scores; of the two of a pair; the value itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """value = sum of ``weights`` times the output of ``node``.

    ``reading`` says what a person is told of it, the *answer*: a class's share of all (softmax), A's share of
    A and B, or the value as it is.

    Shape:
        weights: one sample of the node's output.
    """

    node: str
    weights: Array
    reading: Reading = "value"

    def values(self, outputs: Array) -> Array:
        """The value in each of a batch of the node's outputs, in float64."""
        flat = outputs.reshape(len(outputs), -1).astype(np.float64)
        found: Array = flat @ self.weights.ravel().astype(np.float64)
        return found

    def answers(self, outputs: Array) -> Array:
        """What a person is told, for each of a batch of the node's outputs, in float64."""
        if self.reading == "odds":
            return sigmoid(self.values(outputs))
        if self.reading == "share":
            shares = softmax(outputs.reshape(len(outputs), -1).astype(np.float64), -1)
            return self.values(shares)
        return self.values(outputs)


def scores_of(graph: Graph) -> str:
    """The node that holds the classes' scores: the output's own, or what its softmax or sigmoid reads."""
    return ending(graph).scores


def ask_class(graph: Graph, index: int) -> Question:
    """Why this class? The value is its score before the softmax.

    Raises:
        BadInput: there is no such class, or the network's answer is no vector.
    """
    node = scores_of(graph)
    weights = _weights(_vector(graph, node), index, "class")
    return Question(node, weights, "share" if ending(graph).function == "softmax" else "value")


def ask_pair(graph: Graph, index: int, other: int) -> Question:
    """Why this class rather than the other? The value is the difference of their scores.

    Raises:
        BadInput: there is no such class, both are one, or the network's answer is no vector.
    """
    if index == other:
        raise BadInput(f"question: A and B must be two classes, got {index} twice")
    node = scores_of(graph)
    shape = _vector(graph, node)
    weights = _weights(shape, index, "class") - _weights(shape, other, "class")
    return Question(node, weights, "odds")


def ask_channel(graph: Graph, node: str, channel: int, place: tuple[int, int] | None = None) -> Question:
    """What excites a channel: its mean over all places, or its value at one ``(row, column)``.

    A number of a flat vector counts as a channel of one place.

    Raises:
        GraphError: there is no such node.
        BadInput: the node is the image itself, or has no such channel or place.
    """
    shape = graph.shapes[graph[node].name][1:]
    if not graph[node].inputs:
        raise BadInput(f"question: {node} is the image itself; ask in a later layer")
    if not 0 <= channel < shape[0]:
        raise BadInput(f"question: {node} has channels 0 to {shape[0] - 1}, got {channel}")
    weights = np.zeros(shape, np.float32)
    if place is None:
        weights[channel] = 1 / max(1, int(np.prod(shape[1:])))
        return Question(node, weights)
    return ask_value(graph, node, (channel, *place)[: len(shape)])


def ask_value(graph: Graph, node: str, index: tuple[int, ...]) -> Question:
    """What makes one value of a node's output as it is; ``index`` is without the batch axis.

    Raises:
        GraphError: there is no such node.
        BadInput: it has no such value.
    """
    shape = graph.shapes[graph[node].name][1:]
    inside = all(0 <= i < length for i, length in zip(index, shape, strict=False))
    if len(index) != len(shape) or not inside:
        raise BadInput(f"question: {node} has values {shape}, got index {index}")
    weights = np.zeros(shape, np.float32)
    weights[index] = 1
    return Question(node, weights)


def _vector(graph: Graph, node: str) -> Shape:
    shape = graph.shapes[node][1:]
    if int(np.prod(shape)) != max(shape):
        raise BadInput(f"question: this network has no classes, its answer {node} has the shape {shape}")
    return shape


def _weights(shape: Shape, index: int, what: str) -> Array:
    weights = np.zeros(int(np.prod(shape)), np.float32)
    if not 0 <= index < weights.size:
        raise BadInput(f"question: wanted a {what} from 0 to {weights.size - 1}, got {index}")
    weights[index] = 1
    return weights.reshape(shape)
