"""Functions of single values made of pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.layers.base import Array, Example, register_layer
from cnn_core.layers.pointwise import Pointwise
from cnn_core.ops import piecewise as ops

__all__ = ["Above", "Ceil", "Celu", "Floor", "Round", "Selu", "Shrink", "Sign", "Softsign", "ThresholdedRelu"]


@register_layer("celu")
@dataclass(frozen=True)
class Celu(Pointwise):
    """x above 0, else alpha * (exp(x / alpha) - 1): without a kink, whatever alpha.

    Raises:
        ShapeError: alpha is 0.

    Reference: Barron 2017, Continuously Differentiable Exponential Linear Units.
    """

    alpha: float = 1.0

    def __post_init__(self) -> None:
        """Check the options."""
        if not self.alpha:
            raise ShapeError("celu: alpha must not be 0")

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.celu(x, self.alpha)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """1, or exp(x / alpha), times the gradient."""
        return ops.celu_vjp(grad, x, self.alpha)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """The usual alpha and another."""
        yield Example(cls(), ((2, 2, 3, 4),))
        yield Example(cls(0.4), ((2, 5),))


@register_layer("selu")
@dataclass(frozen=True)
class Selu(Pointwise):
    """gamma * x above 0, else gamma * alpha * (exp(x) - 1).

    Reference: Klambauer et al. 2017, Self-Normalizing Neural Networks.
    """

    alpha: float = 1.6732631921768188
    gamma: float = 1.0507010221481323

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.selu(x, self.alpha, self.gamma)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """gamma, or gamma * alpha * exp(x), times the gradient."""
        return ops.selu_vjp(grad, x, self.alpha, self.gamma)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """The usual numbers and others."""
        yield Example(cls(), ((2, 2, 3, 4),))
        yield Example(cls(0.5, 2.0), ((2, 5),))


@register_layer("softsign")
@dataclass(frozen=True)
class Softsign(Pointwise):
    """x / (1 + |x|).

    Reference: Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward networks.
    """

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.softsign(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The gradient / (1 + |x|)^2."""
        return ops.softsign_vjp(grad, x)


@register_layer("thresholded_relu")
@dataclass(frozen=True)
class ThresholdedRelu(Pointwise):
    """x above alpha, else 0.

    Reference: Konda et al. 2014, Zero-bias autoencoders and the benefits of co-adapting features.
    """

    alpha: float = 1.0

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.thresholded_relu(x, self.alpha)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The gradient where x is above alpha."""
        return ops.thresholded_relu_vjp(grad, x, self.alpha)


@register_layer("shrink")
@dataclass(frozen=True)
class Shrink(Pointwise):
    """x + bias below -bound, x - bias above bound, 0 between: soft and hard shrinkage."""

    bound: float = 0.5
    bias: float = 0.0

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.shrink(x, self.bound, self.bias)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The gradient outside of the bounds."""
        return ops.shrink_vjp(grad, x, self.bound)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Hard and soft."""
        yield Example(cls(), ((2, 2, 3, 4),))
        yield Example(cls(0.3, 0.3), ((2, 5),))


@dataclass(frozen=True)
class _Flat(Pointwise):
    """A function without a slope: all that is learnt ends here."""

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """0."""
        return np.zeros_like(grad)


@register_layer("floor")
@dataclass(frozen=True)
class Floor(_Flat):
    """The whole number below."""

    def apply(self, x: Array) -> Array:
        """The function."""
        return np.asarray(np.floor(x))


@register_layer("ceil")
@dataclass(frozen=True)
class Ceil(_Flat):
    """The whole number above."""

    def apply(self, x: Array) -> Array:
        """The function."""
        return np.asarray(np.ceil(x))


@register_layer("round")
@dataclass(frozen=True)
class Round(_Flat):
    """The nearest whole number, halves to the even one."""

    def apply(self, x: Array) -> Array:
        """The function."""
        return np.asarray(np.rint(x))


@register_layer("sign")
@dataclass(frozen=True)
class Sign(_Flat):
    """1 above 0, -1 below, 0 at 0."""

    def apply(self, x: Array) -> Array:
        """The function."""
        return np.asarray(np.sign(x))


@register_layer("truncate")
@dataclass(frozen=True)
class Truncate(_Flat):
    """What stands before the decimal point."""

    def apply(self, x: Array) -> Array:
        """The function."""
        return np.asarray(np.trunc(x))


@register_layer("above")
@dataclass(frozen=True)
class Above(_Flat):
    """1 above 0, else 0: what a comparison says."""

    def apply(self, x: Array) -> Array:
        """The function."""
        return np.asarray((x > 0).astype(x.dtype))
