"""How far a value sees: receptive fields, by formula and to the pixel.

Reference: Araujo, Norris and Sim 2019, Computing Receptive Fields of Convolutional Neural Networks, Distill.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ShapeError
from cnn_core.graph.along import Along
from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.places import Box, Places, bounds, origin_of, places_of, reads_along, sources, steps
from cnn_core.layers import Flatten
from cnn_core.layers.base import FieldStep

__all__ = ["ReceptiveField", "field_box", "receptive_field", "receptive_fields"]

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What the value at ``(y, x)`` sees of the input, each pair ``(vertical, horizontal)``.

    Rows ``y*stride + offset`` and the ``size`` that follow, before clipping to the image. Where that is no
    one window, because its size or its steps differ from value to value (behind a transposed convolution, a
    resizing, a reflecting pad), ``size`` is the largest there is, inside the image, and stride and offset
    are 0; ``field_box`` tells it of each value. A value that sees everything has the image's size, stride 0
    and offset 0. For a flattened map ``(y, x)`` is the value's place on the map.
    """

    size: Pair
    stride: Pair
    offset: Pair


@dataclass(frozen=True, slots=True)
class _Span:
    """Along one axis: place ``i`` sees ``size`` places of an earlier node from ``i*stride + offset`` on."""

    size: int = 1
    stride: int = 1
    offset: int = 0

    def behind(self, step: FieldStep, axis: int) -> _Span:
        """The span of a layer that steps over places with this one."""
        stride = step.stride[axis]
        size = self.size + (step.size[axis] - 1) * step.dilation[axis] * self.stride
        return _Span(size, self.stride * stride, self.offset - step.padding[axis] * self.stride)

    def union(self, other: _Span) -> _Span | None:
        """The smallest span that holds both; None if they drift apart from place to place."""
        if self.stride != other.stride:
            return None
        first = min(self.offset, other.offset)
        last = max(self.offset + self.size, other.offset + other.size)
        return _Span(last - first, self.stride, first)


_Spans = tuple[_Span | None, _Span | None]
"""Vertical and horizontal; None: no one window."""


def receptive_field(graph: Graph, node: str) -> ReceptiveField:
    """How far every value of a node sees into the graph's (first) input, where branches merge their union.

    Raises:
        GraphError: there is no such node.
    """
    return receptive_fields(graph)[graph[node].name]


def receptive_fields(graph: Graph) -> dict[str, ReceptiveField]:
    """The receptive field of every node, in one pass."""
    sides = places_of(graph.shapes[graph.inputs[0].name])
    spans: dict[str, _Spans] = {graph.inputs[0].name: (_Span(), _Span())}
    for node in graph:
        for source, step in steps(graph, node):
            if source in spans:
                seen = _behind(spans[source], step or _picking(graph, node, source), node)
                spans[node.name] = _union(spans[node.name], seen) if node.name in spans else seen
    open_ones = any(None in found and len(graph.shapes[name]) == 4 for name, found in spans.items())
    largest = _extents(graph) if open_ones else {}
    return {name: _told(found, largest.get(name, sides)) for name, found in spans.items()}


def _picking(graph: Graph, node: Node, source: str) -> FieldStep | None:
    """The step of a layer that copies places: a crop, a slice with steps, a pad with a constant.

    Along either axis place ``i`` is a copy of place ``i*stride - padding``, and no copy where there is none.
    None for other layers and other orders.
    """
    shapes = graph.shapes[source], graph.shapes[node.name]
    if {len(shape) for shape in shapes} != {4}:
        return None
    if origin_of(node, shapes[0]) is None:
        return None
    found = [_stepping(read) for read in reads_along(None, node, *shapes)]
    if found[0] is None or found[1] is None:
        return None
    (down, top), (across, left) = found[0], found[1]
    return FieldStep((1, 1), (down, across), (top, left))


def _stepping(read: Along) -> tuple[int, int] | None:
    """Stride and padding, if place ``i`` reads ``i*stride - padding`` wherever the source has that."""
    at, sources_read = read.at, read.of
    if len(at) < 2 or not np.diff(at).all():
        return None
    stride = int(sources_read[1] - sources_read[0]) // int(at[1] - at[0])
    padding = int(at[0]) * stride - int(sources_read[0])
    would = np.arange(read.length) * stride - padding
    inside = np.flatnonzero((would >= 0) & (would < read.source))
    fits = stride > 0 and np.array_equal(inside, at) and np.array_equal(would[at], sources_read)
    return (stride, padding) if fits else None


