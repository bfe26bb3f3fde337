"""Which channels feed which: weights times mean activity, along the ways between surveyed layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cnn_core.atlas.layers import SurveyedLayer, maps_of
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import BatchNorm2d, Concat, Conv2d, Dense, Flatten, Multiply
from cnn_core.layers.base import Array, Params

__all__ = ["STRONGEST", "Connections", "connections"]

STRONGEST = 6
"""Sources, and targets, kept of every channel."""

PASSES = frozenset(
    {"max_pool2d", "avg_pool2d", "global_avg_pool2d", "blur_pool2d", "dropout", "resize2d", "add", "pad"}
    | {"relu", "leaky_relu", "prelu", "elu", "clip", "sigmoid", "hard_sigmoid", "tanh", "silu", "hard_swish"}
    | {"softplus", "local_response_norm", "add_constant", "multiply_constant", "divide_by_constant"}
)
"""Layers whose output channel hangs on the same channel of each of their inputs."""


@dataclass(frozen=True, slots=True)
class Connections:
    """The strongest sources and targets of every channel, -1 where there are fewer.

    Between source ``s`` and target ``t`` stands ``mean |activity of s| * sum |weights|``, negative where the
    weights' sum is: what the source adds or takes away on an average photo, were all its weights of one sign.

    Shape:
        sources, targets: int32 ``(C, STRONGEST)``; the strengths float32 of the same shape.
    """

    sources: Array
    source_strengths: Array
    targets: Array
    target_strengths: Array


def connections(
    graph: Graph, parameters: Params, layers: tuple[SurveyedLayer, ...], activity: Array
) -> Connections:
    """Follow every surveyed layer back to those it reads.

    Args:
        activity: the mean of every channel, ``(C,)``, channels of all layers one after another.
    """
    surveyed = {layer.node: layer for layer in layers}
    sources, targets = _Best(len(activity)), _Best(len(activity))
    for layer in layers:
        for source, weights in _feeding(graph, parameters, graph[layer.node], surveyed).items():
            strength = weights * np.abs(activity[surveyed[source].span]).astype(np.float32)
            sources.offer(layer.first, surveyed[source].first, strength)
            targets.offer(surveyed[source].first, layer.first, strength.T)
    return Connections(sources.others, sources.strengths, targets.others, targets.strengths)


class _Best:
    """The strongest few partners of every channel so far."""

    def __init__(self, channels: int) -> None:
        self.others = np.full((channels, STRONGEST), -1, np.int32)
        self.strengths = np.zeros((channels, STRONGEST), np.float32)

    def offer(self, first: int, first_other: int, strength: Array) -> None:
        """Offer all partners in one layer; strengths ``(channels, partners)``."""
        for row in range(0, len(strength), 1024):
            part = strength[row : row + 1024]
            span = slice(first + row, first + row + len(part))
            some = np.argsort(-np.abs(part), axis=1, kind="stable")[:, :STRONGEST]
            others = np.where(np.take_along_axis(part, some, axis=1) == 0, -1, some + first_other)
            known = np.concatenate([self.others[span], others.astype(np.int32)], axis=1)
            values = np.concatenate([self.strengths[span], np.take_along_axis(part, some, axis=1)], axis=1)
            order = np.argsort(-np.abs(values), axis=1, kind="stable")[:, :STRONGEST]
            self.others[span] = np.take_along_axis(known, order, axis=1)
            self.strengths[span] = np.take_along_axis(values, order, axis=1)


def _feeding(
    graph: Graph, parameters: Params, node: Node, surveyed: Mapping[str, SurveyedLayer]
) -> dict[str, Array]:
    """For every surveyed layer read: signed sums of weights, ``(channels here, channels there)``."""
    found: dict[str, Array] = {}
    channels = maps_of(graph.shapes[node.name])[0]
    own = _own_weights(graph, parameters, node)
    start = np.ones(channels, np.float32) if own is None else own
    for source in node.inputs:
        _follow(graph, parameters, source, start, surveyed, found)
    return found


def _follow(
    graph: Graph,
    parameters: Params,
    name: str,
    weights: Array,
    surveyed: Mapping[str, SurveyedLayer],
    found: dict[str, Array],
) -> None:
    """Walk back from a node with the weights so far: ``(T,)`` factors of its channels, or ``(T, S)``.

    Once a convolution was passed, the next surveyed layer ends the way.
    """
    node = graph[name]
    if name in surveyed:
        whole = np.diag(weights) if weights.ndim == 1 else weights
        found[name] = found[name] + whole if name in found else whole
        return
    if (
        isinstance(node.layer, Concat)
        and node.layer.axis % len(graph.shapes[name]) == 1
        and weights.ndim == 2
    ):
        first = 0
        for source in node.inputs:
            count = graph.shapes[source][1]
            _follow(graph, parameters, source, weights[:, first : first + count], surveyed, found)
            first += count
        return
    if isinstance(node.layer, Flatten):
        _follow(graph, parameters, node.inputs[0], _by_map(graph, node, weights), surveyed, found)
        return
    own = _own_weights(graph, parameters, node)
    if own is not None:
        joined = _joined(weights, own)
        if joined is not None:
            _follow(graph, parameters, node.inputs[0], joined, surveyed, found)
    elif node.layer.kind in PASSES or isinstance(node.layer, Multiply):
        for source in node.inputs:
            if maps_of(graph.shapes[source])[0] == weights.shape[-1]:
                _follow(graph, parameters, source, weights, surveyed, found)


def _own_weights(graph: Graph, parameters: Params, node: Node) -> Array | None:
    """A layer's own factors: ``(T,)`` where it scales channels, ``(T, S)`` where it mixes them, else None."""
    own = graph.params_of(node.name, parameters)
    if isinstance(node.layer, BatchNorm2d):
        deviation = np.sqrt(own["running_var"] + node.layer.epsilon)
        return np.asarray(own["weight"] / deviation, np.float32)
    if isinstance(node.layer, Dense):
        return own["weight"]
    if isinstance(node.layer, Conv2d):
        return _dense_weights(own["weight"], node.layer)
    return None


