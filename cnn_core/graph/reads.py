"""What a node reads of its inputs, told so that nobody else has to know the kinds of layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.places import origin_of, reads_along, steps
from cnn_core.layers import Flatten
from cnn_core.layers.base import ChannelStep, FieldStep, Shape

__all__ = ["InputReads", "input_reads"]

LISTED = 1 << 16
"""Places that are listed along an axis; of more it is only said that any may be read."""

Lists = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class InputReads:
    """Channels and places of one input that an output value reads.

    ``places``: ``own``, the same place; ``all``; ``flat``, value ``v`` of a channel in C order at place
    ``v``; ``window``, where ``window`` lies; ``listed``, where ``rows[y]`` and ``columns[x]`` meet.
    """

    channels: ChannelStep | None
    places: Literal["own", "all", "flat", "window", "listed"]
    window: FieldStep | None = None
    rows: Lists = ()
    columns: Lists = ()


def input_reads(graph: Graph, node: Node) -> tuple[InputReads, ...]:
    """What a node reads, input by input."""
    shapes = tuple(graph.shapes[source] for source in node.inputs)
    channels = node.layer.channel_steps(*shapes) if shapes else ()
    ways = zip(steps(graph, node), channels, shapes, strict=True)
    return tuple(
        _reads(node, channel, step, shape, graph.shapes[node.name]) for (_, step), channel, shape in ways
    )


def _reads(
    node: Node, channels: ChannelStep | None, step: FieldStep | None, source: Shape, output: Shape
) -> InputReads:
    if isinstance(node.layer, Flatten):
        return InputReads(channels, "flat")
    if len(source) != 4 or len(output) != 4:
        return InputReads(channels, "own" if step == FieldStep() else "all")
    if origin_of(node, source) is not None or node.layer.reads(source) is not None:
        rows, columns = reads_along(step, node, source, output)
        if max(len(rows.at), len(columns.at)) > LISTED:
            return InputReads(channels, "all")
        return InputReads(channels, "listed", None, rows.lists(), columns.lists())
    if step is None:
        return InputReads(channels, "all")
    return InputReads(channels, "own") if step == FieldStep() else InputReads(channels, "window", step)
