"""What was found about two subjects, as messages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnn_core.comparison import Attack, NetworkDifference, Noise, unmatched
from cnn_core.graph.graph import Graph
from cnn_core.preprocess import Pixels

from .comparison_schemas import ComparisonSchema, LayerDifferenceSchema, NoiseSchema
from .schemas import ImageInfo, Probability

__all__ = ["comparison_schema", "noise_schema"]


def comparison_schema(
    a: Graph,
    b: Graph,
    found: NetworkDifference,
    answer_a: Sequence[Probability],
    answer_b: Sequence[Probability],
) -> ComparisonSchema:
    """Every pair of layers in numbers, and both answers."""
    only_a, only_b = unmatched(a, b, [layer.pair for layer in found.layers])
    return ComparisonSchema(
        compared=found.compared,
        differing=found.differing,
        exact=found.exact and not only_a and not only_b,
        first=found.first.pair.a if found.first else None,
        layers=[
            LayerDifferenceSchema(
                a=layer.pair.a,
                b=layer.pair.b,
                shape=list(a.shapes[layer.pair.a][1:]),
                compared=layer.found.compared,
                differing=layer.found.differing,
                relative=layer.found.relative,
                cosine=layer.found.cosine,
                largest=layer.found.largest,
                channels=layer.found.channels,
            )
            for layer in found.layers
        ],
        only_a=only_a,
        only_b=only_b,
        answer_a=list(answer_a),
        answer_b=list(answer_b),
    )


def noise_schema(
    image: ImageInfo, labels: Sequence[str], seen: Pixels, attack: Attack, noise: Noise
) -> NoiseSchema:
    """A picture with noise; ``seen`` is what the network sees without it."""
    return NoiseSchema(
        **image.model_dump(),
        epsilon=attack.epsilon,
        steps=attack.steps,
        seed=attack.seed,
        label=labels[noise.label] if noise.label < len(labels) else "",
        loss_before=noise.before,
        loss_after=noise.after,
        largest=int(np.abs(noise.pixels.astype(int) - seen).max()),
    )
