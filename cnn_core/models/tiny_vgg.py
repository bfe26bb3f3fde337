"""Tiny VGG: two blocks of two 3x3 convolutions, small enough to show every number it holds.

The blocks are VGG's (Simonyan and Zisserman 2015, section 2.1) without padding; the size, ten filters in each
layer, is that of CNN Explainer (Wang et al. 2020, section 5).
"""

from __future__ import annotations

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Conv2d, Dense, Flatten, Input, MaxPool2d, ReLU, Softmax
from cnn_core.layers.base import Layer
from cnn_core.models.base import register_model
from cnn_core.preprocess import InputSpec

__all__ = ["tiny_vgg"]

SPEC = InputSpec(channels=3, height=64, width=64)
FILTERS = 10
LABELS = (
    "bell_pepper",
    "espresso",
    "koala",
    "ladybug",
    "lifeboat",
    "orange",
    "pizza",
    "red_panda",
    "school_bus",
    "sports_car",
)


@register_model(
    "tiny_vgg",
    title="Tiny VGG",
    spec=SPEC,
    labels=LABELS,
    shows="The whole idea with ten filters a layer: small enough to read every number.",
)
def tiny_vgg(classes: int) -> Graph:
    """[conv 3x3, relu] twice, max pool 2, the same again, then one dense layer and a softmax.

    Sides: 64 -> 62 -> 60 -> 30 -> 28 -> 26 -> 13. With ten classes 19,920 parameters, 16,910 of them
    in the dense layer.
    """
    layers: list[tuple[str, Layer]] = [("input", Input(shape=(SPEC.channels, SPEC.height, SPEC.width)))]
    channels = SPEC.channels
    for block in (1, 2):
        for step in (1, 2):
            conv = Conv2d(in_channels=channels, out_channels=FILTERS, kernel_size=(3, 3))
            layers += [(f"conv_{block}_{step}", conv), (f"relu_{block}_{step}", ReLU())]
            channels = FILTERS
        layers.append((f"max_pool_{block}", MaxPool2d(kernel_size=(2, 2), stride=(2, 2))))
    layers += [
        ("flatten", Flatten()),
        ("output", Dense(in_features=FILTERS * 13 * 13, out_features=classes)),
        ("softmax", Softmax()),
    ]
    return _chain(layers)


def _chain(layers: list[tuple[str, Layer]]) -> Graph:
    """Each layer reads the one before it."""
    sources = [(), *((name,) for name, _ in layers)]
    return Graph(Node(name, layer, source) for (name, layer), source in zip(layers, sources, strict=False))
