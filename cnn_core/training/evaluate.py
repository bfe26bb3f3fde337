"""How often a network is right on labelled images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cnn_core.doubt import doubt, second_opinion
from cnn_core.graph.graph import Graph
from cnn_core.graph.trace import forward
from cnn_core.layers.base import Array, Params
from cnn_core.ops.activation import softmax
from cnn_core.preprocess import InputSpec, scale_batch
from cnn_core.runtime.plan import compile_plan
from cnn_core.training.datasets import Dataset
from cnn_core.training.losses import cross_entropy, logits_node

__all__ = [
    "ClassScore",
    "Scores",
    "doubts_of_second",
    "evaluate",
    "expected_calibration_error",
    "named_and_unsure",
]

BATCH = 50


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class: how many images it has, and the share of them called by its name."""

    name: str
    n: int
    top1: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Over ``n`` images: mean cross-entropy, and the share whose class came first or within three.

    ``unsure`` is the share whose answer counts as unsure (``cnn_core.doubt``), ``calibration_error`` how far
    the probabilities of the answers are from how often such answers are right.
    """

    n: int
    loss: float
    top1: float
    top3: float
    unsure: float
    calibration_error: float
    per_class: tuple[ClassScore, ...]
    """Classes the data has, in the model's order."""


def evaluate(
    graph: Graph,
    parameters: Params,
    spec: InputSpec,
    data: Dataset,
    progress: Callable[[int], None] = lambda done: None,
) -> Scores:
    """Run the network over ``data``, whose labels must be the network's own (``Dataset.relabel``).

    ``progress`` is told the number of images done after each batch.
    """
    ranks, confidences = np.empty(len(data), np.int64), np.empty(len(data))
    loss, unsure = 0.0, 0
    for start, logits in _batches(graph, parameters, spec, data):
        labels = data.labels[start : start + BATCH]
        loss += cross_entropy(logits, labels).value * len(labels)
        unsure += _count_unsure(logits)
        ranks[start : start + BATCH] = _ranks(logits, labels)
        confidences[start : start + BATCH] = softmax(logits.astype(np.float64)).max(axis=1)
        progress(start + len(labels))
    return Scores(
        n=len(data),
        loss=loss / len(data),
        top1=float(np.mean(ranks < 1)),
        top3=float(np.mean(ranks < 3)),
        unsure=unsure / len(data),
        calibration_error=expected_calibration_error(confidences, ranks < 1),
        per_class=_per_class(data, ranks),
    )


def named_and_unsure(graph: Graph, parameters: Params, spec: InputSpec, data: Dataset) -> tuple[Array, Array]:
    """Of every image the number of the class the network names, and whether it is unsure of it.

    Shape:
        returns: ``(N,)`` of int, ``(N,)`` of bool
    """
    shares = np.concatenate([softmax(logits) for _, logits in _batches(graph, parameters, spec, data)])
    return shares.argmax(axis=1), np.array([doubt(row).unsure for row in shares])


def doubts_of_second(
    graph: Graph,
    parameters: Params,
    spec: InputSpec,
    data: Dataset,
    known: Sequence[Sequence[int]],
    named: Array,
    progress: Callable[[int], None] = lambda done: None,
) -> Array:
    """Whether this network, a second one, doubts the class that a first one ``named`` for each image.

    One image at a time by a compiled plan, as on the page; ``known`` as ``cnn_core.doubt.counterparts``.

    Shape:
        named: ``(N,)``; returns: ``(N,)`` of bool
    """
    plan = compile_plan(graph, parameters, (1, spec.channels, spec.height, spec.width))
    doubts = np.empty(len(data), bool)
    for number, image in enumerate(data.images):
        *_, last = plan.records(scale_batch(image[np.newaxis], spec))
        doubts[number] = second_opinion(last.output[0], known, int(named[number])).unsure
        progress(number + 1)
    return doubts


def expected_calibration_error(confidences: Array, right: Array, bins: int = 15) -> float:
    """Mean distance between confidence and accuracy, over answers in bins of like confidence.

    ``sum over bins of |bin| / n * |accuracy(bin) - confidence(bin)|``; bin m holds confidences above
    ``(m - 1) / bins`` up to ``m / bins``.

    Shape:
        confidences: ``(N,)``, the probability of each answer; right: ``(N,)``, whether it was right.

    Reference: Guo et al., 'On Calibration of Modern Neural Networks', 2017, section 2.
    """
    members = np.ceil(confidences * bins).astype(np.int64) - 1
    gaps = np.bincount(np.clip(members, 0, bins - 1), weights=right - confidences, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidences))


def _batches(graph: Graph, parameters: Params, spec: InputSpec, data: Dataset) -> Iterator[tuple[int, Array]]:
    """Place of the first image of each batch, and the batch's logits."""
    for start in range(0, len(data), BATCH):
        yield start, _logits(graph, parameters, scale_batch(data.images[start : start + BATCH], spec))


def _count_unsure(logits: Array) -> int:
    return sum(doubt(row).unsure for row in softmax(logits))


def _logits(graph: Graph, parameters: Params, x: Array) -> Array:
    wanted = logits_node(graph)
    for record in forward(graph, parameters, x):
        if record.node.name == wanted:
            return record.output
    raise AssertionError(f"{wanted} is a node of the graph")


def _ranks(logits: Array, labels: Array) -> Array:
    """How many classes score above each image's own; where scores tie, the earlier class comes first."""
    own = logits[np.arange(len(labels)), labels][:, None]
    earlier = np.arange(logits.shape[1]) < labels[:, None]
    beaten: Array = ((logits > own) | ((logits == own) & earlier)).sum(axis=1)
    return beaten


def _per_class(data: Dataset, ranks: Array) -> tuple[ClassScore, ...]:
    rows = []
    for label, name in enumerate(data.classes):
        own = ranks[data.labels == label]
        if len(own):
            rows.append(ClassScore(name, len(own), float(np.mean(own < 1))))
    return tuple(rows)
