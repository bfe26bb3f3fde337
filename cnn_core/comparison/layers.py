"""Two networks, or one network on two images, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnn_core.comparison.correspondence import Pair
from cnn_core.comparison.difference import Difference, difference
from cnn_core.errors import GraphError, ShapeError
from cnn_core.layers.base import Array

__all__ = ["LayerDifference", "NetworkDifference", "compare"]


@dataclass(frozen=True, slots=True, eq=False)
class LayerDifference:
    """One pair of layers and how far B's is from A's."""

    pair: Pair
    found: Difference


@dataclass(frozen=True, slots=True, eq=False)
class NetworkDifference:
    """Every pair of layers, in A's order; ``+`` adds another image's."""

    layers: tuple[LayerDifference, ...]

    @property
    def compared(self) -> int:
        """How many values were held against each other."""
        return sum(layer.found.compared for layer in self.layers)

    @property
    def differing(self) -> int:
        """How many of them differ in a bit or more."""
        return sum(layer.found.differing for layer in self.layers)

    @property
    def exact(self) -> bool:
        """Whether there was something to compare, and every bit of it is the same."""
        return self.compared > 0 and self.differing == 0

    @property
    def first(self) -> LayerDifference | None:
        """The first layer that differs, by however little."""
        return next((layer for layer in self.layers if not layer.found.exact), None)

    def first_above(self, tolerance: float) -> LayerDifference | None:
        """The first layer whose relative L2 is above the tolerance, or cannot be told."""
        return next((layer for layer in self.layers if _above(layer.found.relative, tolerance)), None)

    def __add__(self, other: NetworkDifference) -> NetworkDifference:
        """The same layers over the images of both.

        Raises:
            ShapeError: they are other layers.
        """
        if [layer.pair for layer in self.layers] != [layer.pair for layer in other.layers]:
            raise ShapeError("comparison: only comparisons of the same layers can be added")
        return NetworkDifference(
            tuple(
                LayerDifference(mine.pair, mine.found + theirs.found)
                for mine, theirs in zip(self.layers, other.layers, strict=True)
            )
        )


def compare(a: Mapping[str, Array], b: Mapping[str, Array], pairs: Sequence[Pair]) -> NetworkDifference:
    """Hold the outputs of two traces against each other, pair by pair.

    Shape:
        every output with its batch axis, that of a pair's nodes the same.

    Raises:
        GraphError: a pair names a node that has no output.
        ShapeError: the outputs of a pair differ in shape or type.
    """
    for pair in pairs:
        if missing := [name for name, side in ((pair.a, a), (pair.b, b)) if name not in side]:
            raise GraphError(f"comparison: node {missing[0]!r} has no output")
    return NetworkDifference(tuple(LayerDifference(p, difference(a[p.a], b[p.b])) for p in pairs))


def _above(relative: float | None, tolerance: float) -> bool:
    return relative is None or not relative <= tolerance  # NaN is above everything
