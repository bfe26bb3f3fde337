"""Networks that are no chain, with weights that nobody trained: branches in lanes, and a very long one."""

from __future__ import annotations

import numpy as np

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import (
    Add,
    BatchNorm2d,
    Concat,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool2d,
    Input,
    MaxPool2d,
    ReLU,
    Softmax,
)
from cnn_core.layers.base import Layer
from cnn_core.models import Card, Model
from cnn_core.preprocess import InputSpec

__all__ = ["branched", "deep"]

CLASSES = ("ant", "bee", "cat", "dog")


class _Net:
    """Nodes one after the other; each method gives the name of its last."""

    def __init__(self, side: int) -> None:
        self.nodes = [Node("input", Input(shape=(3, side, side)))]

    def add(self, name: str, layer: Layer, *inputs: str) -> str:
        self.nodes.append(Node(name, layer, inputs))
        return name

    def conv(self, name: str, source: str, channels: tuple[int, int], size: int = 1, stride: int = 1) -> str:
        layer = Conv2d(*channels, (size, size), (stride, stride), (size // 2,) * 4)
        return self.add(f"{name}/relu", ReLU(), self.add(f"{name}/conv", layer, source))

    def finish(self, name: str, last: str, channels: int, side: int) -> Model:
        self.add("pool", GlobalAvgPool2d(), last)
        self.add("flatten", Flatten(), "pool")
        self.add("output", Dense(channels, len(CLASSES)), "flatten")
        self.add("softmax", Softmax(), "output")
        graph = Graph(self.nodes)
        drawn = graph.init(np.random.default_rng(3))
        parameters = {key: value.astype(np.float32) for key, value in drawn.items()}
        card = Card(name, architecture="", data="", licence="", command="", seed=3, epochs=0)
        return Model(name, name.title(), graph, parameters, CLASSES, InputSpec(3, side, side), card)


def branched(blocks: int = 3) -> Model:
    """Blocks of four branches of different lengths that are put together: Inception's form, on 3x32x32."""
    net = _Net(32)
    last = net.conv("stem", "input", (3, 16), 3)
    for block in range(blocks):
        a = net.conv(f"mixed{block}/a", last, (16, 4))
        b = net.conv(f"mixed{block}/b2", net.conv(f"mixed{block}/b1", last, (16, 4)), (4, 4), 3)
        c = net.conv(f"mixed{block}/c1", last, (16, 4))
        c = net.conv(f"mixed{block}/c3", net.conv(f"mixed{block}/c2", c, (4, 4), 3), (4, 4), 3)
        pool = net.add(f"mixed{block}/pool", MaxPool2d((3, 3), (1, 1), (1, 1, 1, 1)), last)
        d = net.conv(f"mixed{block}/d", pool, (16, 4))
        last = net.add(f"mixed{block}/concat", Concat(), a, b, c, d)
    return net.finish("branched", last, 16, 32)


def deep(blocks: int = 60, side: int = 224, channels: int = 8) -> Model:
    """Two convolutions a block, with a skip connection over each: 120 of them by default, on 3x224x224."""
    net = _Net(side)
    last = net.conv("stem", "input", (3, channels), 3, 4)
    for block in range(blocks):
        for part in ("1", "2"):
            name = f"layer{block // 15}/{block % 15}"
            source = last if part == "1" else f"{name}/relu1"
            net.add(f"{name}/conv{part}", Conv2d(channels, channels, (3, 3), (1, 1), (1, 1, 1, 1)), source)
            net.add(f"{name}/norm{part}", BatchNorm2d(channels), f"{name}/conv{part}")
            if part == "1":
                net.add(f"{name}/relu1", ReLU(), f"{name}/norm1")
        net.add(f"{name}/add", Add(), f"{name}/norm2", last)
        last = net.add(f"{name}/relu2", ReLU(), f"{name}/add")
    return net.finish("deep", last, channels, side)
