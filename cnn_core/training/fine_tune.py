"""All layers of a trained network, trained on for own classes from where its last layer alone gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadDataset
from cnn_core.graph.graph import Graph
from cnn_core.graph.trace import forward
from cnn_core.layers.base import Array, Params
from cnn_core.preprocess import InputSpec
from cnn_core.training.augment import Augmentation
from cnn_core.training.checkpoint import TrainingState
from cnn_core.training.datasets import Dataset, normalise, to_tensors
from cnn_core.training.evaluate import Scores, evaluate
from cnn_core.training.last_layer import feature_node, solve, with_last_layer
from cnn_core.training.loop import EpochEnd, steps_per_epoch, train
from cnn_core.training.recipes import Recipe

__all__ = ["FineTuned", "FineTuning", "fine_tune", "held_back"]

_BATCH = 16
_AT_ONCE = 32
"""Pictures whose features are computed together."""


@dataclass(frozen=True, slots=True)
class FineTuning:
    """How far it is.

    ``right`` of ``count`` pictures that were held back are named right: by the last layer alone before the
    first step, by all layers after each pass.
    """

    step: int
    total: int
    loss: float | None
    right: int
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class FineTuned:
    """The network in the end, and how it does on the pictures that were held back."""

    graph: Graph
    parameters: Params
    scores: Scores


def held_back(data: Dataset) -> int:
    """Of each class so many pictures are not learnt from: a fifth of the smallest class, at least one."""
    return max(1, int(np.bincount(data.labels).min()) // 5)


def fine_tune(
    graph: Graph, parameters: Params, spec: InputSpec, data: Dataset, passes: int, seed: int = 0
) -> Iterator[FineTuning | FineTuned]:
    """Train every layer for the classes of ``data``; what comes last is the network.

    The last layer begins as its closed form on the same pictures, so the first step knows the classes.

    Raises:
        BadDataset: fewer than two classes, or a class with a single picture.
        BadInput: the network does not end with a dense layer.
        TrainingFailed: loss or weights are no longer finite.
    """
    learnt, held = data.split(held_back(data))
    if len(data.classes) < 2:
        raise BadDataset("own classes: at least two are needed to tell apart")
    layer = solve(_features(graph, parameters, spec, learnt), learnt.labels, len(data.classes))
    graph, start = with_last_layer(graph, parameters, layer)
    recipe = _recipe(passes, seed)
    total = steps_per_epoch(learnt, recipe) * passes
    scores = evaluate(graph, start, spec, held)
    yield FineTuning(0, total, None, _right(scores), len(held))
    trained = {name: value for name, value in start.items() if name not in graph.tracked()}
    state = TrainingState(start, start, recipe.make_optimizer().init(trained))
    for event in train(graph, spec, learnt, recipe, validation=held, state=state):
        if isinstance(event, EpochEnd):
            assert event.validation is not None
            scores, state = event.validation, event.state
        else:
            yield FineTuning(event.step, total, event.loss, _right(scores), len(held))
    yield FineTuned(graph, state.average, scores)


def _recipe(passes: int, seed: int) -> Recipe:
    """Small steps, since what is there is worth keeping."""
    return Recipe(
        epochs=passes,
        batch=_BATCH,
        rate=3e-4,
        seed=seed,
        calibration=0,
        weight_decay=0.01,
        smoothing=0.0,
        ema=0.9,
        shards=1,
        augmentation=Augmentation(zoom=(0.8, 1.2), aspect=0.1, flip=True, jitter=0.2),
    )


def _features(graph: Graph, parameters: Params, spec: InputSpec, data: Dataset) -> Array:
    node, parts = feature_node(graph), []
    for start in range(0, len(data), _AT_ONCE):
        x = normalise(to_tensors(data.images[start : start + _AT_ONCE], spec), spec)
        outputs = {record.node.name: record.output for record in forward(graph, parameters, x)}
        parts.append(outputs[node].reshape(len(x), -1))
    return np.concatenate(parts)


def _right(scores: Scores) -> int:
    return round(scores.top1 * scores.n)
