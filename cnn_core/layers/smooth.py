"""Smooth functions of single values: what newer networks have in place of the rectifier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cnn_core.layers.base import Array, Example, register_layer
from cnn_core.layers.pointwise import Pointwise
from cnn_core.ops import smooth as ops

__all__ = ["Erf", "Gelu", "GeluTanh", "Mish", "Swish"]


@register_layer("erf")
@dataclass(frozen=True)
class Erf(Pointwise):
    """The error function, 2 / sqrt(pi) * the integral of exp(-t^2) from 0 to x."""

    def apply(self, x: Array) -> Array:
        """erf(x)."""
        return ops.erf(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """2 / sqrt(pi) * exp(-x^2) times the gradient."""
        return ops.erf_vjp(grad, x)


@register_layer("gelu")
@dataclass(frozen=True)
class Gelu(Pointwise):
    """x times the share of a normal distribution that lies below x.

    Reference: Hendrycks & Gimpel 2016, Gaussian Error Linear Units.
    """

    def apply(self, x: Array) -> Array:
        """x / 2 * (1 + erf(x / sqrt(2)))."""
        return ops.gelu(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The share below x plus x times the density, times the gradient."""
        return ops.gelu_vjp(grad, x)


@register_layer("gelu_tanh")
@dataclass(frozen=True)
class GeluTanh(Pointwise):
    """GELU by a hyperbolic tangent, which differs from it by less than 0.001.

    Reference: Hendrycks & Gimpel 2016, Gaussian Error Linear Units, section 2.
    """

    def apply(self, x: Array) -> Array:
        """x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))."""
        return ops.gelu_tanh(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """Its derivative times the gradient."""
        return ops.gelu_tanh_vjp(grad, x)


@register_layer("swish")
@dataclass(frozen=True)
class Swish(Pointwise):
    """x * sigmoid(alpha * x); with alpha 1 it is SiLU, with 1.702 close to GELU.

    Reference: Ramachandran et al. 2017, Searching for Activation Functions.
    """

    alpha: float = 1.702

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.swish(x, self.alpha)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """s + alpha * x * s * (1 - s), times the gradient."""
        return ops.swish_vjp(grad, x, self.alpha)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Steep and flat."""
        yield Example(cls(), ((2, 2, 3, 4),))
        yield Example(cls(0.5), ((2, 5),))


@register_layer("mish")
@dataclass(frozen=True)
class Mish(Pointwise):
    """x * tanh(log(1 + exp(x))).

    Reference: Misra 2019, Mish: A Self Regularized Non-Monotonic Activation Function.
    """

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.mish(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """t + x * (1 - t^2) * sigmoid(x), times the gradient."""
        return ops.mish_vjp(grad, x)
