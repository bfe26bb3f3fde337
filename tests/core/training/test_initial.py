"""First weights that fit the data."""

from __future__ import annotations

import numpy as np

from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.trace import forward
from cnn_core.layers import Add, BatchNorm2d, Conv2d, Dense, Flatten, Input, ReLU
from cnn_core.training.initial import calibrate


def branching() -> Graph:
    """Two convolutions of one input, added; one of them has no bias."""
    return Graph(
        [
            Node("input", Input(shape=(3, 6, 6))),
            Node("left", Conv2d(in_channels=3, out_channels=4, kernel_size=(3, 3)), ("input",)),
            Node("relu", ReLU(), ("left",)),
            Node("right", Conv2d(in_channels=3, out_channels=4, kernel_size=(3, 3), bias=False), ("input",)),
            Node("add", Add(), ("relu", "right")),
            Node("flatten", Flatten(), ("add",)),
            Node("output", Dense(in_features=64, out_features=5), ("flatten",)),
        ]
    )


def outputs(graph: Graph, parameters: dict[str, np.ndarray], x: np.ndarray) -> dict[str, np.ndarray]:
    return {record.node.name: record.output for record in forward(graph, parameters, x)}


def test_every_channel_is_centred_and_of_one_size() -> None:
    graph, rng = branching(), np.random.default_rng(0)
    x = rng.random((50, 3, 6, 6), dtype=np.float32)
    drawn = graph.init(rng)
    found = outputs(graph, calibrate(graph, drawn, x), x)
    for name, axes in (("left", (0, 2, 3)), ("output", (0,))):
        np.testing.assert_allclose(found[name].mean(axis=axes), 0, atol=1e-4)
        np.testing.assert_allclose(found[name].std(axis=axes), 1, atol=1e-4)


def test_no_rectifier_starts_out_silent_or_always_on() -> None:
    graph, rng = branching(), np.random.default_rng(1)
    x = rng.random((50, 3, 6, 6), dtype=np.float32)
    drawn = graph.init(rng)
    drawn["left.weight"][0] = -1
    drawn["left.weight"][1] = 1
    assert outputs(graph, drawn, x)["relu"][:, 0].max() == 0
    active = (outputs(graph, calibrate(graph, drawn, x), x)["relu"] > 0).mean(axis=(0, 2, 3))
    assert active.min() > 0.3
    assert active.max() < 0.7


def test_what_has_no_bias_or_does_not_vary_stays_and_arguments_do_too() -> None:
    graph, rng = branching(), np.random.default_rng(2)
    x = rng.random((20, 3, 6, 6), dtype=np.float32)
    drawn = graph.init(rng)
    drawn["left.weight"][2] = 0
    before = {name: value.copy() for name, value in drawn.items()}
    found = calibrate(graph, drawn, x)
    assert np.array_equal(found["right.weight"], before["right.weight"])
    assert np.isfinite(found["left.bias"]).all()
    assert not found["left.weight"][2].any()
    assert all(np.array_equal(drawn[name], before[name]) for name in before)
    assert {value.dtype for value in found.values()} == {np.dtype(np.float32)}


def test_a_batch_norm_counts_as_in_training() -> None:
    """Its running statistics know nothing yet; what lies behind is fitted to what training will show it."""
    nodes = [node for node in branching() if node.name not in ("flatten", "output")]
    nodes += [
        Node("norm", BatchNorm2d(4), ("add",)),
        Node("flatten", Flatten(), ("norm",)),
        Node("output", Dense(in_features=64, out_features=5), ("flatten",)),
    ]
    graph, rng = Graph(nodes), np.random.default_rng(3)
    x = 40 * rng.random((50, 3, 6, 6), dtype=np.float32)
    found = calibrate(graph, graph.init(rng), x)
    shown = {r.node.name: r.output for r in forward(graph, found, x, training=True)}
    np.testing.assert_allclose(shown["output"].std(axis=0), 1, atol=1e-3)
    assert np.array_equal(found["norm.running_mean"], np.zeros(4))
