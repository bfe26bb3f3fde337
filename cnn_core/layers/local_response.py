"""Normalization by neighbouring channels, and of every map by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.layers.base import (
    Array,
    Cost,
    Example,
    Explanation,
    Forward,
    Gradients,
    Layer,
    Params,
    Shape,
    register_layer,
)
from cnn_core.layers.common import cell_term, check_map, check_options, explain_cell
from cnn_core.ops.local_response import (
    instance_norm,
    instance_norm_vjp,
    local_response_norm,
    local_response_norm_vjp,
)

__all__ = ["InstanceNorm2d", "LocalResponseNorm"]


@register_layer("local_response_norm")
@dataclass(frozen=True)
class LocalResponseNorm(Layer):
    """x / (bias + alpha / size * sum of squares over ``size`` neighbouring channels) ** beta.

    Raises:
        ShapeError: the size is below 1.

    Reference: Krizhevsky et al. 2012, ImageNet Classification, section 3.3.
    """

    size: int
    alpha: float = 1e-4
    beta: float = 0.75
    bias: float = 1.0

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("local_response_norm", 1, size=self.size)

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The input's."""
        return check_map("local_response_norm", inputs)

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Normalize."""
        return Forward(local_response_norm(inputs[0], self.size, self.alpha, self.beta, self.bias))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Directly, and through every window it lies in."""
        options = (self.size, self.alpha, self.beta, self.bias)
        return Gradients((local_response_norm_vjp(grad, inputs[0], *options),))

    def channel_steps(self, *inputs: Shape) -> tuple[None]:
        """Its neighbours: all, to be simple."""
        return (None,)

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """One term per neighbour, its square the product; ``own`` is the value, in term ``position``.

        value = own / (bias + alpha / size * sum) ** beta.
        """
        (x,) = inputs
        channel, *place = index
        first = max(0, channel - (self.size - 1) // 2)
        last = min(x.shape[1], channel - (self.size - 1) // 2 + self.size)
        terms = []
        for each in range(first, last):
            term = cell_term(0, x, (each, *place))
            terms.append(replace(term, products=term.products**2, sum=term.sum**2))
        constants = {**self.config(), "own": float(x[0][index]), "position": float(channel - first)}
        return Explanation(
            float(output[0][index]),
            "local_response",
            tuple(terms),
            constants={name: float(value) for name, value in constants.items()},
        )

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """An odd and an even size, one beyond the channels."""
        yield Example(cls(3, alpha=0.5), ((2, 4, 2, 2),))
        yield Example(cls(2, alpha=0.3, beta=0.5, bias=2.0), ((1, 3, 2, 1),))
        yield Example(cls(7, alpha=1.0), ((1, 2, 1, 2),))


@register_layer("instance_norm2d")
@dataclass(frozen=True)
class InstanceNorm2d(Layer):
    """weight * (x - mean) / sqrt(variance + epsilon) + bias, mean and variance those of the map itself.

    Raises:
        ShapeError: channels below 1, epsilon not above 0.

    Reference: Ulyanov et al. 2016, Instance Normalization.
    """

    channels: int
    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("instance_norm2d", 1, channels=self.channels)
        if self.epsilon <= 0:
            raise ShapeError(f"instance_norm2d: epsilon must be above 0, got {self.epsilon}")

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The input's."""
        return check_map("instance_norm2d", inputs, self.channels)

    def parameter_shapes(self) -> dict[str, Shape]:
        """weight and bias ``(channels,)``."""
        return {"weight": (self.channels,), "bias": (self.channels,)}

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """Ones and zeros."""
        return {"weight": np.ones(self.channels, np.float32), "bias": np.zeros(self.channels, np.float32)}

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Normalize."""
        return Forward(instance_norm(inputs[0], params["weight"], params["bias"], self.epsilon))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Gradients of input, weight and bias, mean and variance included."""
        d_x, d_weight, d_bias = instance_norm_vjp(grad, inputs[0], params["weight"], self.epsilon)
        return Gradients((d_x,), {"weight": d_weight, "bias": d_bias})

    def cost(self, *inputs: Shape) -> Cost:
        """Weight and bias."""
        return Cost(2 * self.channels)

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
