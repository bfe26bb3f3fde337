"""Arithmetic of two branches, besides their sum and product."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import ShapeError
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
from cnn_core.layers.common import check_inputs, explain_repeated
from cnn_core.ops import arithmetic as ops

__all__ = ["Divide", "Maximum", "Minimum", "Subtract"]


@dataclass(frozen=True)
class _Pair(Layer):
    """A function of two values at the same place; axes of length 1 are repeated to fit."""

    @abstractmethod
    def apply(self, a: Array, b: Array) -> Array:
        """The function."""

    @abstractmethod
    def vjp(self, grad: Array, a: Array, b: Array) -> tuple[Array, Array]:
        """Gradients by both."""

    def infer_shape(self, *inputs: Shape) -> Shape:
        """Along every axis the one length, above 1, that the inputs have there."""
        check_inputs(self.kind, inputs, 2, 2)
        try:
            if len(inputs[0]) != len(inputs[1]):
                raise ValueError("ranks differ")
            return np.broadcast_shapes(*inputs)
        except ValueError:
            raise ShapeError(
                f"{self.kind}: inputs must have one shape, or 1 where they differ, "
                f"got {inputs[0]} and {inputs[1]}"
            ) from None

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Apply the function."""
        return Forward(self.apply(*inputs))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Gradients of both."""
        return Gradients(self.vjp(grad, *inputs))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """The function of two terms, in their order."""
        return explain_repeated("function", inputs, output, index)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Two of a shape, one number per channel, a map over all channels, vectors."""
        yield Example(cls(), ((2, 3, 2, 2), (2, 3, 2, 2)))
        yield Example(cls(), ((2, 3, 2, 4), (2, 3, 1, 1)))
        yield Example(cls(), ((1, 1, 2, 3), (1, 4, 2, 3)))
        yield Example(cls(), ((2, 5), (2, 5)))


@register_layer("subtract")
@dataclass(frozen=True)
class Subtract(_Pair):
    """The first input minus the second."""

    def apply(self, a: Array, b: Array) -> Array:
        """a - b."""
        return ops.subtract(a, b)

    def vjp(self, grad: Array, a: Array, b: Array) -> tuple[Array, Array]:
        """The gradient, and minus the gradient."""
        return ops.subtract_vjp(grad, a, b)


@register_layer("divide")
@dataclass(frozen=True)
class Divide(_Pair):
    """The first input over the second; infinite or NaN where that is 0."""

    def apply(self, a: Array, b: Array) -> Array:
        """a / b."""
        return ops.divide(a, b)

    def vjp(self, grad: Array, a: Array, b: Array) -> tuple[Array, Array]:
        """1 / b and -a / b^2 times the gradient."""
        return ops.divide_vjp(grad, a, b)


@register_layer("minimum")
@dataclass(frozen=True)
class Minimum(_Pair):
    """The smaller of both inputs."""

    def apply(self, a: Array, b: Array) -> Array:
        """min(a, b)."""
        return ops.minimum(a, b)

    def vjp(self, grad: Array, a: Array, b: Array) -> tuple[Array, Array]:
        """The gradient to the smaller."""
        return ops.minimum_vjp(grad, a, b)


@register_layer("maximum")
@dataclass(frozen=True)
class Maximum(_Pair):
    """The larger of both inputs.

    Reference: Goodfellow et al. 2013, Maxout Networks, section 2.
    """

    def apply(self, a: Array, b: Array) -> Array:
        """max(a, b)."""
        return ops.maximum(a, b)

    def vjp(self, grad: Array, a: Array, b: Array) -> tuple[Array, Array]:
        """The gradient to the larger."""
        return ops.maximum_vjp(grad, a, b)
