"""Every network of the zoo as training sees it: its gradients against finite differences, in float64."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.errors import BadRecipe
from cnn_core.graph.backward import backward
from cnn_core.graph.graph import Graph
from cnn_core.graph.trace import forward
from cnn_core.layers.base import Params
from cnn_core.models import MODELS
from cnn_core.training.losses import Loss, cross_entropy, logits_node
from cnn_core.training.resizing import resized

CLASSES = 3
SMALL = 24
STEP = 1e-6


def small_version(name: str) -> Graph:
    """The architecture with three classes, on small images where it can take them."""
    graph = MODELS[name].build(CLASSES)
    try:
        return resized(graph, SMALL)
    except BadRecipe:
        return graph


def loss_of(graph: Graph, parameters: Params, x: np.ndarray) -> tuple[Loss, dict[str, np.ndarray]]:
    """The loss of a training pass, and the gradient of every parameter and of the images."""
    labels = np.arange(len(x)) % CLASSES
    records = {record.node.name: record for record in forward(graph, parameters, x, training=True)}
    end = logits_node(graph)
    loss = cross_entropy(records[end].output, labels, smoothing=0.1)
    found = backward(graph, parameters, records, {end: loss.gradient})
    return loss, {**found.params, "images": found.nodes[graph.inputs[0].name]}


@pytest.mark.parametrize("name", [name for name, made in MODELS.items() if made.seed is None])
def test_gradients_of_the_whole_network_equal_central_differences(name: str) -> None:
    graph, rng = small_version(name), np.random.default_rng(7)
    values = {key: value.astype(np.float64) for key, value in graph.init(rng).items()}
    values["images"] = rng.random((4, *graph.shapes[graph.inputs[0].name][1:]))

    def loss_at(moved: dict[str, np.ndarray]) -> float:
        parameters = {key: value for key, value in moved.items() if key != "images"}
        return loss_of(graph, parameters, moved["images"])[0].value

    _, gradients = loss_of(graph, {k: v for k, v in values.items() if k != "images"}, values["images"])
    assert set(gradients) == set(values) - graph.tracked()
    for key, gradient in gradients.items():
        direction = rng.standard_normal(gradient.shape)
        direction /= np.linalg.norm(direction)
        above = loss_at({**values, key: values[key] + STEP * direction})
        below = loss_at({**values, key: values[key] - STEP * direction})
        assert np.vdot(gradient, direction) == pytest.approx(
            (above - below) / (2 * STEP), rel=1e-4, abs=1e-8
        ), key
