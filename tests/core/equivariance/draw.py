"""Networks of windows to draw from, and images and weights for them."""

import numpy as np
from hypothesis import strategies as st

from cnn_core.errors import ShapeError
from cnn_core.graph import Graph, Node
from cnn_core.layers import AvgPool2d, BatchNorm2d, BlurPool2d, Conv2d, Input, MaxPool2d, SiLU, Tanh
from tests.core.graph.networks import chain

CHANNELS = 4
sides = st.integers(9, 15)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
borders = st.sampled_from(["trained", "zeros", "wrap", "reflect"])


def parameters_of(graph, seed=0):
    """Weights, biases and statistics that are all different and far from 0."""
    rng = np.random.default_rng(seed)
    return {
        name: (0.5 + rng.random(shape)).astype(np.float32) * rng.choice([-1, 1], shape).astype(np.float32)
        if "running_var" not in name
        else (0.5 + rng.random(shape)).astype(np.float32)
        for name, shape in graph.parameter_shapes().items()
    }


def image_of(graph, seed=1):
    """Values of many sizes, so that sums in another order round otherwise."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(graph.shapes["input"]) * 10.0 ** rng.uniform(-3, 3, graph.shapes["input"])
    return values.astype(np.float32)


@st.composite
def convolutions(draw, stride=None):
    """Plain, grouped or depthwise, dilated, of any shape and padding."""
    kernel = draw(pairs)
    padding = tuple(draw(st.integers(0, k // 2)) for k in (*kernel, *kernel))
    return Conv2d(
        CHANNELS,
        CHANNELS,
        kernel,
        stride=stride or draw(pairs),
        padding=padding,
        dilation=draw(pairs),
        groups=draw(st.sampled_from([1, 2, CHANNELS])),
        bias=draw(st.booleans()),
    )


@st.composite
def pools(draw):
    """Any pool of any window, smaller than its padding allows."""
    kernel, stride = draw(pairs), draw(pairs)
    padding = tuple(draw(st.integers(0, (k - 1) // 2)) for k in (*kernel, *kernel))
    ceil = draw(st.booleans())
    kind = draw(st.sampled_from(["max", "mean", "blur"]))
    if kind == "max":
        return MaxPool2d(kernel, stride, padding, ceil_mode=ceil)
    if kind == "mean":
        return AvgPool2d(kernel, stride, padding, ceil_mode=ceil, count_include_pad=draw(st.booleans()))
    return BlurPool2d(draw(st.sampled_from([3, 5])), stride[0])


def chain_that_fits(layers, height, width):
    """The layers one after another, those left out that no longer fit."""
    shape = (CHANNELS, height, width)
    graph, kept = Graph([Node("input", Input(shape=shape))]), []
    for layer in layers:
        try:
            graph = chain(*kept, layer, shape=shape)
        except ShapeError:
            continue
        kept.append(layer)
    return graph


@st.composite
def unstrided(draw):
    """Convolutions of stride 1 with what works value by value between them."""
    layers = []
    for _ in range(draw(st.integers(1, 3))):
        layers.append(draw(convolutions(stride=(1, 1))))
        layers.append(draw(st.sampled_from([BatchNorm2d(CHANNELS), SiLU(), Tanh()])))
    return chain_that_fits(layers, draw(sides), draw(sides))


@st.composite
def strided(draw):
    """Convolutions and pools of any stride."""
    layers = draw(st.lists(st.one_of(convolutions(), pools()), min_size=1, max_size=3))
    return chain_that_fits(layers, draw(sides), draw(sides))
