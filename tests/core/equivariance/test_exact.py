"""The exact runner: the numbers of the ordinary pass, and the same bits wherever they stand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.equivariance import Lab, exact
from cnn_core.equivariance.comparison import Tally, tally
from cnn_core.graph import Graph, Node, forward
from cnn_core.layers import Conv2d, GlobalAvgPool2d, Input, Multiply
from cnn_core.models import MODELS, load_model
from cnn_core.ops.blur import blur_pool2d
from cnn_core.ops.conv import conv2d
from cnn_core.ops.pool import max_pool2d
from cnn_core.runtime.team import Team
from tests.core.equivariance.draw import borders, image_of, parameters_of, strided, unstrided
from tests.core.graph.networks import branching, chain

shifts = st.tuples(st.integers(-8, 8), st.integers(-8, 8))
MODES = {"zeros": "constant", "wrap": "wrap", "reflect": "reflect"}


def maps_of(graph, x, parameters, border="trained", pooling="trained"):
    lab = Lab(graph, parameters, border, pooling)
    baseline = lab.baseline(x)
    return {name: baseline.maps(name) for name in lab.nodes}


def assert_close(actual, expected, name):
    scale = max(np.abs(expected).max(), 1e-30)
    np.testing.assert_allclose(actual / scale, expected / scale, atol=2e-5, err_msg=name)


@settings(max_examples=60)
@given(unstrided(), borders, shifts)
def test_unstrided_maps_move_along_bit_by_bit_away_from_the_border(graph, border, shift):
    baseline = Lab(graph, parameters_of(graph), border).baseline(image_of(graph))
    for name, layer in baseline.shift(*shift).layers.items():
        assert layer.differing_inside == 0, name
        assert not layer.interpolated
        if border == "wrap":
            assert (layer.error, layer.compared, layer.left_out) == (0.0, layer.first.size, 0), name
            assert layer.first.tobytes() == layer.after.tobytes(), name


def test_what_is_called_exact_has_the_same_bits():
    values = np.array([[[0.0, 1.0]]], np.float32)
    assert tally(values, values.copy()) == Tally(0.0, 0, 2)
    assert tally(-np.abs(values), -values) == Tally(0.0, 0, 2)
    assert tally(values, np.array([[[-0.0, 1.0]]], np.float32)) == Tally(0.0, 1, 2)
    assert tally(values, np.nextafter(values, np.float32(2))).differing == 2


@settings(max_examples=40)
@given(strided())
def test_as_trained_the_maps_are_those_of_the_ordinary_pass(graph):
    parameters, x = parameters_of(graph), image_of(graph)
    maps = maps_of(graph, x, parameters)
    for record in forward(graph, parameters, x):
        assert_close(maps[record.node.name], record.output[0], record.node.name)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_of_the_package_runs_as_trained(name):
    graph = MODELS[name].build(10)
    parameters = graph.init(np.random.default_rng(0))
    x = np.random.default_rng(1).standard_normal(graph.shapes["input"]).astype(np.float32)
    maps = maps_of(graph, x, parameters)
    for record in forward(graph, parameters, x):
        if record.node.name in maps:
            assert_close(maps[record.node.name], record.output[0], record.node.name)


def test_branches_gates_and_joins_run_as_trained_and_vectors_are_no_maps():
    graph = branching()
    parameters = parameters_of(graph)
    x = image_of(graph)
    maps = maps_of(graph, x, parameters)
    assert list(maps) == [
        *("input", "stem", "norm", "relu", "body", "skip", "narrow", "wide", "fork", "gated"),
        *("max_pool", "leaky", "avg_pool"),
    ]
    for record in forward(graph, parameters, x):
        if record.node.name in maps:
            assert_close(maps[record.node.name], record.output[0], record.node.name)


@pytest.mark.parametrize("border", MODES)
@pytest.mark.parametrize("stride", [(1, 1), (2, 3)])
def test_a_border_keeps_the_grid_and_continues_the_map(border, stride):
    graph = chain(Conv2d(4, 6, (3, 5), stride, dilation=(2, 1), groups=2), shape=(4, 12, 9))
    parameters, x = parameters_of(graph), image_of(graph)
    found = maps_of(graph, x, parameters, border)["layer_0"]
    padded = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)), mode=MODES[border])
    weight, bias = parameters["layer_0.weight"], parameters["layer_0.bias"]
    expected = conv2d(padded, weight, bias, stride, dilation=(2, 1), groups=2)[0]
    assert found.shape == (6, -(-12 // stride[0]), -(-9 // stride[1]))
    assert_close(found, expected, border)


def test_a_mean_over_the_whole_map_does_not_depend_on_where_its_values_lie():
    graph = Graph(
        [
            Node("input", Input(shape=(4, 13, 11))),
            Node("mean", GlobalAvgPool2d(), ("input",)),
            Node("gated", Multiply(), ("input", "mean")),
        ]
    )
    lab = Lab(graph, {}, "wrap")
    assert lab.nodes == ("input", "gated")
    for dx in range(1, 11):
        assert lab.baseline(image_of(graph)).shift(dx, 3, ["gated"]).layers["gated"].exact
    # in zeros every value depends on what the shift has brought in
    left = Lab(graph, {}, "zeros").baseline(image_of(graph)).shift(1, 0, ["gated"]).layers["gated"]
    assert (left.error, left.compared, left.exact) == (None, 0, False)


def test_every_pooling_is_what_its_name_says():
    model = load_model("tiny_vgg")
    x = image_of(model.graph)
    pooled = {
        pooling: maps_of(model.graph, x, model.parameters, "trained", pooling)
        for pooling in ("trained", "max", "average", "blur3", "blur5", "strided")
    }
    source = pooled["trained"]["relu_1_2"]
    dense = max_pool2d(source[np.newaxis], (2, 2), (1, 1))
    expected = {
        "trained": source.reshape(10, 30, 2, 30, 2).max(axis=(2, 4)),
        "max": source.reshape(10, 30, 2, 30, 2).max(axis=(2, 4)),
        "average": source.reshape(10, 30, 2, 30, 2).mean(axis=(2, 4)),
        "blur3": blur_pool2d(dense, 3, 2)[0],
        "blur5": blur_pool2d(dense, 5, 2)[0],
        "strided": source[:, ::2, ::2],
    }
    for pooling, maps in pooled.items():
        np.testing.assert_allclose(
            maps["max_pool_1"], expected[pooling], rtol=1e-5, atol=1e-4, err_msg=pooling
        )
        assert maps["max_pool_2"].shape == (10, 13, 13)


def test_only_what_is_asked_for_is_computed():
    model = load_model("tiny_vgg")
    maps = {"input": image_of(model.graph)[0]}
    Lab(model.graph, model.parameters).run(maps, ["relu_1_1"])
    assert set(maps) == {"input", "conv_1_1", "relu_1_1"}


def test_at_rest_one_pass_is_both_sides_and_a_shift_takes_one_more(monkeypatch):
    graph = load_model("tiny_vgg").graph
    lab = Lab(graph, parameters_of(graph))
    passes, run = [], lab.run
    monkeypatch.setattr(lab, "run", lambda maps, wanted: (passes.append(wanted), run(maps, wanted)))
    baseline = lab.baseline(image_of(graph))
    resting = baseline.shift(0, 0, ["conv_1_2"]).layers["conv_1_2"]
    assert (len(passes), resting.exact, resting.differing) == (1, True, 0)
    baseline.shift(1, 0, ["conv_1_2"])
    assert len(passes) == 2


def test_however_many_threads_share_a_layer_its_bits_are_the_same(monkeypatch):
    graph = load_model("tiny_vgg").graph
    parameters, x = parameters_of(graph), image_of(graph)
    monkeypatch.setattr(exact, "BLOCK_ELEMENTS", 4096)  # one filter at a time
    monkeypatch.setattr(exact, "team", lambda: Team(1))
    alone = maps_of(graph, x, parameters)
    three = Team(3)
    monkeypatch.setattr(exact, "team", lambda: three)
    for name, maps in maps_of(graph, x, parameters).items():
        assert maps.tobytes() == alone[name].tobytes(), name
