"""What an atlas says of one channel."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Card", "Partner", "Patch", "Twin"]


@dataclass(frozen=True, slots=True)
class Patch:
    """A photo that excites the channel: the value, where on its map it is, and the box that it sees.

    ``box`` is top, left, bottom, right in the network's input, half-open; it may leave the photo.
    """

    photo: int
    value: float
    y: int
    x: int
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Twin:
    """Another channel of the layer, and how its strongest values correlate with this one's."""

    channel: int
    correlation: float


@dataclass(frozen=True, slots=True)
class Partner:
    """A channel that feeds this one, or is fed by it: |weights| times mean activity, signed."""

    node: str
    channel: int
    strength: float


@dataclass(frozen=True, slots=True)
class Card:
    """A channel: ``on`` is the share of photos on which it is above zero, ``zeros`` that of its values.

    ``low`` are the photos that leave it coldest and their strongest values, before a rectifier;
    ``counts[b]`` values lie from ``edges[b]`` up to below ``edges[b + 1]``; ``class_means`` are means of the
    strongest value; ``separation`` is how well it tells the best class from the rest (0.5: not at all).
    """

    node: str
    channel: int
    top: tuple[Patch, ...]
    low: tuple[tuple[int, float], ...]
    on: float
    zeros: float
    mean: float
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    class_means: tuple[float, ...]
    best_class: int | None
    separation: float | None
    twin: Twin | None
    sources: tuple[Partner, ...]
    targets: tuple[Partner, ...]
