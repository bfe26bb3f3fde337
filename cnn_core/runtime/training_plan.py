"""A graph compiled for passes forward and back at one input shape, in memory that every pass uses again."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from cnn_core.errors import ShapeError
from cnn_core.graph.backward import GraphGradients, needed_nodes, trained_names
from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.trace import check_input, check_input_shape
from cnn_core.layers.base import Array, Layer, Params, Shape
from cnn_core.runtime.gradient_pool import GradientPool
from cnn_core.runtime.units.add import AddUnit
from cnn_core.runtime.units.base import Back, Unit, batch_first, batch_last, native_shape
from cnn_core.runtime.units.conv import ConvUnit
from cnn_core.runtime.units.dense import DenseUnit, FlattenUnit
from cnn_core.runtime.units.global_mean import GlobalMeanUnit
from cnn_core.runtime.units.max_pool import MaxPoolUnit
from cnn_core.runtime.units.norm import NormUnit
from cnn_core.runtime.units.plain import PlainUnit
from cnn_core.runtime.units.relu import ReluUnit

__all__ = ["UNITS", "TrainingPlan", "choose_unit"]

UNITS: tuple[type[Unit], ...] = (
    ConvUnit,
    NormUnit,
    ReluUnit,
    MaxPoolUnit,
    AddUnit,
    GlobalMeanUnit,
    FlattenUnit,
    DenseUnit,
)
"""The first that fits is taken; the plain operators where none does."""

LINE = 64
"""Bytes of a cache line."""


def choose_unit(layer: Layer, inputs: tuple[Shape, ...], output: Shape, training: bool) -> Unit:
    """The unit for a layer at these shapes ``(N, C, H, W)``."""
    for unit in UNITS:
        if unit.fits(layer, inputs, output):
            return unit(layer, inputs, output, training)
    return PlainUnit(layer, inputs, output, training)


@dataclass(frozen=True, slots=True)
class _Step:
    """A node with its unit, the short and full names of its parameters, and the memory of its output."""

    node: Node
    unit: Unit
    names: tuple[tuple[str, str], ...]
    out: Array

    def params(self, parameters: Params) -> dict[str, Array]:
        return {short: parameters[full] for short, full in self.names}


class TrainingPlan:
    """Passes of one graph at one input shape; one at a time: the next overwrites what the last one left.

    With ``training`` batch norm uses and tracks the batch's statistics and dropout drops; without it both are
    as at inference. With ``keep`` every node's output is there after a pass; without it a ReLU may have taken
    the place of what it read, where nothing else reads that: less memory to go over.

    It computes in ``dtype``, for which parameters must be given in that type too.

    Equal parameters and input give equal bits, whatever the plan did before.

    Raises:
        ShapeError: the input node wants another shape.
        GraphError: the graph has several inputs.
    """

    def __init__(
        self,
        graph: Graph,
        shape: Shape,
        *,
        training: bool = True,
        keep: bool = False,
        dtype: DTypeLike = np.float32,
    ) -> None:
        check_input_shape(graph, shape)
        self.graph, self.shape, self.dtype = graph, shape, np.dtype(dtype)
        shapes = graph.infer_shapes(shape[0])
        self._trained = trained_names(graph)
        self._outputs: dict[str, Array] = {}
        self._steps: list[_Step] = []
        for node in graph:
            if node.inputs:
                self._steps.append(self._step(node, shapes, training, keep))
            else:
                self._outputs[node.name] = _reserved(shapes[node.name], self.dtype)
        self._scratch = np.empty(max((step.unit.scratch for step in self._steps), default=0), dtype)
        self._pool = GradientPool(dtype)

    def _step(self, node: Node, shapes: Mapping[str, Shape], training: bool, keep: bool) -> _Step:
        sources = tuple(shapes[name] for name in node.inputs)
        unit = choose_unit(node.layer, sources, shapes[node.name], training)
        before = next((step for step in self._steps if step.node.name == node.inputs[0]), None)
        over = (
            not keep
            and isinstance(unit, ReluUnit)
            and before is not None
            and not before.unit.reads_output
            and self.graph.consumers(before.node.name) == (node,)
            and before.node.name != self.graph.output
        )
        out = before.out if over and before else _reserved(shapes[node.name], self.dtype)
        self._outputs[node.name] = out
        names = tuple((key, f"{node.name}.{key}") for key in node.layer.parameter_shapes())
        return _Step(node, unit, names, out)

    @property
    def nbytes(self) -> int:
        """Memory it holds: outputs, gradients so far, scratch."""
        places = {out.__array_interface__["data"][0]: out.nbytes for out in self._outputs.values()}
        return sum(places.values()) + self._pool.nbytes + self._scratch.nbytes

    def output(self, name: str) -> Array:
        """What the last pass left of a node, ``(N, C, H, W)`` or ``(N, F)``: a view, true until the next."""
        return batch_first(self._outputs[self.graph[name].name])

    def forward(
        self,
        parameters: Params,
        x: Array,
        rng: np.random.Generator | None = None,
        *,
        until: str | None = None,
    ) -> None:
        """Run on ``x``, ``(N, C, H, W)``, to the node ``until`` or the end; layers that draw need ``rng``.

        Raises:
            ShapeError: x has not the plan's shape.
            BadInput: x holds NaN or infinity.
        """
        entry = check_input(self.graph, x)
        if x.shape != self.shape:
            raise ShapeError(f"training plan: x must be {self.shape}, got {x.shape}")
        np.copyto(self._outputs[entry.name], batch_last(x))
        for step in self._steps:
            sources = tuple(self._outputs[name] for name in step.node.inputs)
            step.unit.forward(step.params(parameters), sources, step.out, self._scratch, rng)
            if step.node.name == until:
                break

    @property
    def updates(self) -> dict[str, Array]:
        """What tracked parameters became in the last training pass, under their full names."""
        return {
            f"{step.node.name}.{key}": value
            for step in self._steps
            for key, value in step.unit.updates.items()
        }

    def backward(
        self,
        parameters: Params,
        seeds: Mapping[str, Array],
        *,
        nodes: Collection[str] = (),
        params: bool = True,
    ) -> GraphGradients:
        """As ``graph.backward`` from the last pass; gradients of nodes are views, true until the next one.

        Without ``params`` only what leads to ``nodes`` is computed.

        Raises:
            GraphError: a seed for a node there is not, or a gradient wanted of one.
            ShapeError: a seed of another shape than its node's output.
        """
        wanted = {self.graph[name].name for name in nodes}
        trained = self._trained if params else {}
        needed = needed_nodes(self.graph, wanted, trained)
        found = self._planted(seeds)
        own: dict[str, Array] = {}
        for step in reversed(self._steps):
            if step.node.name in found and step.node.name in needed:
                own.update(self._back(step, parameters, found, wanted, needed, params))
        return GraphGradients(
            {name: self._shown(found, name) for name in wanted},
            {
                name: own[name] if name in own else np.zeros_like(parameters[name])
                for names in trained.values()
                for name in names
            },
        )

    def _planted(self, seeds: Mapping[str, Array]) -> dict[str, Array]:
        """The gradients to begin with, in memory of our own."""
        self._pool.reset()
        found: dict[str, Array] = {}
        for name, seed in seeds.items():
            out = self._outputs[self.graph[name].name]
            if seed.shape != batch_first(out).shape:
                raise ShapeError(
                    f"node {name!r}: its gradient must be {batch_first(out).shape}, got {seed.shape}"
                )
            found[name] = self._pool.take(out.shape)
            np.copyto(found[name], batch_last(seed))
        return found

    def _back(
        self,
        step: _Step,
        parameters: Params,
        found: dict[str, Array],
        wanted: Collection[str],
        needed: Collection[str],
        params: bool,
    ) -> dict[str, Array]:
        """Take one node's gradient back to its inputs, into ``found``; those of its parameters."""
        name, grad = step.node.name, found[step.node.name]
        kept = name in wanted
        asked = Back(
            grad,
            not kept and self._pool.is_alone(grad),
            tuple(source in needed for source in step.node.inputs),
            self._pool,
            params,
        )
        sources = tuple(self._outputs[source] for source in step.node.inputs)
        given, own = step.unit.backward(step.params(parameters), sources, step.out, asked, self._scratch)
        for source, gradient in zip(step.node.inputs, given, strict=True):
            if gradient is None:
                continue
            if gradient is grad:
                self._pool.hold(grad)
            found[source] = self._pool.merge(found[source], gradient) if source in found else gradient
        if not kept:
            self._pool.drop(found.pop(name))
        return {f"{name}.{key}": gradient for key, gradient in own.items()}

    def _shown(self, found: Mapping[str, Array], name: str) -> Array:
        out = self._outputs[name]
        return batch_first(found[name] if name in found else np.zeros_like(out))


def _reserved(shape: Shape, dtype: np.dtype[Any]) -> Array:
    """Memory for an array of this shape, as a plan lays it out, beginning at a cache line."""
    size, line = math.prod(shape), LINE // dtype.itemsize
    flat = np.empty(size + line, dtype)
    first = -flat.ctypes.data // dtype.itemsize % line
    return flat[first : first + size].reshape(native_shape(shape))
