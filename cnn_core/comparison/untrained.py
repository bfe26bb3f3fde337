"""What a network was before it learned anything: its architecture with fresh weights."""

from __future__ import annotations

import numpy as np

from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array, Params

__all__ = ["untrained"]


def untrained(graph: Graph, parameters: Params, seed: int) -> dict[str, Array]:
    """Fresh parameters for every layer that learns, drawn from a seed.

    Weights are normal with variance 2 / fan-in, biases zero, normalisations the identity, as every layer
    begins its training. A layer none of whose numbers is trained keeps them: they are the architecture's.

    Reference: He et al. 2015, Delving Deep into Rectifiers, section 2.2.
    """
    fresh = graph.init(np.random.default_rng(seed))
    tracked = graph.tracked()
    for node in graph:
        own = [f"{node.name}.{key}" for key in node.layer.parameter_shapes()]
        if tracked.issuperset(own):
            fresh.update({name: parameters[name] for name in own})
    return fresh
