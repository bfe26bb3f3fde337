"""What the shift lab looks at: a network in a variant, on a part of an image, and how that moves."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cnn_core.equivariance import Baseline, Border, Comparison, Fill, Lab, Pooling
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Input
from cnn_core.preprocess import InputSpec

from ..errors import Problem
from .trace_service import Subject

__all__ = ["Movement", "Opened", "View", "make_lab"]


@dataclass(frozen=True, slots=True)
class View:
    """A network as it is looked at: on what, with which border and pooling, on how large an input."""

    subject: Subject
    border: Border = "trained"
    pooling: Pooling = "trained"
    size: int | None = None

    @property
    def network(self) -> Hashable:
        """Equal for views through the same network, whatever the image."""
        return self.subject.loaded.fingerprint, self.border, self.pooling, self.size

    @property
    def key(self) -> Hashable:
        """Equal for views that show the same."""
        return self.network, self.subject.key

    @property
    def spec(self) -> InputSpec:
        """What the network takes, in the size of this view."""
        spec = self.subject.loaded.model.spec
        return spec if self.size is None else replace(spec, height=self.size, width=self.size)

    @property
    def fill(self) -> Fill:
        """What newly exposed pixels of the photo are filled with: zeros unless the border says otherwise."""
        return "zeros" if self.border == "trained" else self.border


@dataclass(frozen=True, slots=True)
class Movement:
    """What T does: a shift in input pixels, a turn in degrees, or a change of size."""

    transform: Literal["shift", "rotate", "scale"] = "shift"
    dx: int = 0
    dy: int = 0
    angle: float = 0.0
    factor: float = 1.0

    def apply(self, baseline: Baseline, nodes: Sequence[str]) -> Comparison:
        """Both orders, T first and T last, in some layers."""
        if self.transform == "rotate":
            return baseline.rotate(self.angle, nodes)
        if self.transform == "scale":
            return baseline.scale(self.factor, nodes)
        return baseline.shift(self.dx, self.dy, nodes)


@dataclass(frozen=True, slots=True)
class Opened:
    """A view with f(x) at hand."""

    view: View
    baseline: Baseline
    turn: asyncio.Lock

    @property
    def lab(self) -> Lab:
        """The network."""
        return self.baseline.lab

    @property
    def has_classes(self) -> bool:
        """Whether there is an answer: not for photos of another size, nor where a network gives maps."""
        return self.view.size is None and bool(self.view.subject.loaded.model.labels)

    def check_classes(self) -> None:
        """Refuse what needs an answer where there is none.

        Raises:
            Problem: 422.
        """
        if self.view.size is not None:
            raise Problem(422, "No classes here", "A sweep needs the network's own input size: size null.")
        if not self.has_classes:
            title = self.view.subject.loaded.model.title
            raise Problem(422, "No classes here", f"{title} gives no classes, so no answer can change.")

    @property
    def changes(self) -> list[str]:
        """In sentences, what the network was not trained with."""
        changes = list(self.lab.changes)
        if self.view.size is not None:
            trained = self.view.subject.loaded.model.spec
            changes.append(
                f"The photo has {self.width}\u00d7{self.height} pixels instead of "
                f"{trained.width}\u00d7{trained.height}; only layers with maps run, so there is no answer."
            )
        return changes

    @property
    def spec(self) -> InputSpec:
        """What it takes, in the size of this view."""
        return self.view.spec

    @property
    def height(self) -> int:
        """Rows of its input."""
        return self.spec.height

    @property
    def width(self) -> int:
        """Columns of its input."""
        return self.spec.width


def make_lab(view: View) -> Lab:
    """The network of a view, planned; nothing runs."""
    model = view.subject.loaded.model
    graph, parameters = model.graph, model.parameters
    if view.size is not None:
        graph = _enlarged(graph, view.size)
        parameters = {name: parameters[name] for name in graph.parameter_shapes()}
    return Lab(graph, parameters, view.border, view.pooling)


def _enlarged(graph: Graph, size: int) -> Graph:
    """The layers that have maps, on a square input of another size."""
    (entry,) = graph.inputs
    kept: list[Node] = []
    names: set[str] = set()
    for node in graph:
        if node.name == entry.name:
            layer = Input(shape=(graph.shapes[node.name][1], size, size))
            kept.append(Node(node.name, layer, ()))
        elif len(graph.shapes[node.name]) == 4 and names.issuperset(node.inputs):
            kept.append(node)
        else:
            continue
        names.add(node.name)
    return Graph(kept)
