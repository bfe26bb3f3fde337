"""Normalization of every sample by itself: over some of its axes, over groups of channels, or map by map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.layers.base import (
    Array,
    ChannelStep,
    Cost,
    Example,
    Explanation,
    FieldStep,
    Forward,
    Gradients,
    Layer,
    Params,
    Shape,
    register_layer,
)
from cnn_core.layers.common import check_map, check_options, explain_cell, field_along, one
from cnn_core.ops.layer_norm import layer_norm, layer_norm_vjp, moments
from cnn_core.ops.local_response import instance_norm, instance_norm_vjp

__all__ = ["GroupNorm2d", "InstanceNorm2d", "LayerNorm"]


@register_layer("layer_norm")
@dataclass(frozen=True)
class LayerNorm(Layer):
    """weight * (x - mean) / sqrt(variance + epsilon) + bias, mean and variance along ``axes`` of each sample.

    ``axes`` count the batch axis; ``shape`` is that of weight and bias, which repeat to fit one sample.
    Without ``centred`` no mean is taken off, and the variance is the mean square.

    Raises:
        ShapeError: no axis, the batch axis, one named twice, a negative epsilon.

    Reference: Ba et al. 2016, Layer Normalization; Zhang & Sennrich 2019, Root Mean Square Normalization.
    """

    axes: tuple[int, ...]
    shape: Shape = ()
    epsilon: float = 1e-5
    centred: bool = True

    def __post_init__(self) -> None:
        """Check the options."""
        if not self.axes or min(self.axes) < 1 or len(set(self.axes)) < len(self.axes) or self.epsilon < 0:
            raise ShapeError(
                f"layer_norm: axes must be from 1 on, each once, and epsilon not below 0, "
                f"got {self.axes} and {self.epsilon}"
            )

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The input's."""
        shape = one("layer_norm", inputs)
        if max(self.axes) >= len(shape):
            raise ShapeError(f"layer_norm: x must have axis {max(self.axes)}, got {shape}")
        if len(self.shape) >= len(shape) or any(
            mine not in (1, length) for mine, length in zip(self.shape[::-1], shape[::-1], strict=False)
        ):
            raise ShapeError(f"layer_norm: the weight {self.shape} must fit one sample of x, got {shape}")
        return shape

    def parameter_shapes(self) -> dict[str, Shape]:
        """weight and bias."""
        return {"weight": self.shape, "bias": self.shape}

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """Ones and zeros."""
        return {"weight": np.ones(self.shape, np.float32), "bias": np.zeros(self.shape, np.float32)}

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Normalize."""
        return Forward(layer_norm(inputs[0], params["weight"], params["bias"], *self._options()))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Gradients of input, weight and bias, mean and variance included."""
        d_x, d_weight, d_bias = layer_norm_vjp(
            grad, inputs[0], params["weight"], params["bias"], *self._options()
        )
        return Gradients((d_x,), {"weight": d_weight, "bias": d_bias})

    def _options(self) -> tuple[tuple[int, ...], float, bool]:
        return self.axes, self.epsilon, self.centred

    def cost(self, *inputs: Shape) -> Cost:
        """Weight and bias."""
        return Cost(2 * prod(self.shape))

    def field(self, *inputs: Shape) -> FieldStep | None:
        """All of a vector; of a map the same place, or all along a side that is normalized over."""
        return field_along(self.axes, inputs[0])

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep | None]:
        """All, if channels are normalized together."""
        return (None if 1 in self.axes else ChannelStep(),)

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """gamma * (x - mean) / sqrt(variance + epsilon) + beta of one value."""
        x = inputs[0][:1].astype(np.float64)
        mean, _, root = moments(x, self.axes, 0.0, self.centred)
        told = {"mean": mean, "variance": root**2, "gamma": params["weight"], "beta": params["bias"]}
        constants = {
            name: float(np.broadcast_to(value, x.shape)[(0, *index)]) for name, value in told.items()
        }
        return explain_cell("affine", inputs[0], output, index, **constants, epsilon=self.epsilon)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Channels, whole samples, sides, root mean squares, a vector."""
        yield Example(cls((1,), (3, 1, 1)), ((2, 3, 2, 2),))
        yield Example(cls((1, 2, 3), (2, 2, 3)), ((2, 2, 2, 3),))
        yield Example(cls((3,), (3,), epsilon=0.1), ((1, 2, 2, 3),))
        yield Example(cls((1,), (3, 1, 1), centred=False), ((1, 3, 2, 2),))
        yield Example(cls((1,), (5,)), ((2, 5),))


@dataclass(frozen=True)
class _OfChannels(Layer):
    """Maps in, maps out, with a weight and a bias a channel."""

    channels: int

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The input's."""
        return check_map(self.kind, inputs, self.channels)

    def parameter_shapes(self) -> dict[str, Shape]:
        """weight and bias ``(channels,)``."""
        return {"weight": (self.channels,), "bias": (self.channels,)}

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """Ones and zeros."""
        return {"weight": np.ones(self.channels, np.float32), "bias": np.zeros(self.channels, np.float32)}

    def cost(self, *inputs: Shape) -> Cost:
        """Weight and bias."""
        return Cost(2 * self.channels)


