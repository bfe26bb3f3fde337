"""How the error of every layer changes as the image is moved along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cnn_core.equivariance.lab import Baseline

__all__ = ["CurvePoint", "error_curve"]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One shift: for every node its error (see ``LayerComparison``), and whether every bit agrees."""

    dx: int
    dy: int
    errors: Mapping[str, float | None]
    exact: Mapping[str, bool]
    differing: Mapping[str, int]


def error_curve(
    baseline: Baseline, nodes: Sequence[str], radius: int = 16, dy: int = 0
) -> Iterator[CurvePoint]:
    """The errors for ``dx`` from ``-radius`` to ``radius``, one point after another as it is computed.

    Raises:
        ShapeError: the image is not larger than the radius.
        GraphError: a node that is none, or has no map.
    """
    for dx in range(-radius, radius + 1):
        layers = baseline.shift(dx, dy, nodes).layers
        yield CurvePoint(
            dx,
            dy,
            errors={name: layer.error for name, layer in layers.items()},
            exact={name: layer.exact for name, layer in layers.items()},
            differing={name: layer.differing for name, layer in layers.items()},
        )
