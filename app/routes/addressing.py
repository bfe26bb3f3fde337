"""What an address names inside a trace: a node, one of its values, some of its maps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Query

from ..caching import NOT_MODIFIED
from ..errors import Problem, problems, shortened
from ..lookups import SubjectDep
from ..services.trace_service import Subject

__all__ = [
    "FAILURES",
    "FROM_ZERO",
    "NodeName",
    "Place",
    "PlaceDep",
    "channel_numbers",
    "check_node",
    "check_range",
    "node_shape",
]

FAILURES = {**NOT_MODIFIED, **problems(404, 422, 503)}
"""OpenAPI entries of every answer about a trace."""

FROM_ZERO: Final[dict[str, Any]] = {"minimum": 0}
"""OpenAPI's bound of a number whose other bound depends on the network; the answer names both."""

NodeName = Annotated[str, Path(description="A node of the model.")]


@dataclass(frozen=True, slots=True)
class Place:
    """One value of a node; ``index`` is the core's: ``(channel, y, x)``, in a vector ``(channel,)``."""

    node: str
    channel: int
    y: int
    x: int
    index: tuple[int, ...]


def _place(
    subject: SubjectDep,
    node: NodeName,
    channel: Annotated[
        int, Query(description="The map, or the place in a vector.", json_schema_extra=FROM_ZERO)
    ] = 0,
    y: Annotated[int, Query(description="Row; 0 in a vector.", json_schema_extra=FROM_ZERO)] = 0,
    x: Annotated[int, Query(description="Column; 0 in a vector.", json_schema_extra=FROM_ZERO)] = 0,
) -> Place:
    shape = node_shape(subject, node)
    for name, value, size in zip(("channel", "y", "x"), (channel, y, x), (*shape, 1, 1), strict=False):
        check_range(name, value, size, node)
    return Place(node, channel, y, x, (channel, y, x)[: len(shape)])


PlaceDep = Annotated[Place, Depends(_place)]


def check_node(subject: Subject, name: str) -> None:
    """Answer 404 with the nodes there are if this is none of them."""
    graph = subject.loaded.model.graph
    if name not in graph:
        known = ", ".join(node.name for node in graph.nodes)
        raise Problem(404, "No such node", f"There is no node {shortened(name)}; nodes: {known}.")


def node_shape(subject: Subject, name: str) -> tuple[int, ...]:
    """Shape of a node's output without the batch axis; 404 if there is no such node."""
    check_node(subject, name)
    return subject.loaded.model.graph.shapes[name][1:]


def check_range(name: str, value: int, size: int, node: str) -> None:
    """Answer 422 with the bounds if a number lies outside of them."""
    if not 0 <= value < size:
        raise Problem(422, "Out of range", f"{name} must be 0 to {size - 1} at node {node!r}, got {value}.")


def channel_numbers(text: str, count: int, node: str) -> list[int]:
    """Channels written as ``0-31`` or ``5,2,40-47``, in that order; 422 unless all exist, none twice."""
    numbers: dict[int, None] = {}
    for part in text.split(","):
        found = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", part, re.ASCII)
        if not found:
            detail = f"channels must be numbers and ranges such as 0-31 or 5,2,40-47, got {shortened(text)}."
            raise Problem(422, "The channels cannot be read", detail)
        first, last = int(found[1]), int(found[2] or found[1])
        check_range("channels", last, count, node)
        asked = range(first, last + 1)
        if not asked or not numbers.keys().isdisjoint(asked):
            detail = f"channels must go upwards in each range and name none twice, got {shortened(text)}."
            raise Problem(422, "The channels cannot be read", detail)
        numbers.update(dict.fromkeys(asked))
    return list(numbers)
