"""A network as named nodes of an acyclic graph: what it is, not how it is run."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnn_core.errors import BadModelFile, CnnError, GraphError, ShapeError
from cnn_core.layers.base import Array, Cost, Layer, Params, Shape, layer_from_config

__all__ = ["Graph", "Node"]


@dataclass(frozen=True, slots=True)
class Node:
    """A layer with a name, fed by the nodes named in ``inputs``, in the layer's own order."""

    name: str
    layer: Layer
    inputs: tuple[str, ...] = ()


class Graph:
    """Any directed acyclic graph of layers, in topological order.

    Nodes may be given in any order. Those without inputs are the network's inputs (kind ``input``);
    the last node in topological order is its output unless ``output`` names another.

    >>> from cnn_core.layers import Input, ReLU
    >>> graph = Graph([Node("relu", ReLU(), ("input",)), Node("input", Input(shape=(3, 8, 8)))])
    >>> [node.name for node in graph]
    ['input', 'relu']
    >>> graph.shapes["relu"]
    (1, 3, 8, 8)

    Raises:
        GraphError: a name used twice or empty, an input that is no node, a cycle, no nodes at all, an output
            that is no node.
        ShapeError: a layer whose inputs do not fit it; the message begins with the node's name.
    """

    def __init__(self, nodes: Iterable[Node], output: str | None = None) -> None:
        """Order the nodes and infer every shape."""
        self.nodes: tuple[Node, ...] = _topological(tuple(nodes))
        self._by_name = {node.name: node for node in self.nodes}
        self.output = self.nodes[-1].name if output is None else output
        if self.output not in self._by_name:
            raise GraphError(f"output {self.output!r} is no node; nodes: {', '.join(self._by_name)}")
        self.shapes: Mapping[str, Shape] = self.infer_shapes()

    def __repr__(self) -> str:
        """How many nodes, and what the last one makes."""
        return f"<Graph of {len(self)} nodes, {self.output!r} makes {self.shapes[self.output]}>"

    def __iter__(self) -> Iterator[Node]:
        """The nodes in topological order."""
        return iter(self.nodes)

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self.nodes)

    def __getitem__(self, name: str) -> Node:
        """The node of that name.

        Raises:
            GraphError: there is none; the message lists those there are.
        """
        try:
            return self._by_name[name]
        except KeyError:
            raise GraphError(f"no node {name!r}; nodes: {', '.join(self._by_name)}") from None

    def __contains__(self, name: object) -> bool:
        """Whether a node has that name."""
        return name in self._by_name

    @property
    def inputs(self) -> tuple[Node, ...]:
        """The nodes that take no input from others."""
        return tuple(node for node in self.nodes if not node.inputs)

    def consumers(self, name: str) -> tuple[Node, ...]:
        """The nodes that read this one, in topological order."""
        return tuple(node for node in self.nodes if name in node.inputs)

    def infer_shapes(self, batch: int = 1) -> dict[str, Shape]:
        """Output shape of every node, batch axis first."""
        shapes: dict[str, Shape] = {}
        for node in self.nodes:
            sources = tuple(shapes[name] for name in node.inputs)
            try:
                shape = node.layer.infer_shape(*sources)
            except ShapeError as error:
                raise ShapeError(f"node {node.name!r}: {error}") from error
            shapes[node.name] = shape if node.inputs else (batch, *shape[1:])
        return shapes

    def cost(self, name: str) -> Cost:
        """Parameters and multiply-adds of one node for one sample."""
        node = self[name]
        return node.layer.cost(*(self.shapes[source] for source in node.inputs))

    def total_cost(self) -> Cost:
        """Parameters and multiply-adds of the whole network for one sample."""
        costs = [self.cost(node.name) for node in self.nodes]
        return Cost(sum(c.parameters for c in costs), sum(c.macs for c in costs))

    def parameter_shapes(self) -> dict[str, Shape]:
        """Shape of every parameter, named ``node.parameter`` as in PyTorch's state dicts."""
        return {
            f"{node.name}.{key}": shape
            for node in self.nodes
            for key, shape in node.layer.parameter_shapes().items()
        }

    def tracked(self) -> frozenset[str]:
        """Full names of parameters that are tracked rather than trained (running statistics)."""
        return frozenset(f"{node.name}.{key}" for node in self.nodes for key in node.layer.tracked())

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """Fresh float32 parameters for every node, drawn in topological order."""
        return {
            f"{node.name}.{key}": value for node in self.nodes for key, value in node.layer.init(rng).items()
        }

    def params_of(self, name: str, parameters: Params) -> dict[str, Array]:
        """One node's own parameters, under their short names."""
        return {key: parameters[f"{name}.{key}"] for key in self[name].layer.parameter_shapes()}

    def check_parameters(self, parameters: Params, what: str = "weights") -> None:
        """Hold parameters against what the graph wants.

        Raises:
            BadModelFile: one is missing, unknown, of another shape, not of floating-point numbers, or holds
                NaN or infinity; the message names it, and with it its node.
        """
        wanted = self.parameter_shapes()
        if missing := [name for name in wanted if name not in parameters]:
            raise BadModelFile(f"{what}: {missing[0]} is missing, wanted {wanted[missing[0]]}")
        if extra := [name for name in parameters if name not in wanted]:
            raise BadModelFile(f"{what}: {extra[0]} belongs to no node; wanted {', '.join(wanted)}")
        for name, shape in wanted.items():
            value = parameters[name]
            if value.shape != shape:
                raise BadModelFile(f"{what}: {name} must be {shape}, got {value.shape}")
            if not np.issubdtype(value.dtype, np.floating):
                raise BadModelFile(f"{what}: {name} must be floating-point numbers, got {value.dtype}")
            if not np.isfinite(value).all():
                raise BadModelFile(f"{what}: {name} must be finite, got NaN or infinity in it")

    def to_config(self) -> dict[str, Any]:
        """The graph as plain JSON values."""
        return {
            "output": self.output,
            "nodes": [
                {"name": n.name, "kind": n.layer.kind, "config": n.layer.config(), "inputs": list(n.inputs)}
                for n in self.nodes
            ],
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Graph:
        """The inverse of ``to_config``.

        Raises:
            GraphError, ShapeError: as the constructor.
            UnsupportedOperator: a kind that is not registered; the message names the node.
            BadModelFile: the config has not the form ``to_config`` gives.
        """
        if not isinstance(config, Mapping) or not isinstance(config.get("nodes"), list):
            raise BadModelFile("graph config: wanted an object with a list of nodes")
        return cls([_node_from_row(row) for row in config["nodes"]], output=config.get("output"))


def _node_from_row(row: Any) -> Node:
    try:
        name, kind, config, inputs = row["name"], row["kind"], row["config"], row["inputs"]
    except (KeyError, TypeError) as error:
        raise BadModelFile(f"graph config: wanted name, kind, config, inputs, got {row!r}") from error
    if not isinstance(name, str) or not isinstance(config, Mapping) or not isinstance(inputs, list):
        raise BadModelFile(f"node {name!r}: wanted name text, config an object, inputs a list, got {row!r}")
    try:
        return Node(name, layer_from_config(kind, config), tuple(inputs))
    except CnnError as error:
        raise type(error)(f"node {name!r}: {error}") from error
    except (TypeError, ValueError) as error:
        raise BadModelFile(f"node {name!r}: {kind} cannot have {dict(config)} ({error})") from error


def _topological(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Order nodes so that each comes after its inputs, otherwise as given (Kahn 1962)."""
    by_name = _by_name(nodes)
    missing = {node.name: len(set(node.inputs)) for node in nodes}
    readers: dict[str, list[int]] = {name: [] for name in by_name}
    for position, node in enumerate(nodes):
        for source in set(node.inputs):
            readers[source].append(position)
    ready = [position for position, node in enumerate(nodes) if not node.inputs]
    ordered: list[Node] = []
    while ready:
        node = nodes[heapq.heappop(ready)]
        ordered.append(node)
        for position in readers[node.name]:
            missing[nodes[position].name] -= 1
            if not missing[nodes[position].name]:
                heapq.heappush(ready, position)
    if len(ordered) < len(nodes):
        done = {node.name for node in ordered}
        raise GraphError(f"a cycle runs through {_cycle({n: by_name[n] for n in by_name if n not in done})}")
    return tuple(ordered)


def _by_name(nodes: tuple[Node, ...]) -> dict[str, Node]:
    if not nodes:
        raise GraphError("a graph needs at least one node")
    by_name: dict[str, Node] = {}
    for node in nodes:
        if not node.name:
            raise GraphError(f"a node of kind {node.layer.kind!r} has no name")
        if node.name in by_name:
            raise GraphError(f"two nodes are called {node.name!r}")
        by_name[node.name] = node
    for node in nodes:
        for source in node.inputs:
            if source not in by_name:
                raise GraphError(f"node {node.name!r}: its input {source!r} is no node of the graph")
    return by_name


def _cycle(waiting: Mapping[str, Node]) -> str:
    """One cycle, in the order of data flow.

    Each of these nodes waits for another of them, so walking back along their inputs must come round.
    """
    path = [next(iter(waiting))]
    while path.count(path[-1]) == 1:
        path.append(next(source for source in waiting[path[-1]].inputs if source in waiting))
    return " -> ".join(reversed(path[path.index(path[-1]) :]))
