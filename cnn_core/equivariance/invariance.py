"""Does the answer stay when the image moves? Class probabilities of the model as trained.

Reference: Zhang 2019, Making Convolutional Networks Shift-Invariant Again, section 4 (consistency).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_core.equivariance.geometry import Fill, Mask
from cnn_core.equivariance.shifts import check_shift, shift_image
from cnn_core.errors import GraphError, ShapeError
from cnn_core.graph.graph import Graph
from cnn_core.graph.trace import forward
from cnn_core.layers.base import Array, Params

__all__ = [
    "FlipRow",
    "ProbabilityPoint",
    "class_probabilities",
    "consistency",
    "flip_rate",
    "flip_rows",
    "probability_curve",
    "top_classes",
]

Classes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class ProbabilityPoint:
    """One shift: the probability of every class, float32 ``(classes,)``, and the likeliest."""

    dx: int
    dy: int
    probabilities: Array
    top: int


@dataclass(frozen=True, slots=True, eq=False)
class FlipRow:
    """All ``dx`` of one ``dy``, each array with one value a shift.

    Attributes:
        top: the likeliest class.
        probability: of the class that is likeliest for the image at rest.
        flips: whether the likeliest class is another than at rest.
    """

    dy: int
    dx: tuple[int, ...]
    top: Classes
    probability: Array
    flips: Mask


def class_probabilities(
    graph: Graph, parameters: Params, x: Array, dx: int, dy: int, fill: Fill = "reflect"
) -> Array:
    """What the network as trained says of the image moved ``dx`` to the right and ``dy`` down.

    Shape:
        x: ``(1, C, H, W)``, result: ``(classes,)``.

    Raises:
        ShapeError: the shift is no whole number or as large as the image, or x does not fit the network.
        BadInput: x holds NaN or infinity, or there is no such fill.
        GraphError: the network's output is no vector of classes.
    """
    probabilities: Array = _probabilities(graph, parameters, x, [(dx, dy)], fill)[0]
    return probabilities


def top_classes(graph: Graph, parameters: Params, x: Array, count: int = 3) -> tuple[int, ...]:
    """The likeliest classes of the image at rest, likeliest first."""
    order = np.argsort(-class_probabilities(graph, parameters, x, 0, 0), kind="stable")
    return tuple(int(number) for number in order[:count])


def probability_curve(
    graph: Graph, parameters: Params, x: Array, radius: int = 16, dy: int = 0, fill: Fill = "reflect"
) -> Iterator[ProbabilityPoint]:
    """Class probabilities for ``dx`` from ``-radius`` to ``radius``, one after another.

    Raises:
        CnnError: as ``class_probabilities``.
    """
    for dx in range(-radius, radius + 1):
        probabilities = class_probabilities(graph, parameters, x, dx, dy, fill)
        yield ProbabilityPoint(dx, dy, probabilities, int(probabilities.argmax()))


def flip_rows(
    graph: Graph, parameters: Params, x: Array, max_shift: int = 8, fill: Fill = "reflect"
) -> Iterator[FlipRow]:
    """Every shift up to ``max_shift`` in both directions, one row of them (one ``dy``) after another.

    Raises:
        CnnError: as ``class_probabilities``.
    """
    rest = int(class_probabilities(graph, parameters, x, 0, 0, fill).argmax())
    along = tuple(range(-max_shift, max_shift + 1))
    for dy in along:
        probabilities = _probabilities(graph, parameters, x, [(dx, dy) for dx in along], fill)
        top = probabilities.argmax(axis=1)
        yield FlipRow(dy, along, top, probabilities[:, rest], top != rest)


def consistency(top: Classes) -> float:
    """The chance that two shifts drawn at random, one independent of the other, give the same class.

    Exact over all pairs of the shifts there are, where the paper draws: the sum of the squared shares.

    Shape:
        top: the likeliest class of every shift, any shape.

    >>> consistency(np.array([0, 0, 0, 1]))
    0.625
    """
    _, counts = np.unique(top, return_counts=True)
    return float(((counts / top.size) ** 2).sum())


def flip_rate(top: Classes) -> float:
    """Share of shifts whose likeliest class is another than that of the image at rest, in the middle.

    Shape:
        top: ``(2R + 1, 2R + 1)``, the shift (0, 0) in the middle; that one does not count.

    Raises:
        ShapeError: top is no such square, or only one shift.
    """
    side = top.shape[0]
    if top.ndim != 2 or top.shape[1] != side or side % 2 == 0 or side < 3:
        raise ShapeError(f"flip rate: top must be a square of odd side, 3 or more, got {top.shape}")
    return float((top != top[side // 2, side // 2]).sum() / (top.size - 1))


def _probabilities(
    graph: Graph, parameters: Params, x: Array, shifts: Sequence[tuple[int, int]], fill: Fill
) -> Array:
    """``(shifts, classes)``, in one batch."""
    if len(graph.shapes[graph.output]) != 2:
        raise GraphError(f"node {graph.output!r}: wanted class probabilities, it gives no vector")
    if x.ndim != 4 or len(x) != 1:
        raise ShapeError(f"shift: x must be (1, C, H, W), got {x.shape}")
    for dx, dy in shifts:
        check_shift(x, dx, dy)
    batch = np.concatenate([shift_image(x, dx, dy, fill) for dx, dy in shifts])
    for record in forward(graph, parameters, batch):
        if record.node.name == graph.output:
            return record.output
    raise AssertionError(f"{graph.output} is a node of the graph")
