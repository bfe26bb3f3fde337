"""Which layers of a network are surveyed, and where their channels lie in an atlas's tables."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.graph.field import ReceptiveField, receptive_fields
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers.base import Shape

__all__ = ["ACTIVATIONS", "SurveyedLayer", "surveyed_layers"]

ACTIVATIONS = frozenset(
    {"relu", "leaky_relu", "prelu", "elu", "clip", "sigmoid", "hard_sigmoid", "tanh", "silu", "hard_swish"}
    | {"softplus"}
)
LINEAR = frozenset({"conv2d", "conv_transpose2d", "dense", "batch_norm2d", "instance_norm2d", "add"})
"""What is worth a card if nothing but itself says what it found: no activation or further sum follows."""

ABSORBS = frozenset({*ACTIVATIONS, "batch_norm2d", "instance_norm2d", "add"})
"""Readers whose own output takes the place of that of the linear layer before them."""


@dataclass(frozen=True, slots=True)
class SurveyedLayer:
    """A layer all of whose channels are surveyed.

    Its channels are ``first .. first + channels`` of the tables. A rectifier's photos are ordered by what it
    was given, the output of ``before``, so that those which leave it at 0 have an order too; elsewhere
    ``before`` is the layer itself. A vector's values are channels of one place.
    """

    node: str
    before: str
    first: int
    channels: int
    height: int
    width: int
    field: ReceptiveField

    @property
    def rectified(self) -> bool:
        """Whether the layer's values are those of ``before`` with 0 for what is negative."""
        return self.before != self.node

    @property
    def span(self) -> slice:
        """Its channels in the tables."""
        return slice(self.first, self.first + self.channels)


def surveyed_layers(graph: Graph) -> tuple[SurveyedLayer, ...]:
    """Every activation, and every linear layer that is read as it is: where channels say what they found.

    Convolutions, batch norms and sums on the way to an activation are its parts and have no card of their
    own, nor has a softmax, which only rescales the scores before it.
    """
    fields = receptive_fields(graph)
    found: list[SurveyedLayer] = []
    first = 0
    for node in graph:
        if _surveyed(graph, node):
            before = node.inputs[0] if node.layer.kind == "relu" else node.name
            channels, height, width = maps_of(graph.shapes[node.name])
            field = fields[node.name]
            found.append(SurveyedLayer(node.name, before, first, channels, height, width, field))
            first += channels
    return tuple(found)


def maps_of(shape: Shape) -> tuple[int, int, int]:
    """Channels, height and width of a node's output; every value of a vector is a channel."""
    if len(shape) == 4:
        return shape[1], shape[2], shape[3]
    size = 1
    for side in shape[1:]:
        size *= side
    return size, 1, 1


def _surveyed(graph: Graph, node: Node) -> bool:
    if node.layer.kind in ACTIVATIONS:
        return True
    readers = {reader.layer.kind for reader in graph.consumers(node.name)}
    return node.layer.kind in LINEAR and (not readers or bool(readers - ABSORBS))