@register_layer("group_norm2d")
@dataclass(frozen=True)
class GroupNorm2d(_OfChannels):
    """weight * (x - mean) / sqrt(variance + epsilon) + bias, mean and variance those of a group of maps.

    Raises:
        ShapeError: channels are no multiple of groups, a negative epsilon.

    Reference: Wu & He 2018, Group Normalization.
    """

    groups: int
    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("group_norm2d", 1, channels=self.channels, groups=self.groups)
        if self.channels % self.groups or self.epsilon < 0:
            raise ShapeError(
                f"group_norm2d: channels must be a multiple of groups and epsilon not below 0, "
                f"got {self.channels}, {self.groups} and {self.epsilon}"
            )

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Normalize."""
        (x,) = inputs
        made = layer_norm(self._grouped(x), *self._parameters(params), (2, 3, 4), self.epsilon)
        return Forward(made.reshape(x.shape))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Gradients of input, weight and bias, mean and variance included."""
        (x,) = inputs
        d_x, d_weight, d_bias = layer_norm_vjp(
            self._grouped(grad), self._grouped(x), *self._parameters(params), (2, 3, 4), self.epsilon
        )
        return Gradients((d_x.reshape(x.shape),), {"weight": d_weight.ravel(), "bias": d_bias.ravel()})

    def _grouped(self, x: Array) -> Array:
        return x.reshape(len(x), self.groups, self.channels // self.groups, *x.shape[2:])

    def _parameters(self, params: Params) -> tuple[Array, Array]:
        shape = (self.groups, self.channels // self.groups, 1, 1)
        return params["weight"].reshape(shape), params["bias"].reshape(shape)

    def field(self, *inputs: Shape) -> None:
        """All of the maps: their mean and variance."""

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep]:
        """Those of its group."""
        each = self.channels // self.groups
        return (ChannelStep(each, each),)

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """gamma * (x - mean) / sqrt(variance + epsilon) + beta of one value."""
        channel = index[0]
        group = self._grouped(inputs[0])[0, channel * self.groups // self.channels].astype(np.float64)
        return explain_cell(
            "affine",
            inputs[0],
            output,
            index,
            mean=float(group.mean()),
            variance=float(group.var()),
            gamma=float(params["weight"][channel]),
            beta=float(params["bias"][channel]),
            epsilon=self.epsilon,
        )

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Two groups of two, one of all."""
        yield Example(cls(4, 2), ((2, 4, 2, 3),))
        yield Example(cls(3, 1, epsilon=0.5), ((1, 3, 2, 2),))


@register_layer("instance_norm2d")
@dataclass(frozen=True)
class InstanceNorm2d(_OfChannels):
    """weight * (x - mean) / sqrt(variance + epsilon) + bias, mean and variance those of the map itself.

    Raises:
        ShapeError: channels below 1, epsilon not above 0.

    Reference: Ulyanov et al. 2016, Instance Normalization.
    """

    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("instance_norm2d", 1, channels=self.channels)
        if self.epsilon <= 0:
            raise ShapeError(f"instance_norm2d: epsilon must be above 0, got {self.epsilon}")

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Normalize."""
        return Forward(instance_norm(inputs[0], params["weight"], params["bias"], self.epsilon))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Gradients of input, weight and bias, mean and variance included."""
        d_x, d_weight, d_bias = instance_norm_vjp(grad, inputs[0], params["weight"], self.epsilon)
        return Gradients((d_x,), {"weight": d_weight, "bias": d_bias})

    def field(self, *inputs: Shape) -> None:
        """All of the map: its mean and variance."""

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """gamma * (x - mean) / sqrt(variance + epsilon) + beta of one value."""
        plane, channel = inputs[0][0, index[0]].astype(np.float64), index[0]
        return explain_cell(
            "affine",
            inputs[0],
            output,
            index,
            mean=float(plane.mean()),
            variance=float(plane.var()),
            gamma=float(params["weight"][channel]),
            beta=float(params["bias"][channel]),
            epsilon=self.epsilon,
        )

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Several maps, and a large epsilon."""
        yield Example(cls(2), ((2, 2, 3, 2),))
        yield Example(cls(1, epsilon=0.5), ((1, 1, 3, 3),))
