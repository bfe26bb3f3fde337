"""The forward pass, layer by layer, keeping everything."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadInput, ShapeError
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers.base import Array, Forward, Params

__all__ = ["NodeRecord", "forward"]


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

    Shape:
        x: ``(N, C, H, W)``, any N, the rest as the graph's one input node says.

    Raises:
        ShapeError: x has another shape.
        BadInput: x holds NaN or infinity.
    """
    (entry,) = graph.inputs
    _check_input(entry, x, graph.shapes[entry.name])
    outputs: dict[str, Array] = {}
    for node in graph:
        started = time.perf_counter()
        sources = (x,) if node is entry else tuple(outputs[name] for name in node.inputs)
        params = graph.params_of(node.name, parameters)
        done = node.layer.forward(params, *sources, training=training, rng=rng)
        outputs[node.name] = done.output
        yield NodeRecord(node, done.output, done, (time.perf_counter() - started) * 1e3)


def _check_input(entry: Node, x: Array, wanted: tuple[int, ...]) -> None:
    if x.ndim != len(wanted) or x.shape[1:] != wanted[1:]:
        form = ", ".join(["N", *map(str, wanted[1:])])
        raise ShapeError(f"node {entry.name!r}: x must be ({form}), got {x.shape}")
    if not np.isfinite(x).all():
        bad = int(x.size - np.isfinite(x).sum())
        raise BadInput(f"node {entry.name!r}: x must be finite, got {bad} values that are NaN or infinite")
