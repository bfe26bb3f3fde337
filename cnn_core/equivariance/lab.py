"""Does a map move along when the image moves? f(T x) against T f(x), for every layer and any shift.

References: Zhang 2019, Making Convolutional Networks Shift-Invariant Again, section 3.1 (equivariance);
Azulay and Weiss 2019, Why do deep convolutional networks generalize so poorly to small image
transformations?, section 3 (strides).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from cnn_core.equivariance.comparison import Comparison, LayerComparison, tally
from cnn_core.equivariance.exact import ExactRunner
from cnn_core.equivariance.geometry import Mask
from cnn_core.equivariance.reach import Lines, edge_lines, exposed_lines, without_partner
from cnn_core.equivariance.shifts import check_shift, shift_image, shift_maps
from cnn_core.equivariance.variants import Border, Pooling, Step, make_plan
from cnn_core.equivariance.warps import Warp, rotation, scaling, warp_outcome
from cnn_core.errors import BadInput, GraphError, ShapeError
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array, Params

__all__ = ["Baseline", "Lab", "equivariance"]


class Lab:
    """A variant of a network, ready to run: other borders and pooling, the same weights.

    Any number of threads may use it; passes run one at a time.

    >>> from cnn_core.graph.graph import Node
    >>> from cnn_core.layers import Conv2d, Input
    >>> layers = Input(shape=(1, 8, 8)), Conv2d(1, 2, kernel_size=(3, 3))
    >>> graph = Graph([Node("input", layers[0]), Node("conv", layers[1], ("input",))])
    >>> rng = np.random.default_rng(0)
    >>> lab = Lab(graph, graph.init(rng), border="wrap")
    >>> x = rng.standard_normal((1, 1, 8, 8)).astype(np.float32)
    >>> lab.baseline(x).shift(3, -2).layers["conv"].error
    0.0

    Raises:
        BadInput: no such border or pooling.
        GraphError: the graph has several inputs, or its input is no image.
    """

    def __init__(
        self, graph: Graph, parameters: Params, border: Border = "trained", pooling: Pooling = "trained"
    ) -> None:
        """Plan the variant; nothing runs yet."""
        if len(graph.inputs) != 1 or len(graph.shapes[graph.inputs[0].name]) != 4:
            raise GraphError("shift lab: wanted a graph with one input that is an image")
        self.graph, self.border, self.pooling = graph, border, pooling
        self.plan = make_plan(graph, border, pooling)
        own = {name: graph.params_of(name, parameters) for name in self.plan.steps}
        self._runner = ExactRunner(self.plan, own)
        self._lock = threading.Lock()
        self._edges: dict[tuple[bool, bool], dict[str, Lines]] = {}

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every node that has a map which can move, in topological order, the input first."""
        return tuple(name for name, step in self.plan.steps.items() if step.stride is not None)

    @property
    def changes(self) -> tuple[str, ...]:
        """In sentences, what the network was not trained with; empty if nothing."""
        return self.plan.changes

    def shape(self, node: str) -> tuple[int, int, int]:
        """``(C, H, W)`` of the node in this variant."""
        return self.step(node).shape

    def stride(self, node: str) -> tuple[int, int]:
        """Input pixels between two places of the node's map, ``(vertical, horizontal)``."""
        stride = self.step(node).stride
        assert stride is not None
        return stride

    def step(self, node: str) -> Step:
        """How the node is computed.

        Raises:
            GraphError: there is no such node, or it has no map that could move.
        """
        name = self.graph[node].name
        step = self.plan.steps.get(name)
        if step is None or step.stride is None:
            kind = self.graph[name].layer.kind
            raise GraphError(
                f"node {name!r}: {kind} gives no map that could move; maps: {', '.join(self.nodes)}"
            )
        return step

    def edges(self, dx: int, dy: int) -> dict[str, Lines]:
        """``edge_lines``, worked out once for all shifts along the same axes."""
        along = bool(dx), bool(dy)
        if along not in self._edges:
            self._edges[along] = edge_lines(self.plan, dx, dy)
        return self._edges[along]

    def baseline(self, x: Array) -> Baseline:
        """An image to compare with, ``(1, C, H, W)``; its maps are computed when they are needed.

        Raises:
            ShapeError: x has another shape.
            BadInput: x holds NaN or infinity.
        """
        return Baseline(self, x)

    def run(self, maps: dict[str, Array], wanted: Sequence[str]) -> None:
        """Add the wanted nodes' maps, and those they need, to ``maps``, which holds at least the input's."""
        with self._lock:
            self._runner.run(maps, wanted)


