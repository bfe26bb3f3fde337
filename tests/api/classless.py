"""A network whose answer is maps: nothing is said of classes."""

from __future__ import annotations

import numpy as np

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Conv2d, Input, MaxPool2d, ReLU
from cnn_core.models import Card, Model
from cnn_core.preprocess import InputSpec

__all__ = ["SIDE", "maps"]

SIDE = 32


def maps() -> Model:
    """Two convolutions with a pool between them; four maps of 16x16 come out."""
    graph = Graph(
        [
            Node("input", Input(shape=(3, SIDE, SIDE))),
            Node("first", Conv2d(3, 6, (3, 3), padding=(1, 1, 1, 1)), ("input",)),
            Node("relu", ReLU(), ("first",)),
            Node("pool", MaxPool2d((2, 2), (2, 2)), ("relu",)),
            Node("last", Conv2d(6, 4, (3, 3), padding=(1, 1, 1, 1)), ("pool",)),
        ]
    )
    drawn = graph.init(np.random.default_rng(5))
    parameters = {name: value.astype(np.float32) for name, value in drawn.items()}
    card = Card("Maps", architecture="", data="", licence="", command="", seed=5, epochs=0)
    return Model("maps", "Maps", graph, parameters, (), InputSpec(3, SIDE, SIDE), card)
