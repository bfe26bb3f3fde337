"""Chains of windows to draw from, and weights under which everything that is read leaves a mark."""

import numpy as np
from hypothesis import strategies as st

from cnn_core.errors import ShapeError
from cnn_core.graph import Graph, Node
from cnn_core.layers import AvgPool2d, Conv2d, Input
from tests.core.graph.networks import chain

HEIGHT, WIDTH = 13, 11


def positive(graph):
    """Parameters under which nothing cancels or saturates: every value read leaves a gradient above 0."""
    rng = np.random.default_rng(0)
    shapes = graph.parameter_shapes()
    return {name: (0.5 + rng.random(shape)) / np.prod(shape[1:]) for name, shape in shapes.items()}


pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def layers(draw):
    kernel = draw(pairs)
    stride = draw(pairs)
    if draw(st.booleans()):
        padding = tuple(draw(st.integers(0, k // 2)) for k in (*kernel, *kernel))
        return AvgPool2d(kernel, stride, padding, ceil_mode=draw(st.booleans()))
    padding = tuple(draw(st.integers(0, 3)) for _ in range(4))
    return Conv2d(1, 1, kernel, stride=stride, padding=padding, dilation=draw(pairs))


@st.composite
def chains(draw):
    """One to three layers, those left out that no longer fit."""
    graph = Graph([Node("input", Input(shape=(1, HEIGHT, WIDTH)))])
    kept = []
    for layer in draw(st.lists(layers(), min_size=1, max_size=3)):
        try:
            graph = chain(*kept, layer, shape=(1, HEIGHT, WIDTH))
        except ShapeError:
            continue
        kept.append(layer)
    return graph
