"""A small residual network, and the same with pooling that does not alias.

Blocks of two 3x3 convolutions beside a shortcut (He et al. 2016, Deep Residual Learning for Image
Recognition, section 3). Maps are halved by pooling between the stages and not by a stride inside a
block, so that the two networks differ in nothing but that pooling.
"""

from __future__ import annotations

from collections.abc import Callable

from cnn_core.graph.graph import Graph
from cnn_core.layers import Add, BlurPool2d, MaxPool2d, ReLU
from cnn_core.models.base import register_model
from cnn_core.models.blocks import TINY_IMAGENET, Builder
from cnn_core.preprocess import InputSpec

__all__ = ["resnet", "resnet_blur"]

SPEC = InputSpec(channels=3, height=64, width=64)
STEM = 16
STAGES = (32, 64, 128, 256)
"""Filters of each stage: twice as many on a quarter of the places, so that all stages cost about the same."""


@register_model(
    "resnet",
    title="ResNet",
    spec=SPEC,
    labels=TINY_IMAGENET,
    shows="Skip connections and batch norm: every block adds to what it was given.",
)
def resnet(classes: int) -> Graph:
    """A 3x3 stem, then four times: max pool 2, one residual block; global average, dense, softmax.

    Sides: 64 -> 32 -> 16 -> 8 -> 4.
    """
    return _build(classes, _max_pool)


@register_model(
    "resnet_blur",
    title="ResNet, anti-aliased",
    spec=SPEC,
    labels=TINY_IMAGENET,
    shows="The same, blurred before it is made smaller: moving the photo changes less.",
)
def resnet_blur(classes: int) -> Graph:
    """``resnet`` with every max pool of stride 2 made dense (stride 1) and followed by a blur of stride 2.

    Reference: Zhang 2019, Making Convolutional Networks Shift-Invariant Again, section 3.3 (MaxBlurPool).
    """
    return _build(classes, _max_blur_pool)


register_model(
    "resnet_random",
    title="ResNet, untrained",
    spec=SPEC,
    labels=TINY_IMAGENET,
    seed=1,
    shows="The same, untrained: what a network can do before it has learnt anything.",
)(resnet)


def _build(classes: int, pool: Callable[[Builder, int], None]) -> Graph:
    net = Builder(SPEC)
    net.conv_act("stem", STEM, 3)
    for stage, filters in enumerate(STAGES, 1):
        pool(net, stage)
        _block(net, f"block_{stage}", filters)
    return net.classify(classes)


def _max_pool(net: Builder, stage: int) -> None:
    net.add(f"max_pool_{stage}", MaxPool2d(kernel_size=(2, 2), stride=(2, 2)))


def _max_blur_pool(net: Builder, stage: int) -> None:
    net.add(f"max_pool_{stage}", MaxPool2d(kernel_size=(2, 2), stride=(1, 1)))
    net.add(f"blur_pool_{stage}", BlurPool2d(kernel_size=3, stride=2))


def _block(net: Builder, name: str, filters: int) -> None:
    """relu(norm(conv(relu(norm(conv(x))))) + shortcut(x)); a 1x1 convolution widens the shortcut."""
    start, channels = net.last, net.channels
    net.conv_act(f"{name}_1", filters, 3)
    branch = net.conv(f"{name}_2", filters, 3)
    shortcut = start
    if channels != filters:
        net.go_back(start, channels)
        shortcut = net.conv(f"{name}_shortcut", filters)
    net.add(f"{name}_add", Add(), branch, shortcut)
    net.add(f"{name}_relu", ReLU())
