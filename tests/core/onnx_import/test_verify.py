"""A network that computes what its file says is verified; one that does not is caught at the layer."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
from packaging.version import Version

from cnn_core.graph import Graph, Node
from cnn_core.graph.trace import NodeRecord
from cnn_core.input_spec import InputSpec
from cnn_core.layers import AvgPool2d
from cnn_core.models import load_model
from cnn_core.onnx_export import export_model
from cnn_core.onnx_import import import_model
from cnn_core.onnx_import.engines import Engine, reference, runtime
from cnn_core.onnx_import.reference_bugs import BUGS
from cnn_core.onnx_import.verify import Difference, Verification, _difference, verification_input, verify
from cnn_core.runtime import run_compiled
from tests.core.onnx_import import files


def scalar(name, value):
    return onnx.numpy_helper.from_array(np.array(value, np.float32), name)


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
        f"verified by {found.engine}: largest difference {found.largest.size:.1e} "
        f"of a layer's largest value, in {found.compared} layers"
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


def test_a_file_the_other_side_cannot_run_is_no_finding():
    model = load_model("tiny_vgg")
    x = verification_input(model.spec)

    found = verify(b"\x08\x08", model.graph, model.parameters, {"conv_1_1": "conv_1_1"}, x)

    assert not found.verified
    assert found.disagrees is None
    assert "cannot run this file" in found.sentence


def test_the_values_compared_are_those_of_the_plan(monkeypatch):
    model = load_model("tiny_vgg")

    def shifted(graph, parameters, x):
        for record in run_compiled(graph, parameters, x):
            moved = record.output + (record.node.name == "conv_1_2")
            yield NodeRecord(record.node, moved, record.done, record.milliseconds)

    monkeypatch.setattr("cnn_core.onnx_import.verify.run_compiled", shifted)

    assert compare(model).disagrees.node == "conv_1_2"


def test_the_other_program_is_named_with_its_version():
    assert (
        compare(load_model("lenet5"), engines=[reference()]).engine
        == f"the reference of onnx {onnx.__version__}"
    )
    assert (
        compare(load_model("lenet5"), engines=[runtime()]).engine == f"ONNX Runtime {onnxruntime.__version__}"
    )


def test_what_the_first_program_cannot_run_the_next_one_does():
    def fails(data, x, wanted):
        raise NotImplementedError("no such operator")
        yield

    found = compare(load_model("lenet5"), engines=[Engine("a program", fails), reference()])

    assert found.verified
    assert found.engine == reference().title


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_layer_without_a_finite_number_is_not_verified(value):
    made = files.model([files.node("Relu", "x", "a"), files.node("Mul", "a w", "b")], [scalar("w", 3e38)])
    made.graph.node.append(files.node("Mul", "b w", "c"))
    if np.isnan(value):
        made.graph.node.append(files.node("Sub", "c c", "d"))
    del made.graph.output[:]
    made.graph.output.append(files.tensor(made.graph.node[-1].output[0], None))
    data = made.SerializeToString()
    found = import_model(data)
    x = 10 + verification_input(InputSpec(3, 8, 8))

    told = verify(data, found.graph, found.parameters, found.sources, x)

    assert not told.verified
    assert "is NaN or infinite everywhere" in told.sentence


def test_infinite_values_must_have_the_same_sign_and_be_at_the_same_places():
    ours = np.array([[1.0, np.inf, 2.0]], np.float32)

    assert _difference(ours, ours.copy(), 1) == 0
    assert _difference(ours, np.array([[1.0, -np.inf, 2.0]], np.float32), 1) == np.inf
    assert _difference(ours, np.array([[1.0, np.nan, 2.0]], np.float32), 1) == np.inf
    assert _difference(np.array([[1.0, np.nan, 2.0]], np.float32), np.ones((1, 3), np.float32), 1) == np.inf


def test_a_finding_survives_the_way_through_json():
    found = Verification("a program", 3, 2, Difference("one", 1e-7), Difference("two", np.inf), "why")

    assert Verification.from_config(json.loads(json.dumps(found.to_config()))) == found


def test_the_picture_both_sides_get_is_always_the_same_and_uses_the_whole_range():
    spec = InputSpec(3, 20, 30)
    x = verification_input(spec)

    assert x.shape == (1, 3, 20, 30)
    assert np.array_equal(x, verification_input(spec))
    assert x.min() < 0.1
    assert x.max() > 0.9


def old(name):
    """Files of old operator sets, right in every layer, each of which the reference has trouble with."""
    kernel, four = files.weights("w", 3, 3, 3, 3), [files.weights(f"n{i}", 3, seed=i) for i in range(3)]
    spread = onnx.numpy_helper.from_array(np.array([0.5, 1, 2], np.float32), "n3")
    conv = files.node("Conv", "x w", "c", pads=[1, 1, 1, 1])
    twice = onnx.numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "twice")
    norm = [conv, files.node("BatchNormalization", "c n0 n1 n2 n3", "y")]
    grouped = {"group": 3, "dilations": [2, 2], "strides": [2, 2], "pads": [1, 0, 2, 1]}
    split = files.weights("w", 3, 2, 3, 3)
    known = {
        "norm 7": (norm, [kernel, *four, spread], 7),
        "norm 9": (norm, [kernel, *four, spread], 9),
        "norm 13": (norm, [kernel, *four, spread], 13),
        "out of order": ([files.node("Relu", "c", "y"), conv], [kernel], 17),
        "resize 10": ([files.node("Resize", "x twice", "y", mode="linear")], [twice], 10),
        "resize 10, nearest": ([files.node("Resize", "x twice", "y", mode="nearest")], [twice], 10),
        "upsample 7": ([files.node("Upsample", "x", "y", mode="nearest", scales=[1.0, 1, 2, 3])], [], 7),
        "upsample 9": ([files.node("Upsample", "x twice", "y", mode="linear")], [twice], 9),
        "transposed, grouped": ([files.node("ConvTranspose", "x w", "y", **grouped)], [split], 11),
        "transposed, sized": (
            [files.node("ConvTranspose", "x w", "y", strides=[2, 2], output_shape=[16, 15])],
            [split],
            11,
        ),
        "transposed, same": (
            [files.node("ConvTranspose", "x w", "y", strides=[2, 2], auto_pad="SAME_LOWER")],
            [split],
            11,
        ),
        "less": ([files.node("Pad", "x p", "y")], [files.numbers("p", 0, 0, -1, 2, 0, 0, 2, -3)], 13),
        "less, old": ([files.node("Pad", "x", "y", pads=[0, 0, -1, 2, 0, 0, 2, -3], value=0.5)], [], 7),
        "softmax 12": ([files.node("Softmax", "x", "y")], [], 12),
        "log-softmax 11": ([files.node("LogSoftmax", "x", "y")], [], 11),
    }
    nodes, initializers, opset = known[name]
    return files.model(nodes, initializers, opset=opset)


OLD = [
    "norm 7",
    "norm 9",
    "norm 13",
    "out of order",
    "resize 10",
    "resize 10, nearest",
    "upsample 7",
    "upsample 9",
    "transposed, grouped",
    "transposed, sized",
    "transposed, same",
    "less",
    "less, old",
    "softmax 12",
    "log-softmax 11",
]


def held(model, engine, size=8):
    data = model.SerializeToString()
    found = import_model(data)
    x = verification_input(InputSpec(3, size, size))
    fed = found.entry.fed(x)
    return verify(
        data, found.graph, found.parameters, found.sources, x, fed=fed, orders=found.orders, engines=[engine]
    )


@pytest.mark.parametrize("name", OLD)
@pytest.mark.parametrize("engine", [reference, runtime])
def test_old_files_are_verified_by_either_program(name, engine):
    found = held(old(name), engine())

    assert found.verified, found.sentence


@pytest.mark.parametrize("name", [name for name in OLD if name not in ("out of order", "transposed, same")])
def test_every_bug_of_the_table_is_still_one(name, monkeypatch):
    """What the evaluator of this version computes by itself: a row that is not needed any more is to go."""
    kinds = {node.op_type for node in old(name).graph.node}
    kept = [bug for bug in BUGS if bug.instead.__name__ not in kinds]
    if any(Version(onnx.__version__) >= Version(bug.seen + ".9999") for bug in BUGS):
        pytest.skip("the table tells of older versions")
    monkeypatch.setattr("cnn_core.onnx_import.reference_bugs.BUGS", tuple(kept))

    assert not held(old(name), reference()).verified


def test_half_precision_is_held_to_its_own_steps_and_says_so():
    made = files.model(
        [files.node("Conv", "x w", "c"), files.node("Relu", "c", "y")],
        [
            onnx.numpy_helper.from_array(
                np.random.default_rng(0).standard_normal((2, 3, 3, 3)).astype(np.float16), "w"
            )
        ],
        inputs=[files.tensor("x", [1, 3, 8, 8], onnx.TensorProto.FLOAT16)],
        outputs=[files.tensor("y", None, onnx.TensorProto.FLOAT16)],
    )
    found = held(made, runtime())

    assert found.verified, found.sentence
    assert found.largest.size > 1e-4
    assert found.sentence.endswith("(the file computes with float16, so 8e-03 is allowed)")


def test_tiny_sigmoids_are_held_to_the_range_of_the_function():
    """ONNX Runtime's ends at 18 to either side in some versions: 1.5e-8 for all that is less."""
    made = files.model(
        [files.node("Add", "x far", "a"), files.node("Sigmoid", "a", "y")], [scalar("far", -30)]
    )

    def clipped(least):
        def tensors(data, x, wanted):
            for name, value in runtime().tensors(data, x, wanted):
                yield name, np.maximum(value, least) if name == "y" else value

        return Engine("another", tensors)

    assert held(made, clipped(1.5e-8)).verified
    assert held(made, clipped(1e-6)).disagrees.node == "y_node"