_Reach = tuple[NDArray[np.intp], NDArray[np.intp]]
"""For each place along an axis the first and the last place of the input that it sees; none: last < first."""


def _extents(graph: Graph) -> dict[str, Pair]:
    """How many rows and columns of the input the values of each map span at most."""
    entry = graph.inputs[0].name
    sides = places_of(graph.shapes[entry])
    seen: dict[str, tuple[_Reach, ...]] = {entry: tuple((np.arange(side), np.arange(side)) for side in sides)}
    for node in graph:
        for source, step in steps(graph, node):
            if source not in seen:
                continue
            shapes = graph.shapes[source], graph.shapes[node.name]
            if {len(shape) for shape in shapes} == {4}:
                read = reads_along(step, node, *shapes)
                found = tuple(map(_seen_through, read, seen[source]))
                before = seen.get(node.name)
                seen[node.name] = found if before is None else tuple(map(_both, before, found))
            elif isinstance(node.layer, Flatten):
                seen[node.name] = seen[source]
    return {name: (_longest(rows), _longest(columns)) for name, (rows, columns) in seen.items()}


def _seen_through(read: Along, seen: _Reach) -> _Reach:
    """What is seen through a layer."""
    first = read.gathered(seen[0], np.minimum, np.iinfo(np.intp).max)
    return np.asarray(first, np.intp), np.asarray(read.gathered(seen[1], np.maximum, -1), np.intp)


def _both(a: _Reach, b: _Reach) -> _Reach:
    return np.minimum(a[0], b[0]), np.maximum(a[1], b[1])


def _longest(seen: _Reach) -> int:
    first, last = seen
    some = last >= first
    return int(np.max(last[some] - first[some] + 1, initial=0))


def _told(spans: _Spans, largest: Pair) -> ReceptiveField:
    vertical, horizontal = (span or _Span(side, 0, 0) for span, side in zip(spans, largest, strict=True))
    return ReceptiveField(
        (vertical.size, horizontal.size),
        (vertical.stride, horizontal.stride),
        (vertical.offset, horizontal.offset),
    )


def _behind(spans: _Spans, step: FieldStep | None, node: Node) -> _Spans:
    if isinstance(node.layer, Flatten):
        return spans
    if step is None:
        return None, None
    vertical, horizontal = (
        None if span is None else span.behind(step, axis) for axis, span in enumerate(spans)
    )
    return vertical, horizontal


def _union(left: _Spans, right: _Spans) -> _Spans:
    vertical, horizontal = (a.union(b) if a and b else None for a, b in zip(left, right, strict=True))
    return vertical, horizontal


def field_box(graph: Graph, node: str, index: tuple[int, ...]) -> Box:
    """The smallest box of the (first) input that holds every pixel one value of a node depends on.

    Followed place by place, so that what a window reads of the padding does not count; empty for a value that
    reads nothing else. Channels are not told apart: a value sees what any channel at its place sees.

    Args:
        index: ``(channel, y, x)`` of a map, ``(position,)`` of a vector; the channel may be left out.

    Raises:
        GraphError: there is no such node.
        ShapeError: the index is none of the node's.
    """
    seen: dict[str, Places] = {graph[node].name: _only(graph, node, index)}
    for current in reversed(graph.nodes):
        if current.name not in seen:
            continue
        for source, step in steps(graph, current):
            places = sources(seen[current.name], step, current, graph.shapes[source])
            seen[source] = seen[source] | places if source in seen else places
    return bounds(seen[graph.inputs[0].name])


def _only(graph: Graph, node: str, index: tuple[int, ...]) -> Places:
    """Nothing but the one place."""
    places = np.zeros(places_of(graph.shapes[node]), np.bool_)
    place = index[-2:] if len(graph.shapes[node]) == 4 else (*index[-1:], 0)
    if len(place) != 2 or any(not 0 <= i < side for i, side in zip(place, places.shape, strict=True)):
        raise ShapeError(f"node {node!r}: index must lie in {graph.shapes[node][1:]}, got {index}")
    places[place] = True
    return places
