"""The last layer in closed form: what it computes, and what each picture is called when it is left out."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.errors import BadDataset, BadInput
from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.trace import forward
from cnn_core.layers import Conv2d, Dense, Flatten, GlobalAvgPool2d, Input, ReLU, Softmax
from cnn_core.training.last_layer import RIDGE, SHARPNESS, feature_node, solve, with_last_layer

RNG = np.random.default_rng(3)


def net() -> Graph:
    return Graph(
        [
            Node("input", Input(shape=(3, 8, 8)), ()),
            Node("conv", Conv2d(3, 6, (3, 3)), ("input",)),
            Node("relu", ReLU(), ("conv",)),
            Node("pool", GlobalAvgPool2d(), ("relu",)),
            Node("flat", Flatten(), ("pool",)),
            Node("output", Dense(6, 4), ("flat",)),
            Node("softmax", Softmax(), ("output",)),
        ]
    )


@pytest.mark.parametrize("count", [12, 90], ids=["fewer pictures than features", "more"])
def test_a_picture_left_out_is_called_what_the_layer_without_it_calls_it(count: int) -> None:
    features = np.abs(RNG.standard_normal((count, 20)))
    labels = np.arange(count) % 3
    found = solve(features, labels, 3)
    ridge = RIDGE * np.mean(np.sum(features**2, axis=1))
    f = np.concatenate([features, np.ones((count, 1))], axis=1)
    y = SHARPNESS * (2 * np.eye(3)[labels] - 1)
    for n in range(count):
        others = np.arange(count) != n
        a = f[others].T @ f[others] + ridge * np.eye(21)
        wanted = f[n] @ np.linalg.solve(a, f[others].T @ y[others])
        assert found.left_out[n] == pytest.approx(wanted, abs=1e-9)
    weights = np.linalg.solve(f.T @ f + ridge * np.eye(21), f.T @ y)
    assert found.weight == pytest.approx(weights[:-1].T, abs=1e-5)
    assert found.bias == pytest.approx(weights[-1], abs=1e-5)


def test_leaving_out_tells_learning_from_learning_by_heart() -> None:
    noise = RNG.standard_normal((30, 200))
    labels = np.arange(30) % 2
    found = solve(noise, labels, 2)
    assert np.array_equal(found.scores(noise).argmax(axis=1), labels)  # all by heart
    assert found.right < 24
    told = solve(noise + 12 * np.eye(200)[labels], labels, 2)
    assert told.right == 30
    assert told.shares.sum(axis=1) == pytest.approx(1)


def test_the_network_with_the_new_layer_computes_its_scores() -> None:
    graph = net()
    parameters = graph.init(np.random.default_rng(0))
    x = RNG.random((16, 3, 8, 8), np.float32)
    assert feature_node(graph) == "flat"
    features = {r.node.name: r.output for r in forward(graph, parameters, x)}["flat"]
    labels = np.arange(16) % 2
    layer = solve(features, labels, 2)
    made, weights = with_last_layer(graph, parameters, layer)
    outputs = {r.node.name: r.output for r in forward(made, weights, x)}
    assert outputs["output"] == pytest.approx(layer.scores(features), abs=1e-5)
    assert outputs["softmax"].shape == (16, 2)
    assert np.array_equal(weights["conv.weight"], parameters["conv.weight"])


def test_what_cannot_be_learnt_is_said() -> None:
    with pytest.raises(BadDataset, match="at least two are needed to tell apart, got 1"):
        solve(np.ones((4, 3)), np.zeros(4, int), 1)
    with pytest.raises(BadDataset, match="class 1 has no picture"):
        solve(np.ones((4, 3)), np.zeros(4, int), 2)
    graph = Graph([Node("input", Input(shape=(3, 8, 8)), ()), Node("conv", Conv2d(3, 6, (3, 3)), ("input",))])
    with pytest.raises(BadInput, match="must end with a dense layer, it ends with conv2d"):
        feature_node(graph)
