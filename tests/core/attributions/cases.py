"""Questions that the attribution tests put to networks."""

from functools import cache
from pathlib import Path

import numpy as np
import skimage.data

from cnn_core.attributions import Case, ask_class, levels_of, scores_of
from cnn_core.graph import Graph, Node
from cnn_core.graph.trace import Trace
from cnn_core.layers import (
    Add,
    AddConstant,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    ConvTranspose2d,
    Dense,
    Flatten,
    GlobalAvgPool2d,
    Input,
    MaxPool2d,
    ReLU,
    Softmax,
)
from cnn_core.models import load_model, model_names
from cnn_core.onnx_export import export_model
from cnn_core.onnx_import import import_model
from cnn_core.preprocess import to_tensor

BENT = ("lenet5", "efficientnet", "efficientnet_lite0")
"""Networks of the zoo with tanh, SiLU or an upper bound in them."""

FILES = {
    "torch_residual": Path(__file__).parents[2] / "cli" / "torch_module.onnx",
    "torch_fire": Path(__file__).with_name("torch_fire.onnx"),
}
"""Networks that PyTorch wrote: imported as anybody's are."""

STRAIGHT = (
    *(name for name in model_names() if name not in BENT),
    *(*FILES, "imported", "dense_blocks", "enlarging", "bottlenecks"),
)
"""Networks of affine layers and rectifiers; four of the last came from ONNX files."""

SAME = {"kernel_size": (3, 3), "padding": (1, 1, 1, 1)}


@cache
def zoo(name):
    """The likeliest class of a network on a photograph of a cup."""
    if name == "dense_blocks":
        return toy(dense_blocks(), seed=4, dtype=np.float32, imported=True)
    if name == "enlarging":
        return toy(enlarging(), seed=5, dtype=np.float32)
    if name == "bottlenecks":
        return toy(bottlenecks(), seed=6, dtype=np.float32)
    if name in FILES:
        return from_file(FILES[name])
    model = load_model("resnet" if name == "imported" else name)
    graph, parameters = model.graph, model.parameters
    if name == "imported":
        graph, parameters = through_onnx(graph, parameters)
    x = to_tensor(skimage.data.coffee(), model.spec)
    index = int(Trace(graph, parameters, x)[scores_of(graph)].output.argmax())
    return Case(graph, parameters, x, ask_class(graph, index), levels_of(model.spec))


def from_file(path):
    """An imported network, asked for its likeliest class of a drawn image."""
    found = import_model(path.read_bytes())
    x = np.random.default_rng(2).random((1, *found.graph.shapes[found.graph.inputs[0].name][1:]), np.float32)
    index = int(Trace(found.graph, found.parameters, x)[scores_of(found.graph)].output.argmax())
    return Case(found.graph, found.parameters, x, ask_class(found.graph, index))


@cache
def exact(name):
    """The same question in float64, by the plain operators."""
    case = zoo(name)
    parameters = {name: value.astype(np.float64) for name, value in case.parameters.items()}
    return Case(case.graph, parameters, case.x.astype(np.float64), case.question, case.levels)


def through_onnx(graph, parameters):
    imported = import_model(export_model(graph, parameters))
    return imported.graph, imported.parameters


def toy(graph, seed=0, dtype=np.float64, imported=False, index=1):
    """A small network with drawn weights and biases, asked for a class of a drawn image."""
    rng = np.random.default_rng(seed)
    parameters = {
        name: (value + 0.1 * rng.standard_normal(value.shape)).astype(dtype)
        for name, value in graph.init(rng).items()
    }
    parameters = {name: np.abs(v) if name.endswith("running_var") else v for name, v in parameters.items()}
    if imported:
        graph, parameters = through_onnx(graph, parameters)
    x = rng.random((1, *graph.shapes[graph.inputs[0].name][1:])).astype(dtype)
    return Case(graph, parameters, x, ask_class(graph, index))


