"""Every network of the zoo as training sees it: its gradients against finite differences, in float64."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.errors import BadRecipe
from cnn_core.graph.backward import backward
from cnn_core.graph.graph import Graph
from cnn_core.graph.trace import NodeRecord, forward
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


def loss_of(graph: Graph, values: dict[str, np.ndarray]) -> tuple[Loss, dict[str, NodeRecord]]:
    """The loss of a training pass over ``values["images"]``, and the pass."""
    parameters, x = {key: value for key, value in values.items() if key != "images"}, values["images"]
    records = {record.node.name: record for record in forward(graph, parameters, x, training=True)}
    labels = np.arange(len(x)) % CLASSES
    return cross_entropy(records[logits_node(graph)].output, labels, smoothing=0.1), records


def gradients_of(graph: Graph, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The loss's gradient of every parameter and of the images."""
    parameters = {key: value for key, value in values.items() if key != "images"}
    loss, records = loss_of(graph, values)
    found = backward(graph, parameters, records, {logits_node(graph): loss.gradient})
    return {**found.params, "images": found.nodes[graph.inputs[0].name]}


@pytest.mark.parametrize("name", [name for name, made in MODELS.items() if made.seed is None])
def test_gradients_of_the_whole_network_equal_central_differences(name: str) -> None:
    graph, rng = small_version(name), np.random.default_rng(7)
    values = {key: value.astype(np.float64) for key, value in graph.init(rng).items()}
    values["images"] = rng.random((4, *graph.shapes[graph.inputs[0].name][1:]))

    gradients = gradients_of(graph, values)
    assert set(gradients) == set(values) - graph.tracked()
    for key, gradient in gradients.items():
        direction = rng.standard_normal(gradient.shape)
        direction /= np.linalg.norm(direction)
        above = loss_of(graph, {**values, key: values[key] + STEP * direction})[0].value
        below = loss_of(graph, {**values, key: values[key] - STEP * direction})[0].value
        assert np.vdot(gradient, direction) == pytest.approx(
            (above - below) / (2 * STEP), rel=1e-4, abs=1e-8
        ), key
