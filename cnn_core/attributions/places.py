"""From the cells of a layer's map to the pixels of the image, and back to sums."""

from __future__ import annotations

import numpy as np

from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array

__all__ = ["layers_with_places", "over_pixels", "shared_out"]


def layers_with_places(graph: Graph) -> tuple[str, ...]:
    """The nodes between the image and the question's that have maps of more than one place, first to last."""
    return tuple(
        node.name
        for node in graph
        if node.inputs
        and node.name != graph.output
        and len(graph.shapes[node.name]) == 4
        and int(np.prod(graph.shapes[node.name][2:])) > 1
    )


def shared_out(cells: Array, height: int, width: int) -> Array:
    """Each cell's amount, shared evenly among the pixels under it: the sum stays what it was.

    Shape:
        cells: ``(h, w)``, result: ``(height, width)``.
    """
    rows, columns = _shares(cells.shape[0], height), _shares(cells.shape[1], width)
    out: Array = rows @ cells.astype(np.float64) @ columns.T
    return out


def over_pixels(grids: Array, rows: Array, columns: Array) -> Array:
    """Grids read between their points (bilinear), one reading a grid.

    Shape:
        grids: ``(N, h, w)``, rows: ``(N, H)`` and columns: ``(N, W)`` in units of the grid.
        Result: ``(N, H, W)``.
    """
    down, across = _between(rows, grids.shape[1]), _between(columns, grids.shape[2])
    out: Array = np.matmul(np.matmul(down, grids), across.swapaxes(1, 2))
    return out


def _shares(cells: int, pixels: int) -> Array:
    """How much of each cell each pixel gets, ``(pixels, cells)``; the columns add up to 1."""
    edges = np.arange(pixels + 1) * (cells / pixels)
    low = np.maximum(edges[:-1, None], np.arange(cells)[None])
    high = np.minimum(edges[1:, None], np.arange(1, cells + 1)[None])
    shares: Array = np.maximum(high - low, 0.0)
    return shares


def _between(places: Array, points: int) -> Array:
    """Weights ``(N, places, points)`` of the two points around each place."""
    distance = np.abs(places[:, :, None] - np.arange(points))
    weights: Array = np.maximum(1 - distance, 0).astype(np.float32)
    return weights
