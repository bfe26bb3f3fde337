"""A fully connected layer under the same shift: there is no map that could move along.

Every pixel has weights of its own, so a photo moved by a few pixels is to the layer nearly as strange as
another photo. How strange is measured against just that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cnn_core.equivariance.geometry import Fill
from cnn_core.equivariance.shifts import shift_image
from cnn_core.errors import GraphError, ShapeError
from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.trace import forward
from cnn_core.layers import Dense, Flatten, Input
from cnn_core.layers.base import Array, Params

__all__ = ["DenseContrast", "dense_contrast", "random_dense"]


@dataclass(frozen=True, slots=True, eq=False)
class DenseContrast:
    """A dense layer d: ``change`` is ||d(Tx) - d(x)|| / ||d(x)||, ``unrelated`` the same for another photo.

    Either is None where d(x) is all zero.

    Attributes:
        rest, moved: d(x) and d(Tx), float32 ``(outputs,)``.
    """

    node: str
    inputs: int
    outputs: int
    change: float | None
    unrelated: float | None
    rest: Array = field(repr=False)
    moved: Array = field(repr=False)


def dense_contrast(
    graph: Graph,
    parameters: Params,
    x: Array,
    other: Array,
    dx: int,
    dy: int,
    fill: Fill = "reflect",
    node: str | None = None,
) -> DenseContrast:
    """How much a dense layer's output changes when the image moves, and when it is another image.

    Args:
        node: a dense layer; None means the first.

    Raises:
        GraphError: no such node, or it is no dense layer, or the graph has none.
        ShapeError: an image of another size, or a shift that is no whole number or as large as the image.
        BadInput: an image holds NaN or infinity, or there is no such fill.
    """
    chosen = _dense(graph, node)
    layer = chosen.layer
    assert isinstance(layer, Dense)
    if x.shape != other.shape or len(x) != 1:
        raise ShapeError(f"dense contrast: wanted two images (1, C, H, W), got {x.shape} and {other.shape}")
    batch = np.concatenate([x, shift_image(x, dx, dy, fill), other])
    for record in forward(graph, parameters, batch):
        if record.node.name == chosen.name:
            rest, moved, unrelated = record.output.reshape(3, -1)
            return DenseContrast(
                chosen.name,
                layer.in_features,
                layer.out_features,
                change=_relative(moved, rest),
                unrelated=_relative(unrelated, rest),
                rest=rest,
                moved=moved,
            )
    raise AssertionError(f"{chosen.name} is a node of the graph")


def random_dense(shape: tuple[int, int, int], outputs: int = 128, seed: int = 0) -> tuple[Graph, Params]:
    """A dense layer on all pixels of an image ``(C, H, W)``, with fresh (He-normal) weights.

    Raises:
        ShapeError: a size below 1.
    """
    graph = Graph(
        [
            Node("input", Input(shape=shape)),
            Node("flatten", Flatten(), ("input",)),
            Node("dense", Dense(in_features=int(np.prod(shape)), out_features=outputs), ("flatten",)),
        ]
    )
    return graph, graph.init(np.random.default_rng(seed))


def _dense(graph: Graph, node: str | None) -> Node:
    layers = {found.name: found for found in graph if isinstance(found.layer, Dense)}
    if not layers:
        raise GraphError("dense contrast: the graph has no dense layer")
    if node is None:
        return next(iter(layers.values()))
    name = graph[node].name
    if name not in layers:
        raise GraphError(f"node {name!r}: wanted a dense layer, one of {', '.join(layers)}")
    return layers[name]


def _relative(values: Array, reference: Array) -> float | None:
    before = reference.astype(np.float64)
    length = float(np.linalg.norm(before))
    return float(np.linalg.norm(values.astype(np.float64) - before)) / length if length else None
