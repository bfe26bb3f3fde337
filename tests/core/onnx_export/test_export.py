"""What is exported passes the ONNX checker and computes the same in the ONNX project's own reference."""

import json

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from cnn_core.errors import BadModelFile, UnsupportedOperator
from cnn_core.graph import Edit, Graph, Node, Region, edited, forward
from cnn_core.layers import Input
from cnn_core.layers.base import LAYERS, Layer
from cnn_core.models import load_model, model_names
from cnn_core.onnx_export import export_model
from cnn_core.onnx_export.nodes import exported_kinds
from tests.core.graph.networks import branching


def every_output(data, x):
    """The reference's tensors by name."""
    return ReferenceEvaluator(onnx.load_from_string(data)).run(None, {"input": x}, intermediate=True)


def assert_same(graph, parameters, x):
    theirs = every_output(export_model(graph, parameters), x)
    for record in forward(graph, parameters, x):
        found = theirs[record.node.name]
        assert found.shape == record.output.shape, record.node.name
        scale = max(np.abs(found).max(), 1e-6)
        np.testing.assert_allclose(record.output / scale, found / scale, atol=2e-5, err_msg=record.node.name)


@pytest.mark.parametrize("name", model_names())
def test_every_packaged_network_computes_the_same_in_the_reference(name):
    model = load_model(name)
    spec = model.spec
    rng = np.random.default_rng(len(name))
    x = rng.standard_normal((1, spec.channels, spec.height, spec.width)).astype(np.float32)

    assert_same(model.graph, model.parameters, x)


def examples():
    """Every configuration that a layer names as an example and that reads one or more tensors of its own."""
    for kind in exported_kinds():
        for number, example in enumerate(LAYERS[kind].examples()):
            yield pytest.param(example, id=f"{kind}-{number}")


@pytest.mark.parametrize("example", list(examples()))
def test_every_option_of_every_layer_is_written(example):
    rng = np.random.default_rng(3)
    arrays = [rng.standard_normal((1, *shape[1:])).astype(np.float32) for shape in example.inputs]
    names = [f"in_{i}" for i in range(len(arrays))]
    shapes = dict(zip(names, (a.shape[1:] for a in arrays), strict=True))
    nodes = [*(Node(n, Input(shapes[n])) for n in names), Node("layer", example.layer, tuple(names))]
    graph = Graph(nodes)
    parameters = {
        name: np.abs(rng.standard_normal(shape)).astype(np.float32) + np.float32(0.5)
        for name, shape in graph.parameter_shapes().items()
    }

    data = export_model(graph, parameters)
    feeds = dict(zip(names, arrays, strict=True))
    (theirs,) = ReferenceEvaluator(onnx.load_from_string(data)).run(None, feeds)
    ours = example.layer.forward(graph.params_of("layer", parameters), *arrays).output

    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_labels_and_preprocessing_travel_in_the_metadata():
    model = load_model("resnet")
    data = export_model(model.graph, model.parameters, name="resnet", labels=model.labels, spec=model.spec)

    loaded = onnx.load_from_string(data)
    told = {entry.key: json.loads(entry.value) for entry in loaded.metadata_props}

    assert told["labels"] == list(model.labels)
    assert told["preprocessing"]["height"] == model.spec.height
    assert tuple(told["preprocessing"]["mean"]) == model.spec.mean
    assert loaded.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"


def test_a_batch_of_any_size_goes_through_the_exported_file():
    model = load_model("lenet5")
    x = np.random.default_rng(0).standard_normal((3, 1, 28, 28)).astype(np.float32)

    theirs = every_output(export_model(model.graph, model.parameters), x)["softmax"]

    assert theirs.shape == (3, 10)


def test_a_kind_without_an_operator_is_named():
    class Strange(Layer):
        kind = "strange"

        def infer_shape(self, *inputs):
            return inputs[0]

        def forward(self, params, *inputs, training=False, rng=None):
            raise NotImplementedError

        backward = explain = forward

        @classmethod
        def examples(cls):
            return ()

    graph = Graph([Node("input", Input((1, 2, 2))), Node("odd", Strange(), ("input",))])

    with pytest.raises(UnsupportedOperator, match="node 'odd': strange cannot be written"):
        export_model(graph, {})


def test_parameters_that_do_not_fit_are_refused():
    graph = load_model("tiny_vgg").graph

    with pytest.raises(BadModelFile, match=r"conv_1_1.weight is missing"):
        export_model(graph, {})


MUTED = [
    Edit("stem", "scale", (1,), 0.5),
    Edit("stem", "mute", (0,)),
    Edit("input", "mute", (1,)),
    Edit("relu", "mute", (2,)),
    Edit("gate", "fill", (3,), 0.75),
    Edit("skip", "fill", (0, 1), -0.5, region=Region(0, 0, 8, 7)),
    Edit("dropout", "fill", (4,), 1.5),
    Edit("wide", "swap", (0, 2)),
    Edit("output", "fill", (1,), 2.0),
]


def test_an_edited_network_computes_the_same_in_the_reference():
    graph = branching()
    rng = np.random.default_rng(2)
    parameters = {name: value.astype(np.float32) for name, value in graph.init(rng).items()}
    x = rng.standard_normal((1, 2, 8, 7)).astype(np.float32)
    for edits in (MUTED, *([edit] for edit in MUTED)):
        changed, weights = edited(graph, parameters, edits)
        theirs = every_output(export_model(changed, weights), x)
        for record in forward(changed, weights, x):
            if record.node.inputs:
                np.testing.assert_allclose(record.output, theirs[record.node.name], atol=1e-5)
    (kept,) = (
        tensor
        for tensor in onnx.load_from_string(export_model(changed, weights)).graph.initializer
        if tensor.name == "stem.weight"
    )
    assert np.array_equal(onnx.numpy_helper.to_array(kept), parameters["stem.weight"])


@pytest.mark.parametrize(
    "edit",
    [
        Edit("relu", "fill", (2,), 0.5, region=Region(0, 0, 3, 3)),
        Edit("relu", "replace", (2,), np.arange(56).reshape(1, 8, 7) / 8),
        Edit("input", "fill", (0,), 0.5, region=Region(1, 1, 3, 3)),
    ],
    ids=str,
)
def test_a_part_of_a_map_that_is_replaced_is_refused_by_name(edit):
    graph = branching()
    parameters = graph.init(np.random.default_rng(2))
    with pytest.raises(UnsupportedOperator, match=f"node '{edit.node}': an edit replaces a part"):
        export_model(*edited(graph, parameters, [edit]))
