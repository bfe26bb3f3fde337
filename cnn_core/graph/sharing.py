"""What sharing weights saves: the same layer with weights of its own at every place, and as a dense one.

Reference: LeCun et al. 1998, Gradient-based learning applied to document recognition, section II.A.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from cnn_core.graph.graph import Graph
from cnn_core.layers import Conv2d
from cnn_core.layers.base import Shape

__all__ = ["ParameterCounts", "dense_weights", "parameter_counts"]


@dataclass(frozen=True, slots=True)
class ParameterCounts:
    """Numbers to be learned by three layers from the same map to the same map, biases counted.

    ``shared``: one kernel and bias per filter, as in the convolution itself. ``locally_connected``: a kernel
    and a bias for every filter at every place, padding cells counted as the kernel's. ``dense``: every output
    value with a weight for every input value, and a bias. A convolution without bias is compared without.
    """

    shared: int
    locally_connected: int
    dense: int


def parameter_counts(graph: Graph, node: str) -> ParameterCounts | None:
    """What a convolution learns and what it would learn otherwise; None for a layer of another kind.

    Raises:
        GraphError: there is no such node.
    """
    found = graph[node]
    if not isinstance(found.layer, Conv2d):
        return None
    _, filters, height, width = graph.shapes[node]
    bias = int(found.layer.bias)
    kernel = prod(found.layer.parameter_shapes()["weight"][1:])
    read = graph.shapes[found.inputs[0]][1:]
    return ParameterCounts(
        shared=filters * (kernel + bias),
        locally_connected=height * width * filters * (kernel + bias),
        dense=dense_weights(read, units=filters * height * width) + bias * filters * height * width,
    )


def dense_weights(shape: Shape, units: int) -> int:
    """Weights, biases not counted, of a dense layer of ``units`` on all values of a map of this shape.

    >>> dense_weights((256, 256, 3), units=1000)
    196608000
    """
    return prod(shape) * units
