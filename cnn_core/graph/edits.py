"""Edits: numbers of a network that somebody changes, and parts of its maps that somebody replaces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from cnn_core.errors import BadInput, GraphError
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import BatchNorm2d, Conv2d, Dense
from cnn_core.layers.base import Array, Params, Shape
from cnn_core.layers.replaced import REPLACED, VALUES, Replaced, bare

__all__ = ["LARGEST", "Edit", "Operation", "Region", "edited", "edited_nodes", "goes_round", "untouched"]

Operation = Literal["set", "scale", "mute", "fill", "replace", "swap"]

LARGEST = 1e6
"""No number of an edit is larger: beyond it float32 soon overflows."""

_WEIGHING = (Conv2d, Dense, BatchNorm2d)
"""Layers whose output channel is one row of their weights and one bias."""


@dataclass(frozen=True, slots=True)
class Region:
    """Rows ``top`` to ``bottom`` and columns ``left`` to ``right`` of a map, the ends left out."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """One change: what of a node (``selection``), how, and by what value.

    =========  =====================================  ==============================================
    operation  selection                              value
    =========  =====================================  ==============================================
    set        leading indices into ``parameter``:    a number, or an array of what is left of the
               ``(o, i)`` a kernel, ``(o,)`` a row     shape
    scale      output channels, none for all          a factor on their weights and bias
    mute       output channels, none for all          nothing: they become 0
    fill       output channels, and ``region``:       a number, such as their mean
               one, or several in a tuple
    replace    output channels, and ``region``        an array: ``(channels, rows, columns)``
    swap       two output channels                    nothing
    =========  =====================================  ==============================================

    ``scale`` and ``swap`` are for layers with weights (convolution, dense layer; ``scale`` for batch norm
    too). There they change the weights, as ``mute`` does; elsewhere ``mute``, and always ``fill`` and
    ``replace``, act on what the layer gives, after its weights.
    """

    node: str
    operation: Operation
    selection: tuple[int, ...] = ()
    value: float | Array | None = None
    parameter: str = ""
    region: Region | tuple[Region, ...] | None = None

    def __str__(self) -> str:
        chosen = ",".join(map(str, self.selection)) or "all"
        what = f"{self.parameter} " if self.parameter else ""
        return f"{self.operation} {what}{chosen} of {self.node!r}"


def edited(graph: Graph, parameters: Params, edits: Iterable[Edit]) -> tuple[Graph, dict[str, Array]]:
    """The network with the edits made, one after another: a graph and parameters like any other.

    Neither ``graph`` nor ``parameters`` is changed; arrays that no edit touches are the very same. Nodes keep
    their names, inputs and shapes; those whose output is replaced hold a ``Replaced`` layer.

    Raises:
        GraphError: an edit names no node of the graph.
        BadInput: an edit names no parameter, channel, place or number that it could have, or its layer
            cannot be edited so; the message begins with the edit.
    """
    work = _Work(graph, dict(parameters))
    for edit in edits:
        work.make(edit)
    return work.graph(), work.parameters


def edited_nodes(graph: Graph, before: Params, after: Params) -> tuple[str, ...]:
    """The nodes whose numbers are not the very same arrays, in topological order."""
    changed = {name.rpartition(".")[0] for name, value in after.items() if before.get(name) is not value}
    return tuple(node.name for node in graph if node.name in changed)


def untouched(graph: Graph, changed: Sequence[str]) -> frozenset[str]:
    """The nodes that no edit of the nodes ``changed`` can reach."""
    reached = set(changed)
    for node in graph:
        if not reached.isdisjoint(node.inputs):
            reached.add(node.name)
    return frozenset(node.name for node in graph if node.name not in reached)


def goes_round(graph: Graph, node: str) -> tuple[str, ...]:
    """The nodes whose outputs reach the answer without passing through a node, where they meet what did.

    Taken from another image together with the node itself, they make the answer that image's; where there are
    none, the node alone does.

    Raises:
        GraphError: there is no such node.
    """
    behind = {graph[node].name}
    for each in graph:
        if not behind.isdisjoint(each.inputs):
            behind.add(each.name)
    needed = {graph.output}
    for each in reversed(graph.nodes):
        if each.name in needed and each.name != node:
            needed.update(each.inputs)
    if graph.output not in behind:
        return (graph.output,)
    between = (behind & needed) - {node}
    read = {name for each in graph if each.name in between for name in each.inputs}
    return tuple(each.name for each in graph if each.name in read - behind)


class _Work:
    """A network while edits are made: only what they change is copied, only what they replace has masks."""

    def __init__(self, graph: Graph, parameters: dict[str, Array]) -> None:
        self._source, self.parameters = graph, parameters
        self._own: set[str] = set()
        self._masked = {node.name for node in graph if isinstance(node.layer, Replaced)}

    def graph(self) -> Graph:
        """The nodes, those with masks around their layer."""
        nodes = [self._node(node) for node in self._source]
        return Graph(nodes, self._source.output) if self._masked else self._source

    def _node(self, node: Node) -> Node:
        if node.name not in self._masked:
            return node
        return Node(node.name, Replaced(bare(node.layer), self._shape(node.name)), node.inputs)

    def _shape(self, name: str) -> Shape:
        return self._source.shapes[name][1:]

    def make(self, edit: Edit) -> None:
        """Make one edit."""
        if edit.node not in self._source:
            raise GraphError(
                f"{edit}: no node {edit.node!r}; nodes: {', '.join(n.name for n in self._source)}"
            )
        if edit.operation not in get_args(Operation):
            raise BadInput(f"{edit}: operation must be one of {', '.join(get_args(Operation))}")
        _check_value(edit)
        if edit.operation == "set":
            self._set(edit)
        elif edit.operation == "swap":
            self._swap(edit)
        elif edit.operation == "scale":
            self._scale(edit, float(_number(edit)))
        elif edit.operation == "mute" and self._weighs(edit.node) and edit.node not in self._masked:
            self._scale(edit, 0.0)
        else:
            self._replace(edit)

    def _weighs(self, node: str) -> bool:
        return isinstance(bare(self._source[node].layer), _WEIGHING)

    def _array(self, name: str) -> Array:
        """A parameter that may be written to."""
        if name not in self._own:
            self.parameters[name] = np.array(self.parameters[name])
            self._own.add(name)
        return self.parameters[name]

    def _set(self, edit: Edit) -> None:
        wanted = bare(self._source[edit.node].layer).parameter_shapes()
        if edit.parameter not in wanted:
            known = ", ".join(wanted) or "none"
            raise BadInput(f"{edit}: no parameter {edit.parameter!r} here; parameters: {known}")
        shape = wanted[edit.parameter]
        if len(edit.selection) > len(shape):
            raise BadInput(f"{edit}: wanted up to {len(shape)} indices into {shape}")
        for index, size in zip(edit.selection, shape, strict=False):
            _check_index(edit, index, size)
        part = shape[len(edit.selection) :]
        value = np.asarray(edit.value, dtype=np.float64)
        if value.shape not in ((), part):
            raise BadInput(f"{edit}: wanted a number or an array {part}, got {value.shape}")
        if edit.parameter == "running_var" and (value < 0).any():
            raise BadInput(f"{edit}: a variance cannot be below 0, got {value.min()}")
        self._array(f"{edit.node}.{edit.parameter}")[edit.selection] = value

    def _scale(self, edit: Edit, factor: float) -> None:
        if not self._weighs(edit.node):
            kind = bare(self._source[edit.node].layer).kind
            raise BadInput(
                f"{edit}: {kind} has no weights to scale; wanted a convolution, dense layer or batch norm"
            )
        channels = self._channels(edit)
        for key in ("weight", "bias"):
            if f"{edit.node}.{key}" in self.parameters:
                array = self._array(f"{edit.node}.{key}")
                array[channels] = array[channels] * array.dtype.type(factor)

    def _swap(self, edit: Edit) -> None:
        layer = bare(self._source[edit.node].layer)
        if not isinstance(layer, Conv2d | Dense) or getattr(layer, "groups", 1) > 1:
            raise BadInput(f"{edit}: {layer.kind} cannot; wanted a convolution of one group or a dense layer")
        if len(set(edit.selection)) != 2 or len(edit.selection) != 2:
            raise BadInput(f"{edit}: wanted two different channels")
        first, second = self._channels(edit)
        for key in layer.parameter_shapes():
            array = self._array(f"{edit.node}.{key}")
            array[[first, second]] = array[[second, first]]

    def _replace(self, edit: Edit) -> None:
        shape = self._shape(edit.node)
        channels = self._channels(edit)
        regions = edit.region if isinstance(edit.region, tuple) else (edit.region,)
        places = [() if region is None else _places(edit, region, shape) for region in regions]
        value = np.asarray(0.0 if edit.operation == "mute" else edit.value)
        if edit.operation == "replace":
            _check_replacement(edit, value, (len(channels), *shape[1:]), places)
        mask, values = self._mask(edit.node)
        for place in places:
            for position, channel in enumerate(channels):
                index: tuple[int | slice, ...] = (channel, *place)
                mask[index] = 1
                values[index] = value if value.ndim == 0 else value[position]

    def _mask(self, node: str) -> tuple[Array, Array]:
        names = f"{node}.{REPLACED}", f"{node}.{VALUES}"
        if node not in self._masked:
            self._masked.add(node)
            for name in names:
                self.parameters[name] = np.zeros(self._shape(node), np.float32)
                self._own.add(name)
        return self._array(names[0]), self._array(names[1])

    def _channels(self, edit: Edit) -> list[int]:
        count = self._shape(edit.node)[0]
        for channel in edit.selection:
            _check_index(edit, channel, count)
        return list(edit.selection) or list(range(count))


def _check_value(edit: Edit) -> None:
    takes = edit.operation in {"set", "scale", "fill", "replace"}
    if takes != (edit.value is not None):
        raise BadInput(f"{edit}: {edit.operation} takes {'a' if takes else 'no'} value")
    if edit.value is not None:
        value = np.asarray(edit.value)
        if value.dtype.kind not in "fiu" or not np.isfinite(value).all():
            raise BadInput(f"{edit}: wanted finite numbers, got NaN, infinity or no numbers")
        if value.size and np.abs(value).max() > LARGEST:
            raise BadInput(f"{edit}: no number may be larger than {LARGEST:g}, got {np.abs(value).max():g}")
    if edit.region is not None and edit.operation not in {"fill", "replace"}:
        raise BadInput(f"{edit}: {edit.operation} is of whole channels; only fill and replace take a region")


def _check_replacement(edit: Edit, value: Array, whole: Shape, places: Sequence[tuple[slice, ...]]) -> None:
    if len(places) != 1:
        raise BadInput(f"{edit}: replace takes one region, got {len(places)}")
    wanted = (whole[0], *(part.stop - part.start for part in places[0])) if places[0] else whole
    if value.shape != wanted:
        raise BadInput(f"{edit}: wanted an array {wanted}, got {value.shape}")


def _number(edit: Edit) -> Array:
    value = np.asarray(edit.value)
    if value.ndim:
        raise BadInput(f"{edit}: wanted one number, got an array {value.shape}")
    return value


def _check_index(edit: Edit, index: int, size: int) -> None:
    if not 0 <= index < size:
        raise BadInput(f"{edit}: index must be 0 to {size - 1}, got {index}")


def _places(edit: Edit, region: Region, shape: Shape) -> tuple[slice, ...]:
    if len(shape) != 3:
        raise BadInput(f"{edit}: a vector has no region")
    rows, columns = shape[1:]
    if not (0 <= region.top < region.bottom <= rows and 0 <= region.left < region.right <= columns):
        got = f"rows {region.top}-{region.bottom}, columns {region.left}-{region.right}"
        raise BadInput(f"{edit}: the region must lie in {rows} rows and {columns} columns, got {got}")
    return slice(region.top, region.bottom), slice(region.left, region.right)
