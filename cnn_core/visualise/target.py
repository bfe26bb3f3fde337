"""The part of a network that one channel hangs on, for pictures no larger than the channel can see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.errors import CnnError, GraphError, ShapeError
from cnn_core.graph.field import receptive_field
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Input
from cnn_core.layers.base import Params, Shape

__all__ = ["Target", "target_of"]

MARGIN = 4
"""Pixels around a field, so that what moves a little stays in the picture."""


@dataclass(frozen=True, slots=True)
class Target:
    """A value of a (smaller) graph: the one whose field lies in the middle of its input.

    ``index`` is ``(channel, y, x)``, ``(channel,)`` in a vector; ``field`` is how many pixels the value sees,
    ``side`` how many the input has each way.
    """

    graph: Graph
    parameters: Params
    node: str
    index: tuple[int, ...]
    field: int
    side: int
    channels: int

    @property
    def place(self) -> tuple[slice | int, ...]:
        """The value's place in a batch's outputs, of all pictures."""
        return (slice(None), *self.index)


def target_of(graph: Graph, parameters: Params, node: str, channel: int) -> Target:
    """What has to be excited for a channel of a node, of a rectifier its input: its slope is 0 nowhere.

    Raises:
        GraphError: there is no such node, it is an input, or the network has several.
        ShapeError: the node has no such channel, or the network's input is not square.
    """
    found = graph[node]
    if not found.inputs or len(graph.inputs) != 1:
        raise GraphError(f"visualise: wanted a layer of a network of one input, got {node!r}")
    name = found.inputs[0] if found.layer.kind == "relu" else node
    channels = graph.shapes[name][1]
    if not 0 <= channel < channels:
        raise ShapeError(f"node {node!r}: channel must be 0..{channels - 1}, got {channel}")
    shape = graph.shapes[graph.inputs[0].name]
    if len(shape) != 4 or shape[2] != shape[3]:
        raise ShapeError(f"visualise: wanted a network that takes square pictures, got {shape[1:]}")
    small = _smaller(graph, name, shape)
    wanted = small.parameter_shapes()
    place = _middle(small, name)
    return Target(
        small,
        {key: parameters[key] for key in wanted},
        name,
        (channel, *place),
        max(receptive_field(graph, name).size),
        small.shapes[small.inputs[0].name][2],
        shape[1],
    )


def _smaller(graph: Graph, name: str, shape: Shape) -> Graph:
    """Everything before a node, for the smallest input that holds its field, where that can be built."""
    field = receptive_field(graph, name)
    stride = max(1, *field.stride)
    side = max(field.size) + MARGIN + stride
    needed = _before(graph, name)
    whole = Graph(needed, output=name)
    if side >= shape[2] or 0 in field.stride or len(graph.shapes[name]) != 4:
        return whole
    entry = graph.inputs[0].name
    layer = Input(shape=(shape[1], side, side))
    try:
        return Graph([Node(n.name, layer) if n.name == entry else n for n in needed], output=name)
    except CnnError:  # a layer that holds on to one size, a constant of the size of a map
        return whole


def _before(graph: Graph, name: str) -> list[Node]:
    wanted = {name}
    for node in reversed(graph.nodes):
        if node.name in wanted:
            wanted.update(node.inputs)
    return [node for node in graph if node.name in wanted]


def _middle(graph: Graph, name: str) -> tuple[int, ...]:
    """The place whose field's middle is nearest to the input's."""
    shape = graph.shapes[name]
    if len(shape) != 4:
        return ()
    field = receptive_field(graph, name)
    side = graph.shapes[graph.inputs[0].name][2]
    place = []
    for axis in (0, 1):
        middles = np.arange(shape[2 + axis]) * field.stride[axis] + field.offset[axis] + field.size[axis] / 2
        near = (
            np.abs(middles - side / 2)
            if field.stride[axis]
            else np.abs(np.arange(shape[2 + axis]) - (shape[2 + axis] - 1) / 2)
        )
        place.append(int(near.argmin()))
    return tuple(place)
