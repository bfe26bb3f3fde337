"""How far a value sees: receptive fields, by formula and to the pixel.

Reference: Araujo, Norris and Sim 2019, Computing Receptive Fields of Convolutional Neural Networks, Distill.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.places import Box, Places, bounds, places_of, sources, steps
from cnn_core.layers import Flatten
from cnn_core.layers.base import FieldStep

__all__ = ["ReceptiveField", "field_box", "receptive_field", "receptive_fields"]

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
"""Vertical and horizontal; None: the whole axis."""


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
                seen = _behind(spans[source], step, node)
                spans[node.name] = _union(spans[node.name], seen) if node.name in spans else seen
    return {name: _told(found, sides) for name, found in spans.items()}


def _told(spans: _Spans, sides: Pair) -> ReceptiveField:
    vertical, horizontal = (span or _Span(side, 0, 0) for span, side in zip(spans, sides, strict=True))
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
