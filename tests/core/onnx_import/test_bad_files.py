"""A file from a stranger: whatever is wrong with it has its own error, before memory or time is lost."""

import io
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from cnn_core.errors import BadModelFile, ModelLimit, ShapeError, UnsupportedOperator
from cnn_core.onnx_import import Limits, import_model
from tests.core.onnx_import.files import classifier, model, node, numbers, tensor, weights

RELU = node("Relu", "x", "y")


def archive(name, data, *empty):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, data)
        for each in empty:
            file.writestr(each, b"")
    return made.getvalue()


def elsewhere():
    """Weights that claim to lie in another file, outside of the folder."""
    made = classifier()
    weight = made.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    entry = weight.external_data.add()
    entry.key, entry.value = "location", "../../../../etc/passwd"
    return made


def terabytes():
    made = classifier()
    made.graph.initializer[0].dims[:] = [1 << 20, 1 << 20, 3, 3]
    return made


def huge_from_nothing():
    """A few bytes that say: fill four terabytes with ones."""
    fill = node("ConstantOfShape", "shape", "ones")
    return model([fill, node("Add", "x ones", "y")], [numbers("shape", 1 << 20, 1 << 20)])


def huge_range():
    ends = [
        numpy_helper.from_array(np.array(value, np.int64), name)
        for name, value in zip("abc", (0, 1 << 50, 1), strict=True)
    ]
    return model([node("Range", "a b c", "count"), node("Add", "x count", "y")], ends)


def doubling():
    """Constants that double with every operator."""
    nodes = [node("Concat", f"c{i} c{i}", f"c{i + 1}", axis=0) for i in range(60)]
    return model([*nodes, node("Add", "x c60", "y")], [weights("c0", 8)])


def wide_output():
    return model([node("Pad", "x pads", "y")], [numbers("pads", 0, 0, 0, 0, 0, 0, 1 << 30, 1 << 30)])


def far_window():
    return model([node("MaxPool", "x", "y", kernel_shape=[1 << 30, 1 << 30], pads=[(1 << 30) - 1] * 4)])


def loop():
    body = helper.make_graph([RELU], "body", [tensor("x", [1])], [tensor("y", [1])])
    return model([node("Loop", "x", "y", body=body)])


def foreign():
    made = model([node("Conv", "x w", "a"), node("Relu", "a", "y")], [weights("w", 2, 3, 1, 1)])
    made.graph.node[0].op_type, made.graph.node[0].domain = "NhwcMaxPool", "com.microsoft"
    return made


def functions():
    made = model([RELU])
    made.functions.add(name="mine", domain="own").node.add(op_type="mine", domain="own")
    made.graph.node[0].op_type, made.graph.node[0].domain = "mine", "own"
    return made


def sparse():
    made = model([RELU])
    made.graph.sparse_initializer.add()
    return made


def attribute(kind, name, **wrong):
    return model([node(kind, "x", "y", **wrong)])


