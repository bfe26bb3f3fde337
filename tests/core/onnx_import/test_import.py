"""What a good file becomes: which layers, with which names, sizes and notes; and that it is verified."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from cnn_core.errors import ShapeError
from cnn_core.graph import forward
from cnn_core.layers import GlobalAvgPool2d, Rearrange, Softmax
from cnn_core.models import load_model, model_names
from cnn_core.models.base import BORROWED
from cnn_core.onnx_export import export_model
from cnn_core.onnx_import import import_model, inspect_model
from cnn_core.onnx_import.verify import verification_input
from tests.core.onnx_import.checks import verified
from tests.core.onnx_import.files import classifier, model, node, numbers, tensor, weights


def kinds(found):
    return [each.layer.kind for each in found.graph][1:]


def test_a_classifier_keeps_its_layers_its_names_and_its_shape():
    found = verified(classifier())
    assert kinds(found) == [
        "conv2d",
        "batch_norm2d",
        "relu",
        "conv2d",
        "add",
        "max_pool2d",
        "flatten",
        "dense",
    ]
    assert [each.name for each in found.graph][:3] == ["x", "conv_node", "norm_node"]
    assert found.sources["conv_node"] == "conv"
    assert found.output.kind == "classes"
    assert (found.free, found.labels, found.notes) == ({}, None, ())


@pytest.mark.parametrize("name", model_names())
def test_every_packaged_network_comes_back_from_its_own_export(name):
    packaged = load_model(name)
    spec = packaged.spec
    data = export_model(packaged.graph, packaged.parameters, labels=packaged.labels, spec=spec)
    found = import_model(data)
    assert found.labels == packaged.labels
    x = verification_input(spec)
    theirs = {record.node.name: record.output for record in forward(packaged.graph, packaged.parameters, x)}
    ours = {record.node.name: record.output for record in forward(found.graph, found.parameters, x)}
    assert set(theirs) <= set(ours)
    # what a bound cuts off is as rounded as the larger sums before it
    slack = 1e-5 if name in BORROWED else 1e-6
    for each, output in theirs.items():
        np.testing.assert_allclose(ours[each], output, rtol=1e-5, atol=slack * np.abs(output).max())


def test_free_sizes_are_asked_for_with_a_default():
    made = model(
        [node("Conv", "x w", "c"), node("GlobalAveragePool", "c", "y")],
        [weights("w", 4, 1, 3, 3)],
        inputs=[tensor("x", ["n", "c", "h", "w"])],
    ).SerializeToString()
    found = import_model(made)
    assert found.entry.sample == (1, 224, 224)
    assert found.free == {"height": 224, "width": 224, "channels": 1}
    assert import_model(made, sizes=(40, 50)).entry.sample == (1, 40, 50)


def test_a_size_that_the_file_fixes_stays():
    data = classifier().SerializeToString()
    assert import_model(data, sizes=(8, 8)).entry.sample == (3, 8, 8)
    with pytest.raises(ShapeError, match="fixes its height to 8, got 9"):
        import_model(data, sizes=(9, 8))


def test_channels_last_is_read_as_channels_first():
    made = model(
        [node("Transpose", "x", "t", perm=[0, 3, 1, 2]), node("Conv", "t w", "y")],
        [weights("w", 2, 3, 3, 3)],
        inputs=[tensor("x", [1, 8, 9, 3])],
    )
    found = verified(made)
    assert found.entry.layout == "NHWC"
    assert found.entry.sample == (3, 8, 9)
    assert kinds(found) == ["conv2d"]


def test_a_picture_without_an_axis_for_images():
    made = model(
        [
            node("Unsqueeze", "x first", "u"),
            node("Conv", "u w", "c"),
            node("ReduceMean", "c", "m", axes=[2, 3], keepdims=0),
            node("Squeeze", "m first", "y"),
        ],
        [weights("w", 4, 3, 3, 3), numbers("first", 0)],
        inputs=[tensor("x", [3, 8, 8])],
    )
    found = verified(made)
    assert found.entry.layout == "CHW"
    assert kinds(found) == ["conv2d", "global_avg_pool2d", "flatten"]


def test_a_fixed_batch_is_fed_as_the_file_wants_it():
    made = model(
        [node("Conv", "x w", "c"), node("Reshape", "c shape", "y")],
        [weights("w", 2, 3, 3, 3), numbers("shape", 4, -1)],
        inputs=[tensor("x", [4, 3, 8, 8])],
    )
    assert verified(made).graph.shapes["y_node"] == (1, 72)


def test_half_precision_is_computed_in_single_and_said():
    half = numpy_helper.from_array(np.full((2, 3, 1, 1), 0.5, np.float16), "w")
    made = model(
        [node("Cast", "x", "half", to=TensorProto.FLOAT16), node("Conv", "half w", "y")],
        [half],
    )
    found = import_model(made.SerializeToString())
    assert found.parameters["y_node.weight"].dtype == np.float32
    assert found.notes[-1] == "The file computes in half precision, ConvScope in single."


def test_a_channel_shuffle_is_one_layer():
    made = model(
        [
            node("Conv", "x w", "c"),
            node("Reshape", "c apart", "r"),
            node("Transpose", "r", "t", perm=[0, 2, 1, 3, 4]),
            node("Reshape", "t together", "y"),
        ],
        [weights("w", 6, 3, 1, 1), numbers("apart", 1, 2, 3, 8, 8), numbers("together", 1, 6, 8, 8)],
    )
    found = verified(made)
    assert kinds(found) == ["conv2d", "rearrange"]
    assert found.graph["y_node"].layer == Rearrange((2, 3, 8, 8), (1, 0, 2, 3), (6, 8, 8))


def test_sizes_computed_from_shapes_are_folded():
    """As exporters write x.view(x.size(0), -1)."""
    made = model(
        [
            node("Conv", "x w", "c"),
            node("Shape", "c", "shape"),
            node("Gather", "shape zero", "n", axis=0),
            node("Unsqueeze", "n axes", "n1"),
            node("Concat", "n1 rest", "target", axis=0),
            node("Reshape", "c target", "y"),
        ],
        [
            weights("w", 2, 3, 3, 3),
            numpy_helper.from_array(np.array(0), "zero"),
            numbers("axes", 0),
            numbers("rest", -1),
        ],
    )
    assert kinds(verified(made)) == ["conv2d", "flatten"]


def test_a_mean_over_both_sides_is_a_global_pool():
    made = model([node("ReduceMean", "x", "y", axes=[2, 3])])
    assert isinstance(verified(made).graph["y_node"].layer, GlobalAvgPool2d)


@pytest.mark.parametrize(("opset", "shape"), [(11, (1, 192)), (13, (1, 3, 8, 8))])
def test_softmax_has_two_conventions(opset, shape):
    found = verified(model([node("Softmax", "x", "y", axis=1)], opset=opset))
    (softmax,) = [each for each in found.graph if isinstance(each.layer, Softmax)]
    if opset < 13:
        assert found.graph.shapes[softmax.name] == (1, 1, 192, 1)
    else:
        assert found.graph.shapes[softmax.name] == shape


@pytest.mark.parametrize("auto", ["SAME_UPPER", "SAME_LOWER", "VALID"])
@pytest.mark.parametrize("kind", ["Conv", "MaxPool", "AveragePool", "ConvTranspose"])
def test_padding_by_name(auto, kind):
    options = {"kernel_shape": [3, 2], "strides": [2, 2], "auto_pad": auto}
    inputs = "x w" if kind.startswith("Conv") else "x"
    verified(
        model(
            [node(kind, inputs, "y", **options)],
            [weights("w", 3, 3, 3, 2)],
            inputs=[tensor("x", [1, 3, 9, 8])],
        )
    )


def test_of_several_outputs_the_first_is_the_answer_and_what_none_needs_is_left_out():
    made = model(
        [
            node("Conv", "x w", "c"),
            node("Relu", "c", "unused"),
            node("GlobalAveragePool", "c", "main"),
            node("Sigmoid", "c", "other"),
        ],
        [weights("w", 4, 3, 3, 3)],
        outputs=[tensor("main", None), tensor("other", None)],
    )
    found = verified(made)
    assert found.graph.output == "main_node"
    assert kinds(found) == ["conv2d", "global_avg_pool2d", "sigmoid"]
    assert "The file has 2 outputs; 'main' is taken for the answer." in found.notes


def test_outputs_that_are_no_classes():
    assert import_model(model([node("Relu", "x", "y")]).SerializeToString()).output.kind == "maps"
    one = model([node("Flatten", "x", "f"), node("Gemm", "f w", "y")], [weights("w", 192, 1)])
    assert import_model(one.SerializeToString()).output.kind == "vector"


def test_operators_out_of_order_are_sorted():
    made = classifier()
    nodes = list(made.graph.node)
    del made.graph.node[:]
    made.graph.node.extend(reversed(nodes))
    assert len(import_model(made.SerializeToString()).graph) == 9


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("labels", '["a", "b", "c", "d", "e"]'),
        ("names", "{0: 'a', 1: 'b', 2: 'c', 3: 'd', 4: 'e'}"),
        ("classes", "a,b,c,d,e"),
    ],
)
def test_labels_come_from_the_metadata(key, text):
    assert import_model(classifier(metadata={key: text}).SerializeToString()).labels == (
        "a",
        "b",
        "c",
        "d",
        "e",
    )


def test_a_summary_tells_what_is_in_a_file():
    found = inspect_model(classifier().SerializeToString())
    assert found.operators["Conv"] == 2
    assert found.inputs[0].dims == (1, 3, 8, 8)
    assert found.parameters == 4 * 27 + 16 + 16 + 4 + 320 + 5


def test_folded_normalization_is_told():
    found = import_model(model([node("Conv", "x w", "y")], [weights("w", 2, 3, 1, 1)]).SerializeToString())
    assert "no batch normalization" in found.notes[0]


def test_a_constant_operator_is_no_layer():
    value = helper.make_tensor("v", TensorProto.FLOAT, [], [2.0])
    made = model([helper.make_node("Constant", [], ["two"], value=value), node("Mul", "x two", "y")])
    assert kinds(verified(made)) == ["multiply_constant"]
