"""Outputs that are in part replaced, in a plan that is otherwise the very one of the network as it was.

Kernels, strips and the order of all sums are those of the network without replacements: what does not depend
on a replaced value has the same bits.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Concat
from cnn_core.layers.base import Array, Params
from cnn_core.layers.replaced import REPLACED, VALUES, Replaced, bare
from cnn_core.runtime.kernels.base import Call
from cnn_core.runtime.layout import Layout
from cnn_core.runtime.places import Place, Strip, Tensor

__all__ = ["Replacement", "Replacing", "as_it_was", "replacements", "replacing"]


@dataclass(frozen=True, eq=False)
class Replacement:
    """Which values of one sample are replaced, and by what."""

    where: Array
    values: Array

    def calls(self, output: Tensor, strip: Strip) -> list[Call]:
        """The calls that replace values of a strip that has just been computed."""
        part = (strip.channels, strip.rows)[: self.where.ndim]
        where = self.where[part]
        if not where.any():
            return []
        return [partial(np.copyto, output.nchw[(strip.images, *part)], self.values[part], where=where)]


@dataclass(frozen=True)
class Replacing:
    """What is replaced, by node; and nodes that need a copy of another's output, by whose output it is.

    A node that hands on what it is given shows another node's memory; once it is edited it has its own.
    """

    of: Mapping[str, Replacement] = field(default_factory=dict)
    copies: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def after(
        self, node: str, tensors: Mapping[str, Tensor], strip: Strip, only: Container[str] | None = None
    ) -> list[Call]:
        """The calls that follow those of a node in a strip; those alone that write nodes of ``only``."""
        calls = self._replace(node, tensors, strip) if only is None or node in only else []
        part = (strip.images, strip.channels, strip.rows)
        for source, name in self.copies.get(node, ()):
            if only is not None and name not in only:
                continue
            index = part[: tensors[name].nchw.ndim]
            calls.append(partial(np.copyto, tensors[name].nchw[index], tensors[source].nchw[index]))
            calls += self._replace(name, tensors, strip)
        return calls

    def _replace(self, node: str, tensors: Mapping[str, Tensor], strip: Strip) -> list[Call]:
        return self.of[node].calls(tensors[node], strip) if node in self.of else []


def as_it_was(graph: Graph) -> Graph:
    """The graph without replacements; the very same if it has none."""
    if not any(isinstance(node.layer, Replaced) for node in graph):
        return graph
    return Graph([Node(node.name, bare(node.layer), node.inputs) for node in graph], graph.output)


def replacements(graph: Graph, parameters: Params) -> dict[str, Replacement]:
    """What a graph replaces, by node."""
    return {
        node.name: Replacement(
            parameters[f"{node.name}.{REPLACED}"] != 0,
            np.asarray(parameters[f"{node.name}.{VALUES}"], np.float32),
        )
        for node in graph
        if isinstance(node.layer, Replaced)
    }


def replacing(
    graph: Graph, layout: Layout, of: Mapping[str, Replacement], apart: Collection[str] = ()
) -> tuple[Layout, Replacing]:
    """The layout in which nodes that are edited, and those ``apart``, share no memory with those before."""
    own = {*of, *apart}
    handed_on = {name for name in own if layout.roots[name] != name}
    places, size = dict(layout.places), layout.size
    copies: dict[str, tuple[tuple[str, str], ...]] = {}
    for node in graph:
        name, root = node.name, layout.roots[node.name]
        if name in handed_on:
            copies[root] = (*copies.get(root, ()), (node.inputs[0], name))
        elif root != name:
            places[name] = places[node.inputs[0]]
            continue
        # parts of a concatenation lie in it
        if name in handed_on or (isinstance(bare(node.layer), Concat) and (handed_on or name in own)):
            places[name] = _own(places[name], size)
            size += places[name].size
    return replace(layout, places=places, size=size), Replacing(of, copies)


def _own(place: Place, offset: int) -> Place:
    return replace(place, offset=offset, channels=0)
