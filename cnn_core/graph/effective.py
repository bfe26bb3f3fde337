"""What of its receptive field a value really listens to.

Reference: Luo et al. 2016, Understanding the Effective Receptive Field in Deep Convolutional Neural Networks,
section 2.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn_core.graph.backward import backward
from cnn_core.graph.graph import Graph
from cnn_core.graph.places import check_index
from cnn_core.graph.trace import NodeRecord
from cnn_core.layers.base import Array, Forward, Params

__all__ = ["effective_field"]


def effective_field(
    graph: Graph, parameters: Params, outputs: Mapping[str, Array], node: str, index: tuple[int, ...]
) -> Array:
    """The gradient of one value by every number of the network's (first) input, for the first sample.

    Outputs are enough: at inference a layer goes back from what it read and what it gave.

    Args:
        outputs: every node's output, of one pass that was no training pass.
        index: ``(channel, y, x)`` of a map, ``(position,)`` of a vector.

    Shape:
        ``(C, H, W)``; exactly zero outside of ``field_box``.

    Raises:
        GraphError: there is no such node, or one has no output.
        ShapeError: the index is none of the node's.
    """
    check_index(graph, node, index)
    first = {name: output[:1] for name, output in outputs.items()}
    records = {
        name: NodeRecord(graph[name], output, Forward(output), milliseconds=0.0)
        for name, output in first.items()
    }
    seed = np.zeros_like(outputs[node][:1])
    seed[(0, *index)] = 1
    entry = graph.inputs[0].name
    found = backward(graph, parameters, records, {node: seed}, nodes={entry}, params=False)
    gradient: Array = found.nodes[entry][0]
    return gradient
