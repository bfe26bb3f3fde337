"""Normalization by neighbouring channels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from cnn_core.layers.base import (
    Array,
    Example,
    Explanation,
    Forward,
    Gradients,
    Layer,
    Params,
    Shape,
    register_layer,
)
from cnn_core.layers.common import cell_term, check_map, check_options
from cnn_core.ops.local_response import local_response_norm, local_response_norm_vjp

__all__ = ["LocalResponseNorm"]


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
