"""The forward pass, layer by layer, keeping everything."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadInput, GraphError, ShapeError
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers.base import Array, Forward, Params, Shape

__all__ = ["NodeRecord", "Run", "Trace", "check_input", "check_input_shape", "forward"]


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """One finished node: ``output`` has the batch axis, ``done`` is what its backward pass needs."""

    node: Node
    output: Array
    done: Forward
    milliseconds: float


def forward(
    graph: Graph,
    parameters: Params,
    x: Array,
    *,
    training: bool = False,
    rng: np.random.Generator | None = None,
) -> Iterator[NodeRecord]:
    """Run the graph on ``x`` and yield every node as soon as it is finished, in topological order.

    What is wrong with ``x`` is raised by the call itself, not by the first step of the iteration.

    Shape:
        x: ``(N, C, H, W)``, any N, the rest as the graph's one input node says.

    Raises:
        ShapeError: x has another shape.
        BadInput: x holds NaN or infinity.
        GraphError: the graph has several input nodes.
    """
    check_input(graph, x)
    return _run(graph, parameters, x, training, rng)


def _run(
    graph: Graph, parameters: Params, x: Array, training: bool, rng: np.random.Generator | None
) -> Iterator[NodeRecord]:
    outputs: dict[str, Array] = {}
    for node in graph:
        started = time.perf_counter()
        sources = tuple(outputs[name] for name in node.inputs) or (x,)
        params = graph.params_of(node.name, parameters)
        done = node.layer.forward(params, *sources, training=training, rng=rng)
        outputs[node.name] = done.output
        yield NodeRecord(node, done.output, done, (time.perf_counter() - started) * 1e3)


def check_input(graph: Graph, x: Array) -> Node:
    """The graph's one input node, if it takes ``x``.

    Raises:
        ShapeError, BadInput, GraphError: as ``forward``.
    """
    entry = check_input_shape(graph, x.shape)
    if not np.isfinite(x).all():
        bad = int(x.size - np.isfinite(x).sum())
        raise BadInput(f"node {entry.name!r}: x must be finite, got {bad} values that are NaN or infinite")
    return entry


def check_input_shape(graph: Graph, shape: Shape) -> Node:
    """The graph's one input node, if it takes arrays of this shape.

    Raises:
        ShapeError, GraphError: as ``forward``.
    """
    if len(graph.inputs) != 1:
        names = ", ".join(node.name for node in graph.inputs)
        raise GraphError(f"forward: wanted a graph of one input, this one has {len(graph.inputs)}: {names}")
    (entry,) = graph.inputs
    wanted = graph.shapes[entry.name]
    if len(shape) != len(wanted) or shape[1:] != wanted[1:]:
        form = ", ".join(["N", *map(str, wanted[1:])])
        raise ShapeError(f"node {entry.name!r}: x must be ({form}), got {shape}")
    return entry


Run = Callable[[Graph, Params, Array], Iterator[NodeRecord]]
"""A way to run a graph on an input; ``forward`` is one."""


class Trace:
    """A forward pass that runs as far as it is asked to, and keeps every node's output.

    Iterating yields each NodeRecord as it is finished; it may be done any number of times, by several threads
    at once: whoever is first at a node computes it, the others wait for it and share it.

    >>> from cnn_core.layers import Input, ReLU
    >>> graph = Graph([Node("input", Input(shape=(1, 1, 2))), Node("relu", ReLU(), ("input",))])
    >>> trace = Trace(graph, {}, np.array([[[[-1.0, 2.0]]]], dtype=np.float32))
    >>> trace["relu"].output.tolist()
    [[[[0.0, 2.0]]]]

    Raises:
        ShapeError, BadInput, GraphError: as ``forward``, from the constructor.
    """

    def __init__(self, graph: Graph, parameters: Params, x: Array, run: Run = forward) -> None:
        """Check ``x``; nothing runs yet."""
        self.graph = graph
        self._running = run(graph, parameters, x)
        self._finished: dict[str, NodeRecord] = {}
        self._failure: Exception | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        """How far it has run."""
        return f"<{type(self).__name__}: {len(self._finished)} of {len(self.graph)} nodes computed>"

    def __iter__(self) -> Iterator[NodeRecord]:
        """The records in topological order, each as soon as it is there."""
        return (self[node.name] for node in self.graph)

    def __getitem__(self, name: str) -> NodeRecord:
        """The record of one node; runs the graph up to it, and no further.

        Raises:
            GraphError: there is no such node; the message lists those there are.
        """
        wanted = self.graph[name].name
        while wanted not in self._finished:
            with self._lock:
                if wanted not in self._finished:
                    self._advance()
        return self._finished[wanted]

    def _advance(self) -> None:
        # a generator that has raised only says "exhausted" afterwards, so its failure is kept here
        if self._failure is not None:
            raise self._failure
        try:
            record = next(self._running)
        except Exception as error:
            self._failure = error
            raise
        self._finished[record.node.name] = record

    @property
    def records(self) -> dict[str, NodeRecord]:
        """Every node's record by name, in topological order; runs what has not run yet."""
        return {record.node.name: record for record in self}

    @property
    def outputs(self) -> dict[str, Array]:
        """Every node's output by name, in topological order; runs what has not run yet."""
        return {record.node.name: record.output for record in self}

    @property
    def output(self) -> Array:
        """The output of the graph."""
        return self[self.graph.output].output
