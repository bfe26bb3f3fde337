"""EfficientNet in small: inverted residual blocks with depthwise convolutions and gated channels.

Reference: Tan and Le 2019, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks; its
block, MBConv, is that of MobileNetV2 (Sandler et al. 2018, section 3.3) with squeeze-and-excitation (Hu
et al. 2018, section 3) and SiLU.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cnn_core.graph.graph import Graph
from cnn_core.layers import Add, Conv2d, GlobalAvgPool2d, Multiply, Sigmoid, SiLU
from cnn_core.models.base import register_model
from cnn_core.models.blocks import TINY_IMAGENET, Builder
from cnn_core.preprocess import InputSpec

__all__ = ["Scaling", "Stage", "efficientnet"]

SILU = ("silu", SiLU)
STEM = 16
HEAD = 320


@dataclass(frozen=True, slots=True)
class Stage:
    """A row of the paper's table 1: ``repeats`` blocks, the first with the stride."""

    filters: int
    size: int
    stride: int
    expansion: int
    repeats: int


STAGES = (
    Stage(filters=16, size=3, stride=1, expansion=1, repeats=1),
    Stage(filters=32, size=3, stride=2, expansion=4, repeats=2),
    Stage(filters=64, size=5, stride=2, expansion=4, repeats=2),
    Stage(filters=128, size=3, stride=2, expansion=4, repeats=3),
)


@dataclass(frozen=True, slots=True)
class Scaling:
    """Compound scaling (section 3.3): depth, width and side grow together, by powers of one number ``phi``.

    With the paper's 1.2, 1.1 and 1.15 each step of ``phi`` about doubles the multiply-adds, since
    ``1.2 * 1.1^2 * 1.15^2 = 1.92``. The network shipped here has phi 0.

    >>> Scaling(0).filters(32), Scaling(1).filters(64), Scaling(2).repeats(3), Scaling(1).side
    (32, 72, 5, 74)
    """

    phi: float = 0.0

    def repeats(self, count: int) -> int:
        """Blocks in a stage that has ``count`` at phi 0."""
        return math.ceil(count * math.pow(1.2, self.phi))

    def filters(self, count: int) -> int:
        """Filters where there are ``count`` at phi 0, a multiple of 8."""
        return max(8, round(count * math.pow(1.1, self.phi) / 8) * 8)

    @property
    def side(self) -> int:
        """Height and width of the input."""
        return round(64 * math.pow(1.15, self.phi))


SPEC = InputSpec(channels=3, height=Scaling().side, width=Scaling().side)


@register_model(
    "efficientnet",
    title="EfficientNet",
    spec=SPEC,
    labels=TINY_IMAGENET,
    shows="Depthwise filters, gated channels and SiLU: made to need few multiply-adds.",
)
def efficientnet(classes: int, scaling: Scaling = Scaling()) -> Graph:
    """A 3x3 stem of stride 2, eight MBConv blocks in four stages, a 1x1 head, global average, dense, softmax.

    Sides: 64 -> 32 -> 16 -> 8 -> 4.
    """
    net = Builder(InputSpec(channels=3, height=scaling.side, width=scaling.side))
    net.conv_act("stem", scaling.filters(STEM), 3, stride=2, activation=SILU)
    for number, stage in enumerate(STAGES, 1):
        for repeat in range(1, scaling.repeats(stage.repeats) + 1):
            stride = stage.stride if repeat == 1 else 1
            _block(net, f"block_{number}_{repeat}", scaling.filters(stage.filters), stage, stride)
    net.conv_act("head", scaling.filters(HEAD), activation=SILU)
    return net.classify(classes)


def _block(net: Builder, name: str, filters: int, stage: Stage, stride: int) -> None:
    """Widen (1x1), filter each channel alone (depthwise), gate, narrow (1x1); add the input if it fits."""
    start, channels = net.last, net.channels
    wide = channels * stage.expansion
    if wide != channels:
        net.conv_act(f"{name}_expand", wide, activation=SILU)
    net.conv_act(f"{name}_depthwise", wide, stage.size, stride=stride, groups=wide, activation=SILU)
    _gate(net, name, max(4, channels // 4))
    projected = net.conv(f"{name}_project", filters)
    if stride == 1 and channels == filters:
        net.add(f"{name}_add", Add(), projected, start)


def _gate(net: Builder, name: str, squeezed: int) -> None:
    """Squeeze and excitation: the mean of every map, two 1x1 convolutions, and a factor for each channel."""
    maps, channels = net.last, net.channels
    net.add(f"{name}_squeeze", GlobalAvgPool2d())
    net.add(f"{name}_reduce", Conv2d(in_channels=channels, out_channels=squeezed, kernel_size=(1, 1)))
    net.add(f"{name}_reduce_silu", SiLU())
    net.add(f"{name}_excite", Conv2d(in_channels=squeezed, out_channels=channels, kernel_size=(1, 1)))
    net.add(f"{name}_gate", Sigmoid())
    net.add(f"{name}_scale", Multiply(), maps, f"{name}_gate")
