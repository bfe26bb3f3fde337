"""What can be asked of an opened network; everything else is refused in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import Problem, shortened
from .shift_views import Opened

__all__ = ["check_channels", "check_nodes", "check_shift"]


def check_nodes(opened: Opened, nodes: Iterable[str]) -> None:
    """Refuse layers that are not there (404) or have no map that could move (422)."""
    graph, known = opened.view.subject.loaded.model.graph, ", ".join(opened.lab.nodes)
    for name in nodes:
        if name not in graph:
            raise Problem(404, "No such node", f"There is no node {shortened(name)}; with a map: {known}.")
        if name not in opened.lab.nodes:
            detail = f"Node {name!r} has no map that could move with the picture; these have one: {known}."
            raise Problem(422, "Nothing to move", detail)


def check_channels(opened: Opened, channels: Iterable[tuple[str, int | None]]) -> None:
    """Refuse maps that a layer does not have (422); None stands for any."""
    for node, channel in channels:
        count = opened.lab.shape(node)[0]
        if channel is not None and channel >= count:
            detail = f"channel must be 0 to {count - 1} at node {node!r}, got {channel}."
            raise Problem(422, "Out of range", detail)


def check_shift(opened: Opened, dx: int, dy: int) -> None:
    """Refuse a shift after which nothing of the picture is left (422)."""
    for name, value, side in (("dx", dx, opened.width), ("dy", dy, opened.height)):
        if abs(value) >= side:
            raise Problem(
                422,
                "Shifted out of the picture",
                f"{name} must be {1 - side} to {side - 1}, as the network sees {side} pixels that way; "
                f"got {shortened(str(value), 20)}.",
            )
