"""What a convolution and its transpose share."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.layers.base import Array, ChannelStep, Layer, Shape
from cnn_core.layers.common import check_options, he_normal
from cnn_core.ops.windows import Padding, Pair

__all__ = ["Convolution"]


class Convolution(Layer):
    """Kernels in groups, with or without a bias; subclasses have these options among their own."""

    in_channels: int
    out_channels: int
    kernel_size: Pair
    stride: Pair
    padding: Padding
    dilation: Pair
    groups: int
    bias: bool

    def __post_init__(self) -> None:
        """Check the options."""
        least = ("in_channels", "out_channels", "kernel_size", "stride", "dilation", "groups")
        check_options(self.kind, 1, **{name: getattr(self, name) for name in least})
        check_options(self.kind, 0, padding=self.padding)
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise ShapeError(
                f"{self.kind}: groups must divide in_channels and out_channels, "
                f"got {self.groups} groups for {self.in_channels} and {self.out_channels}"
            )

    @property
    @abstractmethod
    def weight_shape(self) -> Shape:
        """Filters, channels of a group, rows and columns of the kernel."""

    def parameter_shapes(self) -> dict[str, Shape]:
        """weight and, if there is one, bias ``(O,)``."""
        shapes = {"weight": self.weight_shape}
        return {**shapes, "bias": (self.out_channels,)} if self.bias else shapes

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """He-normal weights, zero bias."""
        values = {"weight": he_normal(rng, self.weight_shape)}
        return {**values, "bias": np.zeros(self.out_channels, np.float32)} if self.bias else values

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep | None]:
        """Those of its group; one group reads all."""
        if self.groups == 1:
            return (None,)
        return (ChannelStep(self.out_channels // self.groups, self.in_channels // self.groups),)
