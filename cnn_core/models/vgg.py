"""VGG: nothing but 3x3 convolutions, in stacks.

Two 3x3 convolutions see 5x5 pixels with fewer weights than one 5x5 (Simonyan and Zisserman 2015,
section 2.3). As in later practice every convolution has a batch norm (Ioffe and Szegedy 2015), and the mean
of every map stands in for the paper's two dense layers of 4,096.
"""

from __future__ import annotations

from cnn_core.graph.graph import Graph
from cnn_core.layers import MaxPool2d
from cnn_core.models.base import register_model
from cnn_core.models.blocks import TINY_IMAGENET, Builder
from cnn_core.preprocess import InputSpec

__all__ = ["vgg"]

SPEC = InputSpec(channels=3, height=64, width=64)
STACKS = ((16,), (32, 32), (64, 64), (128, 128))
"""Filters of the convolutions of each stack; a max pool stands between stacks."""


@register_model(
    "vgg",
    title="VGG",
    spec=SPEC,
    labels=TINY_IMAGENET,
    shows="Deeper: stacks of nothing but 3x3 convolutions.",
)
def vgg(classes: int) -> Graph:
    """Seven 3x3 convolutions in four stacks, max pool 2 between them, global average, dense, softmax.

    Sides: 64 -> 32 -> 16 -> 8.
    """
    net = Builder(SPEC)
    for stack, widths in enumerate(STACKS, 1):
        if stack > 1:
            net.add(f"max_pool_{stack - 1}", MaxPool2d(kernel_size=(2, 2), stride=(2, 2)))
        for step, filters in enumerate(widths, 1):
            net.conv_act(f"stack_{stack}_{step}", filters, 3)
    return net.classify(classes)
