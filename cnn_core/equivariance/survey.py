"""Shifts over many images: how far maps move along on average, and how often the answer changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cnn_core.equivariance.curves import error_curve
from cnn_core.equivariance.geometry import Fill
from cnn_core.equivariance.invariance import Classes, consistency, flip_rows
from cnn_core.equivariance.lab import Lab
from cnn_core.errors import ShapeError
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array, Params

__all__ = ["Flips", "LayerError", "ShiftSurvey"]


@dataclass(frozen=True, slots=True)
class LayerError:
    """One layer at one ``dx``: over ``images`` whose error is a number, its mean, and the share exact.

    ``mean`` and ``exact`` are None where there is no such image.
    """

    node: str
    stride: int
    dx: int
    mean: float | None
    exact: float | None
    images: int


@dataclass(frozen=True, slots=True)
class Flips:
    """Share of ``pairs`` (an image, and it moved by ``size`` left, right, up or down) that change class."""

    size: int
    share: float
    pairs: int


@dataclass(slots=True)
class _Found:
    errors: list[Array] = field(default_factory=list)
    exact: list[Array] = field(default_factory=list)
    tops: list[Classes] = field(default_factory=list)


class ShiftSurvey:
    """Measures one image after another; what it says is of those measured so far.

    Raises:
        ShapeError: ``max_shift`` is below 1, or as large as the image.
        CnnError: as ``Lab``; a node that is none or has no map.
    """

    def __init__(
        self,
        graph: Graph,
        parameters: Params,
        lab: Lab,
        nodes: Sequence[str],
        max_shift: int = 8,
        fill: Fill = "reflect",
    ) -> None:
        """Layers are compared in ``lab``, answers are those of the network as trained."""
        _, _, height, width = graph.shapes[graph.inputs[0].name]
        if not 1 <= max_shift < min(height, width):
            raise ShapeError(
                f"survey: max_shift must be from 1 to {min(height, width) - 1}, less than the image, "
                f"got {max_shift}"
            )
        self.strides = {name: lab.stride(name)[1] for name in nodes}
        self.max_shift = max_shift
        self._graph, self._parameters, self._lab, self._fill = graph, parameters, lab, fill
        self._found = _Found()

    def __len__(self) -> int:
        """Images measured."""
        return len(self._found.tops)

    def add(self, x: Array) -> None:
        """Measure one image, ``(1, C, H, W)``: every dx in all layers, every shift in the answer.

        Raises:
            CnnError: x does not fit the network, or holds NaN or infinity.
        """
        points = list(error_curve(self._lab.baseline(x), tuple(self.strides), self.max_shift))
        rows = flip_rows(self._graph, self._parameters, x, self.max_shift, self._fill)
        tops = np.stack([row.top for row in rows])
        self._found.errors.append(np.array([list(p.errors.values()) for p in points], np.float64))
        self._found.exact.append(np.array([list(p.exact.values()) for p in points], np.bool_))
        self._found.tops.append(tops)

    def layer_errors(self) -> list[LayerError]:
        """Every layer at every dx, layer by layer."""
        errors, exact = np.stack(self._found.errors), np.stack(self._found.exact)
        found = []
        for number, (name, stride) in enumerate(self.strides.items()):
            for place, dx in enumerate(range(-self.max_shift, self.max_shift + 1)):
                known = np.isfinite(errors[:, place, number])
                count = int(known.sum())
                mean = float(errors[known, place, number].mean()) if count else None
                share = float(exact[known, place, number].mean()) if count else None
                found.append(LayerError(name, stride, dx, mean, share, count))
        return found

    def flips(self) -> list[Flips]:
        """For every size of shift how often the likeliest class is another than at rest."""
        tops, middle = np.stack(self._found.tops), self.max_shift
        rest = tops[:, middle, middle]
        found = []
        for size in range(1, middle + 1):
            sides = [(middle, middle - size), (middle, middle + size)]
            sides += [(row, column) for column, row in sides]
            changed = [tops[:, row, column] != rest for row, column in sides]
            found.append(Flips(size, float(np.mean(changed)), 4 * len(rest)))
        return found

    def consistency(self) -> float:
        """Mean over the images of the chance that two shifts of one agree; see ``consistency``."""
        return float(np.mean([consistency(top) for top in self._found.tops]))