PYTORCH = "this is a PyTorch file, and nothing is unpickled here.*torch.onnx.export.*convscope.explore"
BAD = {
    "empty": (b"", BadModelFile, "it is empty"),
    "text": (b"hello, world, this is no model at all", BadModelFile, "damaged|no ONNX model"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), BadModelFile, "but a picture"),
    "zeros": (bytes(1000), BadModelFile, "damaged"),
    "truncated": (classifier().SerializeToString()[:700], BadModelFile, "damaged or cut"),
    "zip": (archive("my.onnx", bytes(10_000_000)), BadModelFile, "a zip archive: unpack it"),
    "pt2": (
        archive("net/models/model.json", b"{}", "net/archive_format"),
        BadModelFile,
        "exported program.*torch.export.load",
    ),
    "TorchScript": (
        archive("net/code/__torch__/a.py", b"", "net/constants.pkl"),
        BadModelFile,
        "TorchScript.*torch.jit.load",
    ),
    "Keras": (
        archive("config.json", b"{}", "metadata.json", "model.weights.h5"),
        BadModelFile,
        "a Keras file.*load_model.*export",
    ),
    "Core ML": (b"\x08\x07\x12\x20com.github.apple.coremltools.version", BadModelFile, "Core ML; nothing"),
    "ORT": (b"\x18\x00\x00\x00ORTM1234", BadModelFile, "ORT format.*the .onnx file that"),
    "TensorFlow Lite": (b"\x1c\x00\x00\x00TFL3", BadModelFile, "tf2onnx.convert --tflite"),
    "safetensors": (
        b'\x08\x00\x00\x00\x00\x00\x00\x00{"a": 1}',
        BadModelFile,
        "safetensors.*torch.onnx.export",
    ),
    "checkpoint": (archive("archive/data.pkl", b"cos\nsystem\n"), BadModelFile, PYTORCH),
    "script": (archive("net/data/0", bytes(10_000), "net/constants.pkl"), BadModelFile, PYTORCH),
    "program": (archive("net/weights/0", bytes(10_000), "net/.data/serialization_id"), BadModelFile, PYTORCH),
    "pickle": (pickle.dumps({"weight": 1}), BadModelFile, PYTORCH),
    "elsewhere": (elsewhere(), BadModelFile, "'conv.weight' keeps its numbers in another file"),
    "terabytes": (terabytes(), BadModelFile, "'conv.weight' declares .* numbers and holds 108"),
    "from nothing": (huge_from_nothing(), ModelLimit, "computed from its constants may take"),
    "range": (huge_range(), ModelLimit, "computed from its constants may take"),
    "doubling": (doubling(), ModelLimit, "computed from its constants may take"),
    "wide output": (wide_output(), ModelLimit, "the outputs of its layers take more than"),
    "far window": (far_window(), ModelLimit, "kernel_shape .* at most"),
    "nodes": (model([node("Relu", "x", f"r{i}") for i in range(6000)]), ModelLimit, "at most 5000 operators"),
    "structure": (
        # made where it is tested: it takes seconds
        lambda: model([helper.make_node("Relu", ["x"], [f"{i}"]) for i in range(300_000)]),
        ModelLimit,
        "all but the numbers may take",
    ),
    "cycle": (
        model([node("Add", "x c", "a"), node("Relu", "a", "b"), node("Relu", "b", "c")]),
        BadModelFile,
        "a cycle runs through 'a_node' -> 'b_node' -> 'c_node' -> 'a_node'",
    ),
    "missing": (
        model([node("Add", "x gone", "y")]),
        BadModelFile,
        "Add 'y_node' reads 'gone', which nothing makes",
    ),
    "no output": (model([RELU], outputs=[tensor("z", None)]), BadModelFile, "nothing makes its output 'z'"),
    "twice": (model([RELU, RELU]), BadModelFile, "two operators make the tensor 'y'"),
    "no operators": (
        helper.make_model(helper.make_graph([], "g", [], [])),
        BadModelFile,
        "holds no operators",
    ),
    "old": (model([RELU], opset=6), BadModelFile, "operator sets 7 to .* are read, got 6"),
    "new": (model([RELU], opset=900), BadModelFile, "operator sets 7 to .* are read, got 900"),
    "control flow": (loop(), UnsupportedOperator, r"Loop \(1\).*without control flow"),
    "domain": (foreign(), UnsupportedOperator, r"com.microsoft.NhwcMaxPool \(1\).*operators of ONNX alone"),
    "quantised": (
        model([node("DynamicQuantizeLinear", "x", "q"), node("ConvInteger", "q", "y")]),
        UnsupportedOperator,
        r"DynamicQuantizeLinear \(1\) at .*ConvInteger \(1\) at .*before quantization",
    ),
    "functions": (functions(), BadModelFile, "its function 'mine' calls itself"),
    "sparse": (sparse(), BadModelFile, "sparse weights are not read"),
    "control characters": (
        model([helper.make_node("\x1b[2J<script>", ["x"], ["y"])]),
        UnsupportedOperator,
        r"\\x1b\[2J<script> \(1\)",
    ),
    "no input": (
        model([RELU], inputs=[tensor("z", [1, 3, 8, 8])], outputs=[tensor("y", None)]),
        BadModelFile,
        "reads 'x'",
    ),
    "two inputs": (
        model([node("Add", "x z", "y")], inputs=[tensor(name, [1, 3, 8, 8]) for name in "xz"]),
        UnsupportedOperator,
        "wanted one input, the picture; this network reads 2: 'x', 'z'",
    ),
    "words": (
        model([RELU], inputs=[tensor("x", [1, 3, 8, 8], TensorProto.STRING)]),
        UnsupportedOperator,
        "an input of numbers, 'x' is string",
    ),
    "sound": (
        model([RELU], inputs=[tensor("x", [1, 16000])]),
        UnsupportedOperator,
        "a picture, 'x' is a row of 16000 values",
    ),
    "large": (
        model([RELU], inputs=[tensor("x", [1, 3, 9000, 9000])]),
        ModelLimit,
        "may have 2048 pixels, got 9000",
    ),
    "batch": (
        model([RELU], inputs=[tensor("x", [1000, 3, 8, 8])]),
        ModelLimit,
        "wants 1000 pictures at once",
    ),
    "channels": (
        model([node("Conv", "x w", "y")], [weights("w", 2, 4, 1, 1)]),
        ShapeError,
        r"node 'y_node': conv2d: x must have 4|x must be \(N, 4, H, W\)",
    ),
    "strides": (
        attribute("MaxPool", "x", kernel_shape=[2, 2], strides=[0, 1]),
        BadModelFile,
        "strides .*at least 1",
    ),
    "text for a number": (attribute("Flatten", "x", axis="one"), BadModelFile, "make no sense"),
    "axis": (attribute("Softmax", "x", axis=9), BadModelFile, "names axis 9 of a tensor that has 4"),
    "names": (
        model([helper.make_node("Relu", ["x"], ["y"], name="n" * 5000)]),
        ModelLimit,
        "names may have 256 characters",
    ),
    "axes": (
        model([node("Reshape", "x s", "y")], [numbers("s", *[1] * 40, 192)]),
        ModelLimit,
        "at most 8 are read",
    ),
    "not finite": (
        model(
            [node("Conv", "x w", "y")],
            [numpy_helper.from_array(np.full((1, 3, 1, 1), np.nan, np.float32), "w")],
        ),
        BadModelFile,
        "y_node.weight must be finite",
    ),
    "constant": (
        model([node("Relu", "w", "y")], [weights("w", 1, 3)]),
        UnsupportedOperator,
        "does not depend on the picture",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_every_bad_file_has_its_own_error_and_takes_no_memory(name):
    made, kind, message = BAD[name]
    made = made() if callable(made) else made
    data = made if isinstance(made, bytes) else made.SerializeToString()
    tracemalloc.start()
    try:
        with pytest.raises(kind, match=message) as caught:
            import_model(data)
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # what is computed from constants has a limit of its own, which this file runs up to
    most = Limits().max_constant_bytes if name == "doubling" else 100_000_000
    assert taken < most + 4 * len(data)
    assert len(str(caught.value)) < 600
    assert str(caught.value).isprintable()
