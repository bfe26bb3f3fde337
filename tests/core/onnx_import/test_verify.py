"""A network that computes what its file says is verified; one that does not is caught at the layer."""

import numpy as np
import pytest

from cnn_core.graph import Graph, Node
from cnn_core.input_spec import InputSpec
from cnn_core.layers import AvgPool2d
from cnn_core.models import load_model
from cnn_core.onnx_export import export_model
from cnn_core.onnx_import.verify import verification_input, verify


def compare(model, graph=None, parameters=None, **options):
    """A packaged model's file against a graph and parameters, those of the model if not given."""
    data = export_model(model.graph, model.parameters)
    graph = graph or model.graph
    names = {node.name: node.name for node in model.graph if node.name in graph}
    x = verification_input(model.spec)
    return verify(data, graph, parameters or model.parameters, names, x, **options)


@pytest.mark.parametrize("name", ["tiny_vgg", "lenet5", "efficientnet"])
def test_the_same_network_is_verified_in_every_layer(name):
    model = load_model(name)

    found = compare(model)

    assert found.verified
    assert found.compared == len(model.graph) - 1
    assert found.largest is not None
    assert 0 <= found.largest.size < 1e-5
    assert found.sentence == (
        f"verified: largest difference {found.largest.size:.1e} of a layer's largest value, "
        f"in {found.compared} layers"
    )


def test_a_weight_that_differs_is_found_in_its_own_layer():
    model = load_model("tiny_vgg")
    weight = model.parameters["conv_1_2.weight"].copy()
    weight[3, 2, 0, 0] += 0.1

    found = compare(model, parameters={**model.parameters, "conv_1_2.weight": weight})

    assert not found.verified
    assert found.disagrees is not None
    assert found.disagrees.node == "conv_1_2"
    assert found.sentence.startswith("not verified: layer 'conv_1_2' is the first that disagrees")


def test_another_kind_of_pool_is_found():
    model = load_model("tiny_vgg")
    nodes = [
        Node(node.name, AvgPool2d((2, 2)), node.inputs) if node.name == "max_pool_1" else node
        for node in model.graph
    ]

    found = compare(model, graph=Graph(nodes))

    assert found.disagrees is not None
    assert found.disagrees.node == "max_pool_1"


def test_without_time_it_says_what_was_not_compared():
    found = compare(load_model("tiny_vgg"), seconds=-1)

    assert not found.verified
    assert found.sentence == "not verified: the time for it, -1 s, was over"


def test_time_that_ends_half_way_counts_what_was_reached(monkeypatch):
    model = load_model("tiny_vgg")
    ticks = iter(range(1000))
    monkeypatch.setattr("cnn_core.onnx_import.verify.time.monotonic", lambda: next(ticks))

    found = compare(model, seconds=len(model.graph) + 5.5)

    assert 0 < found.compared < found.layers
    assert found.sentence.startswith("verified in part: largest difference")
    assert f"in {found.compared} of {found.layers} layers" in found.sentence


def test_a_file_the_other_side_cannot_run_is_no_finding():
    model = load_model("tiny_vgg")
    x = verification_input(model.spec)

    found = verify(b"\x08\x08", model.graph, model.parameters, {"conv_1_1": "conv_1_1"}, x)

    assert not found.verified
    assert found.disagrees is None
    assert "cannot run this file" in found.sentence


def test_the_picture_both_sides_get_is_always_the_same_and_uses_the_whole_range():
    spec = InputSpec(3, 20, 30)
    x = verification_input(spec)

    assert x.shape == (1, 3, 20, 30)
    assert np.array_equal(x, verification_input(spec))
    assert x.min() < 0.1
    assert x.max() > 0.9
