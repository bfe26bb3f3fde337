"""Building graphs step by step: what the architectures share."""

from __future__ import annotations

from collections.abc import Callable

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import BatchNorm2d, Conv2d, Dense, Flatten, GlobalAvgPool2d, Input, ReLU, Softmax
from cnn_core.layers.base import Layer
from cnn_core.preprocess import InputSpec

__all__ = ["TINY_IMAGENET", "Builder"]

TINY_IMAGENET = (
    "bell_pepper",
    "espresso",
    "golden_retriever",
    "goldfish",
    "jellyfish",
    "king_penguin",
    "koala",
    "ladybug",
    "lifeboat",
    "lighthouse",
    "lion",
    "monarch_butterfly",
    "mushroom",
    "orange",
    "pizza",
    "red_panda",
    "school_bus",
    "sports_car",
    "tabby_cat",
    "teapot",
)
"""The twenty classes of Tiny ImageNet that the larger networks here tell apart."""

Activation = Callable[[], Layer]


class Builder:
    """A graph under construction: every step reads the one before it, if it is not told otherwise.

    ``last`` is the name of the newest node, ``channels`` how many maps it has.
    """

    def __init__(self, spec: InputSpec) -> None:
        """Begin with the input node."""
        self.last = "input"
        self.channels = spec.channels
        self._nodes = [Node("input", Input(shape=(spec.channels, spec.height, spec.width)), ())]

    def add(self, name: str, layer: Layer, *sources: str) -> str:
        """Append a node that reads ``sources``, or the newest node; the new node's name."""
        self._nodes.append(Node(name, layer, sources or (self.last,)))
        self.last = name
        return name

    def conv(self, name: str, filters: int, size: int = 1, *, stride: int = 1, groups: int = 1) -> str:
        """A convolution without bias, padded so that stride 1 keeps the size, and its batch norm."""
        pad = size // 2
        layer = Conv2d(
            in_channels=self.channels,
            out_channels=filters,
            kernel_size=(size, size),
            stride=(stride, stride),
            padding=(pad, pad, pad, pad),
            groups=groups,
            bias=False,
        )
        self.add(f"{name}_conv", layer)
        self.channels = filters
        return self.add(f"{name}_norm", BatchNorm2d(filters))

    def conv_act(
        self,
        name: str,
        filters: int,
        size: int = 1,
        *,
        stride: int = 1,
        groups: int = 1,
        activation: tuple[str, Activation] = ("relu", ReLU),
    ) -> str:
        """Convolution, batch norm and activation, named ``<name>_conv``, ``_norm`` and ``_<activation>``."""
        self.conv(name, filters, size, stride=stride, groups=groups)
        suffix, make = activation
        return self.add(f"{name}_{suffix}", make())

    def go_back(self, name: str, channels: int) -> None:
        """Continue from an earlier node: the start of another branch."""
        self.last, self.channels = name, channels

    def classify(self, classes: int) -> Graph:
        """The mean of every map, one dense layer, softmax; the finished graph."""
        self.add("global_pool", GlobalAvgPool2d())
        self.add("flatten", Flatten())
        self.add("output", Dense(in_features=self.channels, out_features=classes))
        return self.finish()

    def finish(self) -> Graph:
        """Softmax behind the newest node; the finished graph."""
        self.add("softmax", Softmax())
        return Graph(self._nodes)
