"""How far a value sees: receptive fields, by formula and to the pixel.

Reference: Araujo, Norris and Sim 2019, Computing Receptive Fields of Convolutional Neural Networks, Distill.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ShapeError
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Concat, Flatten
from cnn_core.layers.base import FieldStep, Shape

__all__ = ["Box", "ReceptiveField", "field_box", "receptive_field"]

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What the value at ``(y, x)`` sees of the input, each pair ``(vertical, horizontal)``.

    Rows ``y*stride + offset`` and the ``size`` that follow, before clipping to the image. A value that sees
    everything has the image's size, stride 0 and offset 0. For a flattened map ``(y, x)`` is the value's
    place on the map.
    """

    size: Pair
    stride: Pair
    offset: Pair


@dataclass(frozen=True, slots=True)
class Box:
    """A box of image pixels, half-open; empty (all zero) for a value that reads nothing but padding."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class _Span:
    """Along one axis: place ``i`` sees ``size`` places of an earlier node from ``i*stride + offset`` on."""

    size: int = 1
    stride: int = 1
    offset: int = 0

    def through(self, step: FieldStep, axis: int) -> _Span:
        """The same places as seen one layer earlier."""
        stride = step.stride[axis]
        size = (self.size - 1) * stride + (step.size[axis] - 1) * step.dilation[axis] + 1
        return _Span(size, self.stride * stride, self.offset * stride - step.padding[axis])

    def union(self, other: _Span) -> _Span | None:
        """The smallest span that holds both; None if they drift apart from place to place."""
        if self.stride != other.stride:
            return None
        first = min(self.offset, other.offset)
        last = max(self.offset + self.size, other.offset + other.size)
        return _Span(last - first, self.stride, first)


_Spans = tuple[_Span | None, _Span | None]
"""Vertical and horizontal; None: the whole axis."""


def receptive_field(graph: Graph, node: str) -> ReceptiveField:
    """How far every value of a node sees into the graph's (first) input, where branches merge their union.

    Raises:
        GraphError: there is no such node.
    """
    entry = graph.inputs[0].name
    spans: dict[str, _Spans] = {graph[node].name: (_Span(), _Span())}
    for current in reversed(graph.nodes):
        if current.name not in spans:
            continue
        for source, step in _steps(graph, current):
            seen = _through(spans[current.name], step, current)
            spans[source] = _union(spans[source], seen) if source in spans else seen
    sides = _places(graph.shapes[entry])
    found = [span or _Span(side, 0, 0) for span, side in zip(spans[entry], sides, strict=True)]
    vertical, horizontal = found
    return ReceptiveField(
        (vertical.size, horizontal.size),
        (vertical.stride, horizontal.stride),
        (vertical.offset, horizontal.offset),
    )


def _through(spans: _Spans, step: FieldStep | None, node: Node) -> _Spans:
    if isinstance(node.layer, Flatten) and spans == (_Span(), _Span()):
        return spans
    if step is None:
        return None, None
    vertical, horizontal = (
        None if span is None else span.through(step, axis) for axis, span in enumerate(spans)
    )
    return vertical, horizontal


def _union(left: _Spans, right: _Spans) -> _Spans:
    vertical, horizontal = (a.union(b) if a and b else None for a, b in zip(left, right, strict=True))
    return vertical, horizontal


def field_box(graph: Graph, node: str, index: tuple[int, ...]) -> Box:
    """The smallest box of the (first) input that holds every pixel one value of a node depends on.

    Followed place by place, so that what a window reads of the padding does not count. Channels are not told
    apart: a value sees what any channel at its place sees.

    Args:
        index: ``(channel, y, x)`` of a map, ``(position,)`` of a vector; the channel may be left out.

    Raises:
        GraphError: there is no such node.
        ShapeError: the index is none of the node's.
    """
    seen: dict[str, NDArray[np.bool_]] = {graph[node].name: _only(graph, node, index)}
    for current in reversed(graph.nodes):
        if current.name not in seen:
            continue
        for source, step in _steps(graph, current):
            places = _seen_through(seen[current.name], step, current, graph.shapes[source])
            seen[source] = seen[source] | places if source in seen else places
    return _bounds(seen[graph.inputs[0].name])


def _only(graph: Graph, node: str, index: tuple[int, ...]) -> NDArray[np.bool_]:
    """Nothing but the one place."""
    places = np.zeros(_places(graph.shapes[node]), np.bool_)
    place = index[-2:] if len(graph.shapes[node]) == 4 else (*index[-1:], 0)
    if len(place) != 2 or any(not 0 <= i < side for i, side in zip(place, places.shape, strict=True)):
        raise ShapeError(f"node {node!r}: index must lie in {graph.shapes[node][1:]}, got {index}")
    places[place] = True
    return places


def _seen_through(
    places: NDArray[np.bool_], step: FieldStep | None, node: Node, source: Shape
) -> NDArray[np.bool_]:
    """Places of the source that a layer reads to compute these places of its output."""
    if isinstance(node.layer, Flatten):
        # one row per channel; a place of the map is read if it is in any channel
        return np.asarray(places.reshape(-1, *_places(source)).any(axis=0))
    if step is None:
        return np.full(_places(source), places.any())
    rows, columns = (
        _reads(step, axis, places.shape[axis], side) for axis, side in enumerate(_places(source))
    )
    counts: NDArray[np.float32] = rows.T @ places.astype(np.float32) @ columns
    return np.asarray(counts > 0)


def _reads(step: FieldStep, axis: int, length: int, source_length: int) -> NDArray[np.float32]:
    """Matrix of 0 and 1, ``(places of the output, places of the source)``: who reads whom along one axis."""
    starts = np.arange(length) * step.stride[axis] - step.padding[axis]
    read = starts[:, np.newaxis] + np.arange(step.size[axis]) * step.dilation[axis]
    matrix = np.zeros((length, source_length), np.float32)
    out, offset = np.nonzero((read >= 0) & (read < source_length))
    matrix[out, read[out, offset]] = 1
    return matrix


def _bounds(places: NDArray[np.bool_]) -> Box:
    if not places.any():
        return Box(0, 0, 0, 0)
    rows, columns = np.flatnonzero(places.any(axis=1)), np.flatnonzero(places.any(axis=0))
    return Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)


def _places(shape: Shape) -> Pair:
    """Rows and columns of a map; a vector is a column of places."""
    return (shape[2], shape[3]) if len(shape) == 4 else (int(np.prod(shape[1:])), 1)


def _steps(graph: Graph, node: Node) -> Iterator[tuple[str, FieldStep | None]]:
    """Every source of a node with the step into it: broadcast axes stand still, joined axes are shifted."""
    shapes = [graph.shapes[source] for source in node.inputs]
    common = node.layer.field(*shapes) if shapes else None
    joined = 0
    for source, shape in zip(node.inputs, shapes, strict=True):
        step = common
        if step is not None and len(shapes) > 1:
            step = _broadcast(step, _places(shape), _places(graph.shapes[node.name]))
        if isinstance(node.layer, Concat):
            axis = node.layer.axis % len(shape)
            step = _shifted(step, axis - (2 if len(shape) == 4 else 1), joined)
            joined += shape[axis]
        yield source, step


def _broadcast(step: FieldStep, source: Pair, output: Pair) -> FieldStep:
    vertical, horizontal = (0 if source[i] == 1 and output[i] > 1 else step.stride[i] for i in (0, 1))
    return replace(step, stride=(vertical, horizontal))


def _shifted(step: FieldStep | None, axis: int, by: int) -> FieldStep | None:
    """The step into a source that lies ``by`` places along the joined axis, if that is no channel axis."""
    if step is None or axis < 0:
        return step
    return replace(step, stride=(1, 1), padding=(by, 0) if axis == 0 else (0, by))