class Baseline:
    """One image at rest in a lab. What is computed of it is kept, so that every shift costs one pass."""

    def __init__(self, lab: Lab, x: Array) -> None:
        """Check ``x``; see ``Lab.baseline``."""
        entry = lab.graph.inputs[0].name
        wanted = lab.graph.shapes[entry]
        if x.shape != wanted:
            raise ShapeError(f"node {entry!r}: x must be {wanted}, got {x.shape}")
        if not np.isfinite(x).all():
            bad = int(x.size - np.isfinite(x).sum())
            raise BadInput(f"node {entry!r}: x must be finite, got {bad} values that are NaN or infinite")
        self.lab = lab
        self.x: Array = np.ascontiguousarray(x, np.float32)
        self._entry = entry
        self._maps: dict[str, Array] = {entry: self.x[0]}

    def maps(self, node: str) -> Array:
        """f(x) of one node, ``(C, H, W)``."""
        self.lab.step(node)
        return self._run([node])[node]

    def shift(self, dx: int, dy: int, nodes: Sequence[str] | None = None) -> Comparison:
        """The image moved ``dx`` pixels to the right and ``dy`` down; ``nodes`` None means all.

        Raises:
            ShapeError: the shift is no whole number, or as large as the image.
            GraphError: a node that is none, or has no map.
        """
        check_shift(self.x, dx, dy)
        chosen = self._chosen(nodes)
        plan = self.lab.plan
        moved = shift_image(self.x, dx, dy, plan.fill)
        first, maps = self._both(moved, chosen)
        exposed, edges = exposed_lines(plan, dx, dy), self.lab.edges(dx, dy)
        layers = {}
        for name in chosen:
            step = plan.steps[name]
            vertical, horizontal = self.lab.stride(name)
            move = dy / vertical, dx / horizontal
            after = shift_maps(maps[name], *move, plan.fill)
            spoilt = exposed[name] | without_partner(step, move, plan.fill)
            layers[name] = _compare(name, step, move, first[name], after, spoilt, edges[name])
        return Comparison(moved, layers)

    def rotate(self, degrees: float, nodes: Sequence[str] | None = None) -> Comparison:
        """The image turned counter-clockwise about its centre; both sides are linearly interpolated."""
        return self._warp(rotation(degrees), nodes)

    def scale(self, factor: float, nodes: Sequence[str] | None = None) -> Comparison:
        """The image enlarged about its centre, or made smaller; both sides are linearly interpolated."""
        return self._warp(scaling(factor), nodes)

    def _warp(self, warp: Warp, nodes: Sequence[str] | None) -> Comparison:
        chosen = self._chosen(nodes)
        moved = warp.image(self.x)
        first, maps = self._both(moved, chosen)
        return Comparison(moved, warp_outcome(self.lab.plan, warp, chosen, first, maps))

    def _chosen(self, nodes: Sequence[str] | None) -> list[str]:
        chosen = list(self.lab.nodes if nodes is None else nodes)
        for name in chosen:
            self.lab.step(name)
        return chosen

    def _run(self, nodes: Sequence[str]) -> dict[str, Array]:
        missing = [name for name in nodes if name not in self._maps]
        if missing:
            maps = dict(self._maps)
            self.lab.run(maps, missing)
            self._maps = maps
        return self._maps

    def _both(self, moved: Array, nodes: Sequence[str]) -> tuple[dict[str, Array], dict[str, Array]]:
        """f(T x) and f(x): one and the same pass where T x is x."""
        if moved.tobytes() == self.x.tobytes():
            return self._run(nodes), self._maps
        first = {self._entry: moved[0]}
        self.lab.run(first, nodes)
        return first, self._run(nodes)


def equivariance(
    graph: Graph,
    parameters: Params,
    x: Array,
    dx: int,
    dy: int,
    border: Border = "trained",
    pooling: Pooling = "trained",
    nodes: Sequence[str] | None = None,
) -> Comparison:
    """One shift of one image, every layer or those named; see ``Lab`` for many shifts.

    Raises:
        CnnError: as ``Lab``, ``Lab.baseline`` and ``Baseline.shift``.
    """
    return Lab(graph, parameters, border, pooling).baseline(x).shift(dx, dy, nodes)


def _compare(
    name: str,
    step: Step,
    move: tuple[float, float],
    first: Array,
    after: Array,
    spoilt: Lines,
    edges: Lines,
) -> LayerComparison:
    assert step.stride is not None
    rows, columns = ~spoilt.rows, ~spoilt.columns
    whole = tally(_part(first, rows, columns), _part(after, rows, columns))
    inner_rows, inner_columns = rows & ~edges.rows, columns & ~edges.columns
    inside = whole
    if (inner_rows.sum(), inner_columns.sum()) != (rows.sum(), columns.sum()):
        inside = tally(_part(first, inner_rows, inner_columns), _part(after, inner_rows, inner_columns))
    return LayerComparison(
        node=name,
        stride=step.stride,
        move=move,
        interpolated=not all(part.is_integer() for part in move),
        error=whole.error,
        differing=whole.differing,
        compared=whole.compared,
        left_out=first.size - whole.compared,
        edge=whole.compared - inside.compared,
        error_inside=inside.error,
        differing_inside=inside.differing,
        first=first,
        after=after,
        kept=np.logical_and.outer(rows, columns),
    )


def _part(maps: Array, rows: Mask, columns: Mask) -> Array:
    """The values in these rows and columns; where those are neighbours, without a copy."""
    return np.asarray(maps[:, _places(rows)][:, :, _places(columns)])


def _places(lines: Mask) -> slice | Mask:
    found = np.flatnonzero(lines)
    if not len(found):
        return slice(0)
    stretch = slice(int(found[0]), int(found[-1]) + 1)
    return stretch if stretch.stop - stretch.start == len(found) else lines
