"""Places of a map, and which of them a layer reads to compute which: what both kinds of field stand on.

Places are booleans, ``(H, W)`` of a map; a vector is a column of places, ``(F, 1)``. Channels are not told
apart: a layer reads a place if it reads any channel there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ShapeError
from cnn_core.graph.along import Along, everything, listed, matrix, window
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Concat, Flatten
from cnn_core.layers.base import FieldStep, Shape

__all__ = [
    "Box",
    "Places",
    "bounds",
    "check_index",
    "origin_of",
    "places_of",
    "readers",
    "reads_along",
    "sources",
    "steps",
]

Places = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Box:
    """A box of places, half-open; empty (all zero) where there is none."""

    top: int
    left: int
    bottom: int
    right: int


def bounds(places: Places) -> Box:
    """The smallest box that holds every place."""
    if not places.any():
        return Box(0, 0, 0, 0)
    rows, columns = np.flatnonzero(places.any(axis=1)), np.flatnonzero(places.any(axis=0))
    return Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)


def places_of(shape: Shape) -> tuple[int, int]:
    """Rows and columns of a map; a vector is a column of places."""
    return (shape[2], shape[3]) if len(shape) == 4 else (int(np.prod(shape[1:])), 1)


def check_index(graph: Graph, node: str, index: tuple[int, ...]) -> None:
    """Hold an index against a node's output, batch axis left out.

    Raises:
        GraphError: there is no such node.
        ShapeError: the index is none of the node's; the message has the limits.
    """
    shape = graph.shapes[graph[node].name][1:]
    if len(index) != len(shape) or any(not 0 <= i < size for i, size in zip(index, shape, strict=True)):
        limits = ", ".join(f"0..{size - 1}" for size in shape)
        raise ShapeError(f"node {node!r}: index must be ({limits}), got {index}")


def steps(graph: Graph, node: Node) -> Iterator[tuple[str, FieldStep | None]]:
    """Every source of a node with the step into it: broadcast axes stand still, joined axes are shifted."""
    shapes = [graph.shapes[source] for source in node.inputs]
    common = node.layer.field(*shapes) if shapes else None
    joined = 0
    for source, shape in zip(node.inputs, shapes, strict=True):
        step = common
        if step is not None and len(shapes) > 1:
            step = _broadcast(step, places_of(shape), places_of(graph.shapes[node.name]))
        if isinstance(node.layer, Concat):
            axis = node.layer.axis % len(shape)
            step = _shifted(step, axis - (2 if len(shape) == 4 else 1), joined)
            joined += shape[axis]
        yield source, step


def sources(places: Places, step: FieldStep | None, node: Node, source: Shape) -> Places:
    """Places of the source that a layer reads to compute these places of its output."""
    if isinstance(node.layer, Flatten):
        # one row per channel; a place of the map is read if it is in any channel
        return np.asarray(places.reshape(-1, *places_of(source)).any(axis=0))
    if (origin := origin_of(node, source)) is not None:
        wanted = np.broadcast_to(places, _as_maps(origin).shape)
        return _marked(_as_maps(origin)[wanted], source)
    if step is None and node.layer.reads(source) is None:
        return np.full(places_of(source), places.any())
    if step is not None and _stays(step, places.shape, places_of(source)):
        return places
    rows, columns = _windows(step, node, source, places.shape)
    return _through(rows.reversed(), columns.reversed(), places)


def readers(places: Places, step: FieldStep | None, node: Node, source: Shape, output: Shape) -> Places:
    """Places of a layer's output that are computed from any of these places of the source."""
    if isinstance(node.layer, Flatten):
        return np.resize(places, places_of(output))
    if (origin := origin_of(node, source)) is not None:
        # a constant reads position -1, which is a place of no map
        reached = np.append(np.resize(places, prod(source[1:])), False)
        return np.asarray(reached[_as_maps(origin)].any(axis=0))
    if step is None and node.layer.reads(source) is None:
        return np.full(places_of(output), places.any())
    if step is not None and _stays(step, places_of(output), places.shape):
        return places
    rows, columns = _windows(step, node, source, places_of(output))
    return _through(rows, columns, places)


def reads_along(step: FieldStep | None, node: Node, source: Shape, output: Shape) -> tuple[Along, Along]:
    """Which rows of a source map each row of a layer's output map reads, and which columns each column."""
    if (origin := origin_of(node, source)) is not None:
        _, i, j = np.nonzero(origin >= 0)
        y, x = np.divmod(origin[origin >= 0] % prod(source[2:]), source[3])
        return listed(output[2], source[2], i, y), listed(output[3], source[3], j, x)
    if step is None and node.layer.reads(source) is None:
        return everything(output[2], source[2]), everything(output[3], source[3])
    return _windows(step, node, source, places_of(output))


def _windows(
    step: FieldStep | None, node: Node, source: Shape, output: tuple[int, ...]
) -> tuple[Along, Along]:
    """The same of a layer that reads windows, or says itself which rows and columns."""
    if (read := node.layer.reads(source)) is not None:
        return matrix(read[0]), matrix(read[1])
    assert step is not None
    before = places_of(source)
    return window(step, 0, output[0], before[0]), window(step, 1, output[1], before[1])


MANY = 1 << 23
"""Values of an output, up to which it is told of each where it comes from."""


def origin_of(node: Node, source: Shape) -> NDArray[np.intp] | None:
    """Where each value of a layer that copies comes from; of more than ``MANY`` nothing is told.

    Then any of them may come from any place.
    """
    if len(node.inputs) != 1 or prod(node.layer.infer_shape(source)) > MANY:
        return None
    return node.layer.origin(source)


def _as_maps(origin: NDArray[np.intp]) -> NDArray[np.intp]:
    """Positions ``(C, H, W)``, those of a vector as one channel that is a column."""
    return origin if origin.ndim == 3 else origin.reshape(1, -1, 1)


def _marked(positions: NDArray[np.intp], source: Shape) -> Places:
    """The places of a map, or a vector, where any channel has one of these positions."""
    found = np.zeros(prod(source[1:]) + 1, np.bool_)
    found[positions] = True
    return np.asarray(found[:-1].reshape(-1, *places_of(source)).any(axis=0))


def _stays(step: FieldStep, output: tuple[int, ...], source: tuple[int, ...]) -> bool:
    # spares vectors, which can be long, the square of their length
    return step == FieldStep() and output == source


def _through(rows: Along, columns: Along, places: Places) -> Places:
    """Places that read any of these, by rows and by columns."""
    found = columns.gathered(rows.gathered(places, np.logical_or, False).T, np.logical_or, False)
    return np.asarray(found.T, np.bool_)


def _broadcast(step: FieldStep, source: tuple[int, int], output: tuple[int, int]) -> FieldStep:
    vertical, horizontal = (0 if source[i] == 1 and output[i] > 1 else step.stride[i] for i in (0, 1))
    return replace(step, stride=(vertical, horizontal))


def _shifted(step: FieldStep | None, axis: int, by: int) -> FieldStep | None:
    """The step into a source that lies ``by`` places along the joined axis, if that is no channel axis."""
    if step is None or axis < 0:
        return step
    return replace(step, stride=(1, 1), padding=(by, 0) if axis == 0 else (0, by))
