"""What every node of a plan is computed by, and where its output lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Concat, Conv2d, Dropout
from cnn_core.layers.base import Params, Shape
from cnn_core.ops.windows import Padding
from cnn_core.runtime.chooser import choose
from cnn_core.runtime.kernels.base import Kernel, Site
from cnn_core.runtime.kernels.copy import ConcatCopy
from cnn_core.runtime.places import NO_BORDER, Order, Place, beside

__all__ = ["Layout", "lay_out"]

FEW_CHANNELS = 16
"""Networks no convolution of which has more are laid out in rows of channels, others channels last."""

IMAGE_CHANNELS = 4
"""Inputs with so many channels or fewer stay in planes if only convolutions read them."""


@dataclass(frozen=True)
class Layout:
    """Kernels and places by node; ``size`` float32 values hold them all.

    Inputs have no kernel, nor have nodes that hand on what they are given: those have the place of the node
    that ``roots`` names.
    """

    kernels: Mapping[str, Kernel]
    places: Mapping[str, Place]
    roots: Mapping[str, str]
    size: int


def lay_out(
    graph: Graph, parameters: Params, shape: Shape, *, exact: bool, winograd: bool, compiled: bool = True
) -> Layout:
    """Choose orders, kernels and places for one input shape."""
    shapes = graph.infer_shapes(shape[0])
    roots = _roots(graph)
    orders = _orders(graph, shapes, exact)
    kernels = {
        node.name: choose(
            Site(
                layer=node.layer,
                params=graph.params_of(node.name, parameters),
                inputs=tuple(shapes[name] for name in node.inputs),
                output=shapes[node.name],
                sources=tuple(orders[name] for name in node.inputs),
                order=orders[node.name],
            ),
            exact=exact,
            winograd=winograd,
            compiled=compiled,
        )
        for node in graph
        if node.inputs and roots[node.name] == node.name
    }
    places, size = _places(graph, kernels, roots, {n: Place(shapes[n], orders[n]) for n in shapes})
    return Layout(kernels, places, roots, size)


def _roots(graph: Graph) -> dict[str, str]:
    """The node whose memory each node's output is: its own, but for dropout, which copies at inference."""
    roots: dict[str, str] = {}
    for node in graph:
        roots[node.name] = roots[node.inputs[0]] if isinstance(node.layer, Dropout) else node.name
    return roots


def _orders(graph: Graph, shapes: Mapping[str, Shape], exact: bool) -> dict[str, Order]:
    convolutions = [node.layer for node in graph if isinstance(node.layer, Conv2d)]
    widest = max((max(layer.in_channels, layer.out_channels) for layer in convolutions), default=0)
    grouped = any(layer.groups > 1 for layer in convolutions)
    rows = exact or (widest <= FEW_CHANNELS and not grouped)
    usual: Order = "NHCW" if rows else "NHWC"
    orders: dict[str, Order] = {name: "NC" if len(shape) == 2 else usual for name, shape in shapes.items()}
    for node in graph.inputs:
        if not rows and _stays_planes(graph, node, shapes[node.name]):
            orders[node.name] = "NCHW"
    return orders


def _stays_planes(graph: Graph, node: Node, shape: Shape) -> bool:
    readers = graph.consumers(node.name)
    return (
        len(shape) == 4
        and shape[1] <= IMAGE_CHANNELS
        and all(isinstance(reader.layer, Conv2d) and reader.layer.groups == 1 for reader in readers)
    )


def _places(
    graph: Graph, kernels: Mapping[str, Kernel], roots: Mapping[str, str], bare: Mapping[str, Place]
) -> tuple[dict[str, Place], int]:
    """Every node's place, with the border its readers want, and the size of the memory."""
    within = _within_concatenations(graph, kernels, roots)
    owner = {name: within.get(root, (root, 0))[0] for name, root in roots.items()}
    borders: dict[str, Padding] = {}
    for name, kernel in kernels.items():
        for source in graph[name].inputs:
            wanted = kernel.border
            had = borders.get(owner[source], NO_BORDER)
            borders[owner[source]] = tuple(map(max, had, wanted))  # type: ignore[assignment]
    owners = [name for name in roots if owner[name] == name]
    laid, size = beside([replace(bare[name], border=borders.get(name, NO_BORDER)) for name in owners])
    places = dict(zip(owners, laid, strict=True))
    for name in roots:
        if name not in places:
            root = roots[name]
            whole, first = within.get(root, (root, 0))
            places[name] = places[whole].part(bare[root].shape, first) if root in within else places[root]
    return places, size


def _within_concatenations(
    graph: Graph, kernels: Mapping[str, Kernel], roots: Mapping[str, str]
) -> dict[str, tuple[str, int]]:
    """Nodes that write where a concatenation wants them: its name, and their first channel in it."""
    within: dict[str, tuple[str, int]] = {}
    for node in graph:
        if not isinstance(node.layer, Concat) or not isinstance(kernels.get(node.name), ConcatCopy):
            continue
        first = 0
        for source in node.inputs:
            root = roots[source]
            free = root in kernels and not isinstance(kernels[root], ConcatCopy) and root not in within
            if free:
                within[root] = (node.name, first)
            first += kernels[node.name].site.inputs[node.inputs.index(source)][1]
    return within
