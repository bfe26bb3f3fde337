"""A network's last layer for classes of one's own: solved in closed form on what the layers before it say.

With features ``F`` (N, D + 1; the last column is 1, for the bias) and targets ``Y`` (N, K), +1 for the own
class and -1 for every other, the weights are ridge regression's::

    W = F' (F F' + lambda I)^-1 Y          N pictures or fewer than D + 1
    W = (F' F + lambda I)^-1 F' Y          more; the same numbers

and what each picture would be called by the layer learnt from all others, with the same lambda, needs no
second solution: with the hat matrix ``H = F F' (F F' + lambda I)^-1`` its scores are
``y_i - (y_i - yhat_i) / (1 - H_ii)``.

Reference: Allen 1974, The relationship between variable selection and data augmentation (PRESS).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadDataset, BadInput
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Dense, Softmax
from cnn_core.layers.base import Array, Params
from cnn_core.training.losses import logits_node

__all__ = [
    "LEAST_PICTURES",
    "SHARPNESS",
    "LastLayer",
    "feature_node",
    "shares_of",
    "solve",
    "with_last_layer",
]

LEAST_PICTURES = 8
"""Of each class: fewer are learnt by heart."""

RIDGE = 0.01
"""Lambda, as a share of the mean squared length of a picture's features."""

SHARPNESS = 4.0
"""Scores are the regression's times this: a picture that is met exactly is called its class with 99.9 %."""


@dataclass(frozen=True, slots=True, eq=False)
class LastLayer:
    """Weights ``(K, D)`` and biases ``(K,)``, float32, and how they do on pictures they were not learnt from.

    Shape:
        left_out: ``(N, K)``, scores of each picture by the layer that is learnt from all others.
    """

    weight: Array
    bias: Array
    left_out: Array
    labels: Array

    @property
    def right(self) -> int:
        """Pictures called by their name when they are left out."""
        return int(np.count_nonzero(self.left_out.argmax(axis=1) == self.labels))

    @property
    def shares(self) -> Array:
        """Of the left out pictures: probability of every class, ``(N, K)``."""
        return shares_of(self.left_out)

    def scores(self, features: Array) -> Array:
        """Scores of other pictures, ``(N, D)`` to ``(N, K)``."""
        found: Array = features @ self.weight.T + self.bias
        return found


def feature_node(graph: Graph) -> str:
    """The node whose output the last layer reads.

    Raises:
        BadInput: the network does not end with a dense layer; the message says with what.
    """
    last = graph[logits_node(graph)]
    if not isinstance(last.layer, Dense):
        raise BadInput(
            f"own classes: the network must end with a dense layer, it ends with {last.layer.kind}"
        )
    return last.inputs[0]


def solve(features: Array, labels: Array, classes: int) -> LastLayer:
    """Learn the last layer from features ``(N, D)`` of pictures with labels ``(N,)``.

    Raises:
        BadDataset: fewer than two classes, or a class without a picture.
    """
    counts = np.bincount(labels, minlength=classes)
    if classes < 2:
        raise BadDataset(f"own classes: at least two are needed to tell apart, got {classes}")
    if not counts.all():
        raise BadDataset(f"own classes: class {int(np.argmin(counts))} has no picture")
    wide = features.astype(np.float64)
    f = np.concatenate([wide, np.ones((len(wide), 1))], axis=1)
    y = SHARPNESS * (2.0 * np.eye(classes)[labels] - 1)
    ridge = RIDGE * float(np.mean(np.sum(wide**2, axis=1))) or RIDGE
    weights, hat, fitted = _wide(f, y, ridge) if len(f) <= f.shape[1] else _tall(f, y, ridge)
    left_out = y - (y - fitted) / (1 - hat)[:, None]
    return LastLayer(
        weights[:-1].T.astype(np.float32), weights[-1].astype(np.float32), left_out, np.asarray(labels)
    )


def with_last_layer(graph: Graph, parameters: Params, layer: LastLayer) -> tuple[Graph, dict[str, Array]]:
    """The network with its last layer replaced by this one, and a softmax at its end.

    Raises:
        BadInput: as ``feature_node``.
    """
    reads = feature_node(graph)
    nodes = [node for node in graph if node.name not in _behind(graph, reads)]
    classes, features = layer.weight.shape
    old = graph[logits_node(graph)]
    dense = Node(old.name, Dense(features, classes), (reads,))
    softmax = Node(
        "softmax" if "softmax" not in {node.name for node in nodes} else "shares", Softmax(), (old.name,)
    )
    kept = {name: value for name, value in parameters.items() if not name.startswith(f"{old.name}.")}
    kept |= {f"{old.name}.weight": layer.weight, f"{old.name}.bias": layer.bias}
    return Graph([*nodes, dense, softmax], output=softmax.name), kept


def shares_of(scores: Array) -> Array:
    """Probability of every class: the softmax of scores ``(N, K)``."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: Array = powers / powers.sum(axis=1, keepdims=True)
    return found


def _wide(f: Array, y: Array, ridge: float) -> tuple[Array, Array, Array]:
    inverse = np.linalg.inv(f @ f.T + ridge * np.eye(len(f)))
    dual = inverse @ y
    return f.T @ dual, 1 - ridge * np.diag(inverse), y - ridge * dual


def _tall(f: Array, y: Array, ridge: float) -> tuple[Array, Array, Array]:
    inverse = np.linalg.inv(f.T @ f + ridge * np.eye(f.shape[1]))
    weights = inverse @ (f.T @ y)
    return weights, np.einsum("nd,nd->n", f @ inverse, f), f @ weights


def _behind(graph: Graph, name: str) -> set[str]:
    """The last layer and what reads it."""
    found: set[str] = set()
    last = graph.output
    while last != name:
        found.add(last)
        last = graph[last].inputs[0]
    return found