def residual():
    """A residual block with a batch norm on each branch, global means, a dense head."""
    return Graph(
        [
            Node("input", Input(shape=(3, 8, 8))),
            Node("stem", Conv2d(3, 4, **SAME), ("input",)),
            Node("relu", ReLU(), ("stem",)),
            Node("pool", MaxPool2d((2, 2)), ("relu",)),
            Node("conv", Conv2d(4, 5, **SAME), ("pool",)),
            Node("norm", BatchNorm2d(5), ("conv",)),
            Node("wide", Conv2d(4, 5, kernel_size=(1, 1)), ("pool",)),
            Node("add", Add(), ("norm", "wide")),
            Node("add_relu", ReLU(), ("add",)),
            Node("global", GlobalAvgPool2d(), ("add_relu",)),
            Node("flatten", Flatten(), ("global",)),
            Node("output", Dense(5, 3), ("flatten",)),
            Node("softmax", Softmax(), ("output",)),
        ]
    )


def dense_blocks():
    """Norms before rectifiers, branches put side by side, average pools: as DenseNets have them."""
    return Graph(
        [
            Node("input", Input(shape=(3, 12, 12))),
            Node("stem", Conv2d(3, 6, **SAME), ("input",)),
            Node("norm", BatchNorm2d(6), ("stem",)),
            Node("relu", ReLU(), ("norm",)),
            Node("grow", Conv2d(6, 4, **SAME), ("relu",)),
            Node("join", Concat(), ("stem", "grow")),
            Node("join_norm", BatchNorm2d(10), ("join",)),
            Node("join_relu", ReLU(), ("join_norm",)),
            Node("shrink", Conv2d(10, 5, kernel_size=(1, 1)), ("join_relu",)),
            Node("pool", AvgPool2d((2, 2)), ("shrink",)),
            Node("pool_relu", ReLU(), ("pool",)),
            Node("flatten", Flatten(), ("pool_relu",)),
            Node("output", Dense(5 * 36, 3), ("flatten",)),
            Node("softmax", Softmax(), ("output",)),
        ]
    )


def enlarging():
    """Biases of layers that are no part of a unit: a constant that is added, a transposed convolution."""
    return Graph(
        [
            Node("input", Input(shape=(3, 8, 8))),
            Node("shift", AddConstant(shape=(3, 1, 1)), ("input",)),
            Node("conv", Conv2d(3, 4, **SAME), ("shift",)),
            Node("relu", ReLU(), ("conv",)),
            Node("enlarge", ConvTranspose2d(4, 4, kernel_size=(2, 2), stride=(2, 2)), ("relu",)),
            Node("enlarge_relu", ReLU(), ("enlarge",)),
            Node("global", GlobalAvgPool2d(), ("enlarge_relu",)),
            Node("flatten", Flatten(), ("global",)),
            Node("output", Dense(4, 3), ("flatten",)),
            Node("softmax", Softmax(), ("output",)),
        ]
    )


def bottlenecks():
    """Linear bottlenecks, as MobileNets have them: convolutions read both signs and give sums below zero."""
    nodes, last = (
        [Node("input", Input(shape=(3, 8, 8))), Node("stem", Conv2d(3, 4, **SAME), ("input",))],
        "stem",
    )
    for block in range(5):
        expand, relu, project = (f"{kind}_{block}" for kind in ("expand", "relu", "project"))
        nodes += [
            Node(expand, Conv2d(4, 12, kernel_size=(1, 1)), (last,)),
            Node(relu, ReLU(), (expand,)),
            Node(project, Conv2d(12, 4, **SAME), (relu,)),
        ]
        last = project
    return Graph(
        [
            *nodes,
            Node("global", GlobalAvgPool2d(), (last,)),
            Node("flatten", Flatten(), ("global",)),
            Node("output", Dense(4, 3), ("flatten",)),
            Node("softmax", Softmax(), ("output",)),
        ]
    )
