"""First weights that fit the data: every channel of every layer starts out centred, and of one size."""

from __future__ import annotations

import numpy as np

from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array, Params

__all__ = ["calibrate"]

SCALED = ("conv2d", "dense")


def calibrate(graph: Graph, parameters: Params, x: Array) -> dict[str, Array]:
    """Parameters whose convolutions and dense layers give each channel mean 0 and deviation 1 on ``x``.

    Pixels are never negative, so a filter drawn with a negative sum would be silenced by its rectifier at
    every position and could never learn; after this, each is on for part of what it sees. Layers without
    a bias (a batch norm does the same behind them), and channels that do not vary, stay as they are. Batch
    norms run as in training, by the statistics of ``x``, since that is what the layers behind them will see.

    Shape:
        x: ``(N, C, H, W)``, a few hundred images as the network takes them.

    Reference: Krähenbühl et al., 'Data-dependent Initializations of Convolutional Neural Networks', 2016,
    section 3.1.
    """
    found = dict(parameters)
    outputs: dict[str, Array] = {}
    for node in graph:
        sources = tuple(outputs[name] for name in node.inputs) or (x,)
        own, training = graph.params_of(node.name, found), node.layer.kind == "batch_norm2d"
        output = node.layer.forward(own, *sources, training=training).output
        if node.layer.kind in SCALED and f"{node.name}.bias" in found:
            mean, deviation = _spread(output)
            weight, bias = found[f"{node.name}.weight"], found[f"{node.name}.bias"]
            found[f"{node.name}.weight"] = weight / deviation.reshape(-1, *[1] * (weight.ndim - 1))
            found[f"{node.name}.bias"] = (bias - mean) / deviation
            shape = (1, -1, *[1] * (output.ndim - 2))
            output = (output - mean.reshape(shape)) / deviation.reshape(shape)
        outputs[node.name] = output
    return found


def _spread(output: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each channel; a deviation of 0 counts as 1."""
    axes = (0, *range(2, output.ndim))
    deviation = output.std(axis=axes)
    return output.mean(axis=axes), np.where(deviation > 0, deviation, np.ones_like(deviation))
