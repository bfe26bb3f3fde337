"""What a step minimises: cross-entropy of the class scores, before any softmax at the graph's end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.graph.answer import ending
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array
from cnn_core.ops.loss import softmax_cross_entropy

__all__ = ["Loss", "cross_entropy", "logits_node"]


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """The mean loss of a batch, its gradient by the logits ``(N, K)``, and how many were right."""

    value: float
    gradient: Array
    correct: int


def logits_node(graph: Graph) -> str:
    """The node whose output are the class scores: the output, or what a softmax at the end reads.

    A softmax and the logarithm of the loss are differentiated as one, which never divides by a
    probability of zero.
    """
    found = ending(graph)
    return found.scores if found.function == "softmax" else graph.output


def cross_entropy(logits: Array, labels: Array, smoothing: float = 0.0) -> Loss:
    """Cross-entropy with label smoothing, and the number of labels with the highest score.

    Of a mixed image the class with the larger share counts as its label.

    Shape:
        logits: ``(N, K)``; labels: ``(N,)`` integers below K, or shares of the classes ``(N, K)``.
    """
    value, gradient = softmax_cross_entropy(logits, labels, smoothing)
    own = labels.argmax(axis=1) if labels.ndim == 2 else labels
    return Loss(value, gradient, int(np.count_nonzero(logits.argmax(axis=1) == own)))
