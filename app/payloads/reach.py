"""The projective field of a pixel as a message."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn_core.graph.places import Places, bounds

from .describe import box_schema
from .schemas import NodeReach, ReachSchema

__all__ = ["reach_schema"]


def reach_schema(y: int, x: int, reached: Mapping[str, Places]) -> ReachSchema:
    """What the pixel ``(y, x)`` reaches, node by node."""
    return ReachSchema(y=y, x=x, nodes=[_node(name, places) for name, places in reached.items()])


def _node(name: str, places: Places) -> NodeReach:
    count = int(np.count_nonzero(places))
    if not count:
        return NodeReach(name=name, box=None, count=0, runs=None)
    box = bounds(places)
    filled = count == (box.bottom - box.top) * (box.right - box.left)
    return NodeReach(name=name, box=box_schema(box), count=count, runs=None if filled else _runs(places))


def _runs(places: Places) -> list[tuple[int, int]]:
    """First place and number of places of every unbroken run, counted row by row."""
    edges = np.flatnonzero(np.diff(places.reshape(-1).astype(np.int8), prepend=0, append=0))
    return [(int(first), int(end - first)) for first, end in edges.reshape(-1, 2)]