def _dense_weights(kernel: Array, layer: Conv2d) -> Array:
    """Kernels ``(O, I / groups, kH, kW)`` as ``(O, I)``: sums of absolute weights, signed."""
    signed = _signed(kernel.reshape(*kernel.shape[:2], -1))
    found = np.zeros((layer.out_channels, layer.in_channels), np.float32)
    outputs, inputs = layer.out_channels // layer.groups, layer.in_channels // layer.groups
    for group in range(layer.groups):
        rows, columns = (
            slice(group * outputs, (group + 1) * outputs),
            slice(group * inputs, (group + 1) * inputs),
        )
        found[rows, columns] = signed[rows]
    return found


def _by_map(graph: Graph, node: Node, weights: Array) -> Array:
    """Weights of a flattened map's values as one for each of its channels."""
    channels = maps_of(graph.shapes[node.inputs[0]])[0]
    if weights.ndim == 1:
        return weights if len(weights) == channels else np.ones(channels, np.float32)
    return _signed(weights.reshape(len(weights), channels, -1))


def _signed(weights: Array) -> Array:
    """Sums of absolute values along the last axis, with the sign of the sum."""
    sign = np.where(weights.sum(axis=-1) < 0, np.float32(-1), np.float32(1))
    found: Array = np.abs(weights).sum(axis=-1, dtype=np.float32) * sign
    return found


def _joined(outer: Array, own: Array) -> Array | None:
    """The factors of a layer, and those of what came behind it, as one; None where both mix channels."""
    if outer.ndim == 1 and own.ndim == 1:
        return outer * own if len(outer) == len(own) else None
    if outer.ndim == 1:
        return outer[:, np.newaxis] * own if len(outer) == len(own) else None
    if own.ndim == 1:
        return outer * own if outer.shape[1] == len(own) else None
    return None
