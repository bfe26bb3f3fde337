"""The networks that ``convscope bench`` runs, as their papers have them, with drawn weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from cnn_core.graph.graph import Graph
from cnn_core.layers import (
    Add,
    Concat,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool2d,
    MaxPool2d,
    Multiply,
    ReLU,
    Sigmoid,
    SiLU,
)
from cnn_core.layers.base import Array
from cnn_core.models.blocks import Builder
from cnn_core.models.efficientnet_lite import efficientnet_lite0
from cnn_core.models.tiny_vgg import tiny_vgg
from cnn_core.preprocess import InputSpec

__all__ = ["NETS", "random_parameters", "residual"]

SPEC = InputSpec(channels=3, height=224, width=224)
CLASSES = 1000


def squeezenet() -> Graph:
    """SqueezeNet 1.1 (Iandola et al. 2016, SqueezeNet, section 3, and the authors' release 1.1)."""
    net = Builder(SPEC)
    _biased(net, "conv_1", 64, 3, stride=2, pad=0)
    rows = [(16, 64), (16, 64), None, (32, 128), (32, 128), None, (48, 192), (48, 192), (64, 256), (64, 256)]
    _ceil_pool(net, 1)
    for number, row in enumerate(rows, 2):
        if row is None:
            _ceil_pool(net, number)
        else:
            _fire(net, f"fire_{number}", *row)
    _biased(net, "conv_10", CLASSES, 1)
    net.add("global_pool", GlobalAvgPool2d())
    net.add("flatten", Flatten())
    return net.finish()


def resnet18() -> Graph:
    """ResNet-18 (He et al. 2016, Deep Residual Learning for Image Recognition, table 1)."""
    net = Builder(SPEC)
    net.conv_act("stem", 64, 7, stride=2)
    net.add("max_pool", MaxPool2d((3, 3), (2, 2), (1, 1, 1, 1)))
    for stage, filters in enumerate((64, 128, 256, 512), 1):
        for block in (1, 2):
            stride = 2 if block == 1 and stage > 1 else 1
            residual(net, f"block_{stage}_{block}", filters, stride)
    return net.classify(CLASSES)


def vgg16() -> Graph:
    """VGG-16 (Simonyan and Zisserman 2015, table 1, column D)."""
    net = Builder(SPEC)
    for stack, (filters, count) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), 1):
        for step in range(1, count + 1):
            _biased(net, f"conv_{stack}_{step}", filters, 3)
        net.add(f"max_pool_{stack}", MaxPool2d((2, 2), (2, 2)))
    net.add("flatten", Flatten())
    features = 512 * 7 * 7
    for number in (6, 7):
        net.add(f"dense_{number}", Dense(features, 4096))
        net.add(f"relu_{number}", ReLU())
        features = 4096
    net.add("dense_8", Dense(features, CLASSES))
    return net.finish()


def efficientnet_b0() -> Graph:
    """EfficientNet-B0 (Tan and Le 2019, table 1), its gates a quarter as wide as the block's input."""
    net = Builder(SPEC)
    net.conv_act("stem", 32, 3, stride=2, activation=("silu", SiLU))
    rows = (
        (1, 16, 3, 1, 1),
        (6, 24, 3, 2, 2),
        (6, 40, 5, 2, 2),
        (6, 80, 3, 2, 3),
        (6, 112, 5, 1, 3),
        (6, 192, 5, 2, 4),
        (6, 320, 3, 1, 1),
    )
    for stage, (expansion, filters, size, stride, repeats) in enumerate(rows, 1):
        for repeat in range(repeats):
            step = stride if repeat == 0 else 1
            _inverted(net, f"block_{stage}_{repeat + 1}", filters, size, step, expansion)
    net.conv_act("head", 1280, activation=("silu", SiLU))
    return net.classify(CLASSES)


