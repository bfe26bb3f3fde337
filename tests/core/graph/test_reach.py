import numpy as np
import pytest
from hypothesis import given, settings

from cnn_core.errors import ShapeError
from cnn_core.graph import Box, Graph, Node, bounds, field_box, forward, projective_field
from cnn_core.layers import (
    AvgPool2d,
    Concat,
    Conv2d,
    Dense,
    Flatten,
    Input,
    MaxPool2d,
    Multiply,
    ReLU,
    Softmax,
)
from cnn_core.models import MODELS
from tests.core.graph.draw import HEIGHT, WIDTH, chains, positive
from tests.core.graph.networks import branching, chain, finished

PIXELS = [(0, 0), (HEIGHT - 1, WIDTH - 1), (HEIGHT // 2, WIDTH // 2), (3, 8)]


def changed(graph, y, x):
    """Places of every node where some channel's value moves when the pixel does."""
    # means of 0 keep a batch norm's outputs above 0, where no rectifier swallows them
    parameters = {k: v * (not k.endswith("running_mean")) for k, v in positive(graph).items()}
    before = 0.5 + np.random.default_rng(1).random(graph.shapes["input"])
    after = before.copy()
    after[0, :, y, x] += 7
    was, now = (finished(forward(graph, parameters, image)) for image in (before, after))
    moved = {name: was[name].output[0] != now[name].output[0] for name in was}
    return {name: m.any(axis=0) if m.ndim == 3 else m[:, np.newaxis] for name, m in moved.items()}


def assert_reach_is_what_changes(graph, y, x):
    reached = projective_field(graph, y, x)
    for name, moved in changed(graph, y, x).items():
        np.testing.assert_array_equal(reached[name], moved, err_msg=f"{name} {(y, x)}", strict=True)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(chains())
def test_a_pixel_reaches_exactly_the_values_it_can_change(graph):
    for y, x in PIXELS:
        assert_reach_is_what_changes(graph, y, x)


@pytest.mark.parametrize(("y", "x"), [(0, 0), (7, 6), (3, 2)])
def test_reach_is_exact_where_branches_merge(y, x):
    assert_reach_is_what_changes(branching(), y, x)


def test_reach_is_exact_through_overlapping_ceil_mode_max_pooling():
    graph = chain(
        MaxPool2d((3, 2), stride=(2, 2), padding=(1, 1, 0, 0), ceil_mode=True),
        MaxPool2d((2, 2), stride=(1, 1), dilation=(2, 3)),
        Flatten(),
        ReLU(),
        shape=(2, HEIGHT, WIDTH),
    )
    for y, x in PIXELS:
        assert_reach_is_what_changes(graph, y, x)


@pytest.mark.parametrize(
    "layers",
    [
        (Conv2d(1, 2, (2, 2), stride=(3, 2)), Flatten(), Dense(40, 3), ReLU()),
        (Softmax(axis=2), Conv2d(1, 1, (1, 3))),
        (AvgPool2d((2, 2), stride=(2, 2)), Softmax(axis=1)),
    ],
    ids=["dense", "softmax over rows", "softmax over channels"],
)
def test_reach_turns_the_receptive_field_round(layers):
    graph = chain(*layers, shape=(1, HEIGHT, WIDTH))
    for y, x in PIXELS:
        reached = projective_field(graph, y, x)
        for node in graph:
            for place in np.ndindex(reached[node.name].shape):
                vector = len(graph.shapes[node.name]) == 2
                box = field_box(graph, node.name, place[:1] if vector else place)
                inside = box.top <= y < box.bottom and box.left <= x < box.right
                # a box may hold pixels that strides skip, so it says only where reach cannot be
                assert inside or not reached[node.name][place], (node.name, place)


def test_a_row_that_a_pool_drops_reaches_nothing():
    graph = chain(MaxPool2d((2, 2), stride=(2, 2)), ReLU(), shape=(3, 5, 4))
    assert not projective_field(graph, 4, 0)["layer_1"].any()
    assert bounds(projective_field(graph, 4, 0)["layer_1"]) == Box(0, 0, 0, 0)
    assert bounds(projective_field(graph, 3, 2)["layer_1"]) == Box(1, 1, 2, 2)


def test_dilation_leaves_holes_that_are_told():
    graph = chain(Conv2d(1, 1, (2, 3), dilation=(3, 2), padding=(3, 4, 0, 0)), shape=(1, HEIGHT, WIDTH))
    reached = projective_field(graph, 5, 1)["layer_0"]
    assert np.argwhere(reached).tolist() == [[5, 1], [5, 3], [5, 5], [8, 1], [8, 3], [8, 5]]
    assert bounds(reached) == Box(5, 1, 9, 6)


def test_a_flattened_map_is_reached_once_per_channel():
    graph = chain(Conv2d(1, 3, (3, 1)), Flatten(), shape=(1, 5, 2))
    assert np.flatnonzero(projective_field(graph, 1, 1)["layer_1"]).tolist() == [1, 3, 7, 9, 13, 15]


def test_branches_are_joined_and_what_is_broadcast_reaches_all_rows():
    graph = Graph(
        [
            Node("input", Input(shape=(1, HEIGHT, WIDTH))),
            Node("row", Conv2d(1, 1, (HEIGHT, 1)), ("input",)),
            Node("product", Multiply(), ("input", "row")),
            Node("left", Conv2d(1, 1, (1, 3)), ("input",)),
            Node("joined", Concat(axis=3), ("left", "input")),
        ]
    )
    reached = projective_field(graph, 7, 3)
    assert bounds(reached["product"]) == Box(0, 3, HEIGHT, 4)
    assert np.argwhere(reached["joined"]).tolist() == [[7, 1], [7, 2], [7, 3], [7, 12]]
    assert_reach_is_what_changes(graph, 7, 3)


def test_a_pixel_of_tiny_vgg_reaches_a_window_of_every_map_and_every_class():
    reached = projective_field(MODELS["tiny_vgg"].build(10), 0, 30)
    assert {
        name: bounds(places) for name, places in reached.items() if name.endswith(("put", "_1", "x"))
    } == {
        "input": Box(0, 30, 1, 31),
        "conv_1_1": Box(0, 28, 1, 31),
        "relu_1_1": Box(0, 28, 1, 31),
        "max_pool_1": Box(0, 13, 1, 16),
        "conv_2_1": Box(0, 11, 1, 16),
        "relu_2_1": Box(0, 11, 1, 16),
        "output": Box(0, 0, 10, 1),
        "softmax": Box(0, 0, 10, 1),
    }


def test_a_long_vector_costs_no_square_of_its_length():
    graph = chain(Flatten(), ReLU(), Flatten(), shape=(1, 1000, 1000))
    assert np.flatnonzero(projective_field(graph, 999, 999)["layer_2"]).tolist() == [999_999]
    assert field_box(graph, "layer_2", (123_456,)) == Box(123, 456, 124, 457)


@pytest.mark.parametrize(("y", "x"), [(HEIGHT, 0), (0, WIDTH), (-1, 0), (0, -1)])
def test_a_pixel_outside_is_refused(y, x):
    with pytest.raises(ShapeError, match=r"node 'input': pixel must lie in \(13, 11\), got"):
        projective_field(chain(ReLU(), shape=(1, HEIGHT, WIDTH)), y, x)
