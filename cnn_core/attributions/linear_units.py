"""What lies between two bends of a network as one weighed sum: convolutions, batch norms and a sum of them.

Relevance must be handed down such a *unit* by one rule. Were a residual sum split first and its branches
afterwards, each branch would be divided by its own sum, which may be close to zero while theirs is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.graph.graph import Graph
from cnn_core.layers import Add, BatchNorm2d, Conv2d, Dense, Dropout
from cnn_core.layers.base import Array, Forward, Params

__all__ = ["Branch", "Unit", "unit_of"]

LINEAR = (Conv2d, Dense, BatchNorm2d, Add)


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """One summand of a unit: the output of ``source`` through a layer with these weights, or times them.

    ``weight`` is a convolution's or dense layer's with everything after it multiplied in; without a layer it
    is one factor a channel.
    """

    source: str
    layer: Conv2d | Dense | None
    weight: Array

    def forward(self, x: Array, weight: Array) -> Array:
        """x through the branch, with other weights of the same shape."""
        if self.layer is None:
            return x * weight
        return self.layer.forward(self._params(weight), x).output

    def back(self, x: Array, weight: Array, grad: Array) -> Array:
        """The gradient by x."""
        if self.layer is None:
            product: Array = grad * weight
            return product
        (found,) = self.layer.backward_inputs(self._params(weight), (x,), Forward(grad), grad)
        return found

    def _params(self, weight: Array) -> Params:
        assert self.layer is not None
        bias = {"bias": np.zeros(len(weight), weight.dtype)} if self.layer.bias else {}
        return {"weight": weight, **bias}


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """The output of a node as the sum of its branches and a bias a channel."""

    branches: tuple[Branch, ...]
    bias: Array


def unit_of(graph: Graph, parameters: Params, name: str) -> Unit | None:
    """The unit that ends in a node; None if the node begins none."""
    if not isinstance(graph[name].layer, LINEAR) or _repeats(graph, name):
        return None
    channels = graph.shapes[name][1]
    one = np.ones(channels, np.float64)
    branches, bias = _expand(graph, parameters, name, one)
    form = (-1,) + (1,) * (len(graph.shapes[name]) - 2)
    dtype = np.result_type(*(branch.weight for branch in branches))
    return Unit(tuple(branches), bias.reshape(form).astype(dtype))


def _expand(graph: Graph, parameters: Params, name: str, scale: Array) -> tuple[list[Branch], Array]:
    """The branches that end in a node, each channel times ``scale``, and their biases together."""
    node, params = graph[name], graph.params_of(name, parameters)
    layer = node.layer
    if isinstance(layer, Conv2d | Dense):
        weight = params["weight"]
        scaled = (weight * scale.reshape(-1, *(1,) * (weight.ndim - 1))).astype(weight.dtype)
        bias = params["bias"] * scale if layer.bias else np.zeros(len(scale))
        return [Branch(node.inputs[0], layer, scaled)], bias
    if isinstance(layer, BatchNorm2d):
        factor = params["weight"] / np.sqrt(params["running_var"].astype(np.float64) + layer.epsilon)
        branches, bias = _expand(graph, parameters, node.inputs[0], scale * factor)
        return branches, bias + scale * (params["bias"] - params["running_mean"] * factor)
    if isinstance(layer, Add) and not _repeats(graph, name):
        parts = [_expand(graph, parameters, source, scale) for source in node.inputs]
        bias = np.sum([bias for _, bias in parts], axis=0)
        return [branch for branches, _ in parts for branch in branches], bias
    if isinstance(layer, Dropout):
        return _expand(graph, parameters, node.inputs[0], scale)
    form = (-1,) + (1,) * (len(graph.shapes[name]) - 2)
    dtype = next((p.dtype for p in parameters.values()), np.dtype(np.float32))
    return [Branch(name, None, scale.reshape(form).astype(dtype))], np.zeros(len(scale))


def _repeats(graph: Graph, name: str) -> bool:
    """Whether a sum repeats one of its inputs to fit."""
    node = graph[name]
    shapes = {graph.shapes[source] for source in node.inputs}
    return isinstance(node.layer, Add) and shapes != {graph.shapes[name]}
