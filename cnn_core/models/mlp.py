"""A fully connected network: what a convolutional one is measured against.

It has more parameters than ``resnet`` and no idea that pixels have neighbours: shuffle the pixels of all
images the same way and it learns as well as before.
"""

from __future__ import annotations

from cnn_core.graph.graph import Graph
from cnn_core.layers import Dense, Flatten, ReLU
from cnn_core.models.base import register_model
from cnn_core.models.blocks import TINY_IMAGENET, Builder
from cnn_core.preprocess import InputSpec

__all__ = ["mlp"]

SPEC = InputSpec(channels=3, height=64, width=64)
HIDDEN = (104, 64)


@register_model(
    "mlp",
    title="Fully connected",
    spec=SPEC,
    labels=TINY_IMAGENET,
    shows="No convolution at all: every pixel has its own weight to every unit. The contrast.",
)
def mlp(classes: int) -> Graph:
    """All 12,288 input values into two hidden dense layers with ReLU, then one to the classes and a softmax.

    Reference: Rumelhart, Hinton and Williams 1986, Learning representations by back-propagating errors.
    """
    net = Builder(SPEC)
    net.add("flatten", Flatten())
    features = SPEC.channels * SPEC.height * SPEC.width
    for number, hidden in enumerate(HIDDEN, 1):
        net.add(f"dense_{number}", Dense(in_features=features, out_features=hidden))
        net.add(f"relu_{number}", ReLU())
        features = hidden
    net.add("output", Dense(in_features=features, out_features=classes))
    return net.finish()
