"""Small networks the graph tests run on."""

import numpy as np

from cnn_core.graph import Graph, Node
from cnn_core.layers import (
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Input,
    LeakyReLU,
    MaxPool2d,
    Multiply,
    ReLU,
    Sigmoid,
    Softmax,
)


def chain(*layers, shape):
    """Layers one after another, called ``layer_0``, ``layer_1``, ... behind ``input``."""
    nodes = [Node("input", Input(shape=shape))]
    for position, layer in enumerate(layers):
        nodes.append(Node(f"layer_{position}", layer, (nodes[-1].name,)))
    return Graph(nodes)


def branching():
    """A residual block, an inception-like fork, a squeeze-and-excitation gate, and a dense head."""
    same = {"kernel_size": (3, 3), "padding": (1, 1, 1, 1)}
    return Graph(
        [
            Node("input", Input(shape=(2, 8, 7))),
            Node("stem", Conv2d(2, 4, **same), ("input",)),
            Node("norm", BatchNorm2d(4), ("stem",)),
            Node("relu", ReLU(), ("norm",)),
            Node("body", Conv2d(4, 4, **same, groups=2, bias=False), ("relu",)),
            Node("skip", Add(), ("relu", "body")),
            Node("narrow", Conv2d(4, 2, kernel_size=(1, 1)), ("skip",)),
            Node("wide", Conv2d(4, 3, kernel_size=(3, 3), padding=(2, 2, 2, 2), dilation=(2, 2)), ("skip",)),
            Node("fork", Concat(), ("narrow", "wide")),
            Node("squeeze", GlobalAvgPool2d(), ("fork",)),
            Node("gate", Sigmoid(), ("squeeze",)),
            Node("gated", Multiply(), ("fork", "gate")),
            Node("max_pool", MaxPool2d(kernel_size=(2, 2), stride=(2, 2)), ("gated",)),
            Node("leaky", LeakyReLU(0.1), ("max_pool",)),
            Node("avg_pool", AvgPool2d(kernel_size=(2, 2), stride=(1, 1)), ("leaky",)),
            Node("flatten", Flatten(), ("avg_pool",)),
            Node("dropout", Dropout(0.3), ("flatten",)),
            Node("output", Dense(5 * 3 * 2, 3), ("dropout",)),
            Node("softmax", Softmax(), ("output",)),
        ]
    )


def doubled(parameters):
    """The same parameters as float64."""
    return {name: value.astype(np.float64) for name, value in parameters.items()}


def finished(records):
    """Records by name."""
    return {record.node.name: record for record in records}
