"""What a pixel can change: the projective field, the receptive field turned round.

Reference: Lehky and Sejnowski 1988, Network model of shape-from-shading: neural function arises from both
receptive and projective fields, Nature 333.
"""

from __future__ import annotations

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.graph.graph import Graph
from cnn_core.graph.places import Places, places_of, readers, steps

__all__ = ["projective_field"]


def projective_field(graph: Graph, y: int, x: int) -> dict[str, Places]:
    """For every node the places whose values the input's pixel ``(y, x)``, all its channels, can reach.

    Followed place by place, so that holes left by dilation and rows dropped by strides are told exactly.
    Channels are not told apart: a place counts if the pixel reaches any channel there, which behind a
    concatenation of branches can be some channels only. Nor are weights asked: a place counts if its value
    can change for some of them.

    Shape:
        ``(H, W)`` for a map, ``(F, 1)`` for a vector.

    Raises:
        ShapeError: the pixel lies outside the (first) input.
    """
    entry = graph.inputs[0].name
    pixel = np.zeros(places_of(graph.shapes[entry]), np.bool_)
    if not (0 <= y < pixel.shape[0] and 0 <= x < pixel.shape[1]):
        raise ShapeError(f"node {entry!r}: pixel must lie in {pixel.shape}, got {(y, x)}")
    pixel[y, x] = True
    reached: dict[str, Places] = {}
    for node in graph:
        shape = graph.shapes[node.name]
        places = pixel if node.name == entry else np.zeros(places_of(shape), np.bool_)
        for source, step in steps(graph, node):
            places = places | readers(reached[source], step, node, graph.shapes[source], shape)
        reached[node.name] = places
    return reached
