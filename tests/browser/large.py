"""A network that is wider and deeper than any screen, with weights that nobody trained."""

from __future__ import annotations

import numpy as np

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Add, Conv2d, Dense, Flatten, GlobalAvgPool2d, Input, ReLU, Softmax
from cnn_core.models import Card, Model
from cnn_core.preprocess import InputSpec

__all__ = ["large"]

SIDE = 32
CHANNELS = 512
BLOCKS = 12
CLASSES = tuple(f"class_{number}" for number in range(10))


def large() -> Model:
    """58 layers, most of 512 channels on 16x16, with a skip connection over every three of them."""
    nodes = [
        Node("input", Input(shape=(3, SIDE, SIDE))),
        Node("stem", Conv2d(3, CHANNELS, (3, 3), (2, 2), (1, 1, 1, 1)), ("input",)),
    ]
    last = "stem"
    for block in range(BLOCKS):
        names = [f"block_{block}.{part}" for part in ("conv", "relu", "mix", "add")]
        conv, relu, mix, add = names
        nodes += [
            Node(conv, Conv2d(CHANNELS, CHANNELS, (3, 3), padding=(1, 1, 1, 1), groups=CHANNELS), (last,)),
            Node(relu, ReLU(), (conv,)),
            Node(mix, Conv2d(CHANNELS, CHANNELS, (1, 1), groups=64), (relu,)),
            Node(add, Add(), (mix, last)),
        ]
        last = add
    nodes += [
        Node("wide", Conv2d(CHANNELS, CHANNELS, (3, 3), padding=(1, 1, 1, 1)), (last,)),
        Node("narrow", Conv2d(CHANNELS, 6, (3, 3)), ("wide",)),
        Node("pool", GlobalAvgPool2d(), ("narrow",)),
        Node("flatten", Flatten(), ("pool",)),
        Node("output", Dense(6, len(CLASSES)), ("flatten",)),
        Node("softmax", Softmax(), ("output",)),
    ]
    graph = Graph(nodes)
    drawn = graph.init(np.random.default_rng(7))
    parameters = {name: value.astype(np.float32) for name, value in drawn.items()}
    card = Card("Large", architecture="", data="", licence="", command="", seed=7, epochs=0)
    spec = InputSpec(channels=3, height=SIDE, width=SIDE)
    return Model("large", "Large", graph, parameters, CLASSES, spec, card)
