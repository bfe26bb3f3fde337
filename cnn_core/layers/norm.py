"""Batch normalization."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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
from cnn_core.layers.common import check_map, check_options, explain_cell
from cnn_core.ops.norm import (
    batch_norm,
    batch_norm_training_vjp,
    batch_norm_vjp,
    batch_statistics,
    running_update,
)

__all__ = ["BatchNorm2d"]


@register_layer("batch_norm2d")
@dataclass(frozen=True)
class BatchNorm2d(Layer):
    """weight * (x - mean) / sqrt(variance + epsilon) + bias, one of each per channel.

    While training, mean and (biased) variance are the batch's, and the running ones move towards them by
    ``momentum``, the variance unbiased: PyTorch's convention. At inference the running ones are used.

    Shape:
        in and out: ``(N, channels, H, W)``.

    Raises:
        ShapeError: channels below 1, epsilon not above 0, or momentum not from 0 to 1.

    Reference: Ioffe & Szegedy 2015, Batch Normalization, algorithms 1 and 2.
    """

    channels: int
    epsilon: float = 1e-5
    momentum: float = 0.1

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("batch_norm2d", 1, channels=self.channels)
        if self.epsilon <= 0 or not 0 <= self.momentum <= 1:
            raise ShapeError(
                f"batch_norm2d: epsilon must be above 0 and momentum from 0 to 1, "
                f"got {self.epsilon} and {self.momentum}"
            )

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The input's."""
        return check_map("batch_norm2d", inputs, self.channels)

    def parameter_shapes(self) -> dict[str, Shape]:
        """Four vectors of ``(channels,)``, named as in PyTorch."""
        return dict.fromkeys(("weight", "bias", "running_mean", "running_var"), (self.channels,))

    def tracked(self) -> frozenset[str]:
        """The running statistics."""
        return frozenset({"running_mean", "running_var"})

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """The identity: ones for weight and variance, zeros for bias and mean."""
        ones, zeros = np.ones(self.channels, np.float32), np.zeros(self.channels, np.float32)
        return {"weight": ones, "bias": zeros, "running_mean": zeros.copy(), "running_var": ones.copy()}

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Normalize; while training also say what the running statistics become."""
        (x,) = inputs
        weight, bias = params["weight"], params["bias"]
        running = params["running_mean"], params["running_var"]
        if not training:
            return Forward(batch_norm(x, weight, bias, *running, self.epsilon))
        statistics = batch_statistics(x)
        mean, variance = running_update(*running, x, *statistics, self.momentum)
        out = batch_norm(x, weight, bias, *statistics, self.epsilon)
        return Forward(out, saved=statistics, updates={"running_mean": mean, "running_var": variance})

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Gradients of input, weight and bias; through the batch's statistics if those were used."""
        (x,), weight = inputs, params["weight"]
        if done.saved is None:
            running = params["running_mean"], params["running_var"]
            d_x, d_weight, d_bias = batch_norm_vjp(grad, x, weight, *running, self.epsilon)
        else:
            mean, variance = done.saved
            d_x, d_weight, d_bias = batch_norm_training_vjp(grad, x, weight, mean, variance, self.epsilon)
        return Gradients((d_x,), {"weight": d_weight, "bias": d_bias})

    def cost(self, *inputs: Shape) -> Cost:
        """Weight and bias; at inference the arithmetic folds into the convolution before it."""
        return Cost(2 * self.channels)

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """At inference: gamma * (x - mean) / sqrt(variance + epsilon) + beta of one value."""
        names = {"mean": "running_mean", "variance": "running_var", "gamma": "weight", "beta": "bias"}
        constants = {name: float(params[key][index[0]]) for name, key in names.items()}
        return explain_cell("affine", inputs[0], output, index, **constants, epsilon=self.epsilon)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Usual and unusual epsilon and momentum, one and several maps."""
        yield Example(cls(3), ((2, 3, 3, 2),))
        yield Example(cls(1, epsilon=0.5, momentum=0.3), ((1, 1, 3, 3),))
