"""The same network for smaller images: cheap early epochs.

Reference: Touvron et al., 'Fixing the train-test resolution discrepancy', 2019; Karras et al., 2018.
"""

from __future__ import annotations

from dataclasses import replace

from cnn_core.errors import BadRecipe, ShapeError
from cnn_core.graph.graph import Graph
from cnn_core.layers import Input

__all__ = ["resized"]


def resized(graph: Graph, side: int) -> Graph:
    """``graph`` with an input of ``side x side`` pixels; its parameters are the same.

    Raises:
        BadRecipe: it cannot have another size, because a layer counts on it (a dense layer after flatten
            does, one after global average pooling does not).
    """
    nodes = [replace(node, layer=_entry(node.layer, side)) for node in graph if isinstance(node.layer, Input)]
    entries = {node.name: node for node in nodes}
    try:
        return Graph((entries.get(node.name, node) for node in graph), output=graph.output)
    except ShapeError as error:
        raise BadRecipe(f"recipe: small_side {side} does not suit this network: {error}") from error


def _entry(layer: Input, side: int) -> Input:
    return replace(layer, shape=(layer.shape[0], side, side))