NETS: Mapping[str, tuple[str, Callable[[], Graph], int]] = {
    "tiny_vgg": ("Tiny VGG, batch 1", lambda: tiny_vgg(10), 1),
    "tiny_vgg_32": ("Tiny VGG, batch 32", lambda: tiny_vgg(10), 32),
    "vgg16": ("VGG-16", vgg16, 1),
    "resnet18": ("ResNet-18", resnet18, 1),
    "squeezenet": ("SqueezeNet 1.1", squeezenet, 1),
    "efficientnet_b0": ("EfficientNet-B0", efficientnet_b0, 1),
    "efficientnet_lite0": ("EfficientNet-Lite0", lambda: efficientnet_lite0(CLASSES), 1),
}
"""Title, graph and batch size by name."""


def random_parameters(graph: Graph, seed: int = 0) -> dict[str, Array]:
    """Weights of He's variance, and running statistics and biases that are not 0 and 1 either."""
    rng = np.random.default_rng(seed)
    parameters = graph.init(rng)
    for name, value in parameters.items():
        if name.endswith("running_var"):
            parameters[name] = rng.uniform(0.5, 1.5, value.shape).astype(np.float32)
        elif value.ndim == 1 and not (name.endswith("weight")):
            parameters[name] = (0.1 * rng.standard_normal(value.shape)).astype(np.float32)
    return parameters


def _biased(
    net: Builder, name: str, filters: int, size: int, *, stride: int = 1, pad: int | None = None
) -> None:
    """A convolution with bias and its ReLU."""
    margin = size // 2 if pad is None else pad
    padding = (margin, margin, margin, margin)
    net.add(name, Conv2d(net.channels, filters, (size, size), (stride, stride), padding))
    net.add(f"{name}_relu", ReLU())
    net.channels = filters


def _ceil_pool(net: Builder, number: int) -> None:
    net.add(f"max_pool_{number}", MaxPool2d((3, 3), (2, 2), ceil_mode=True))


def _fire(net: Builder, name: str, squeezed: int, expanded: int) -> None:
    _biased(net, f"{name}_squeeze", squeezed, 1)
    start, parts = net.last, []
    for size in (1, 3):
        net.go_back(start, squeezed)
        _biased(net, f"{name}_expand_{size}", expanded, size)
        parts.append(net.last)
    net.add(f"{name}_concat", Concat(), *parts)
    net.channels = 2 * expanded


def residual(net: Builder, name: str, filters: int, stride: int) -> None:
    """Two 3x3 convolutions and their shortcut, a 1x1 convolution where the channels change."""
    start, channels = net.last, net.channels
    shortcut = start
    if channels != filters:
        shortcut = net.conv(f"{name}_shortcut", filters, stride=stride)
        net.go_back(start, channels)
    net.conv_act(f"{name}_1", filters, 3, stride=stride)
    branch = net.conv(f"{name}_2", filters, 3)
    net.add(f"{name}_add", Add(), branch, shortcut)
    net.add(f"{name}_relu", ReLU())


def _inverted(net: Builder, name: str, filters: int, size: int, stride: int, expansion: int) -> None:
    """Widen, filter each channel alone, gate, narrow; add the input where it fits."""
    start, channels, silu = net.last, net.channels, ("silu", SiLU)
    wide = channels * expansion
    if expansion > 1:
        net.conv_act(f"{name}_expand", wide, activation=silu)
    net.conv_act(f"{name}_depthwise", wide, size, stride=stride, groups=wide, activation=silu)
    maps, squeezed = net.last, channels // 4
    net.add(f"{name}_squeeze", GlobalAvgPool2d())
    net.add(f"{name}_reduce", Conv2d(wide, squeezed, (1, 1)))
    net.add(f"{name}_reduce_silu", SiLU())
    net.add(f"{name}_excite", Conv2d(squeezed, wide, (1, 1)))
    net.add(f"{name}_gate", Sigmoid())
    net.add(f"{name}_scale", Multiply(), maps, f"{name}_gate")
    projected = net.conv(f"{name}_project", filters)
    if stride == 1 and channels == filters:
        net.add(f"{name}_add", Add(), projected, start)
