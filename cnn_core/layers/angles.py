"""Sine and its relatives; angles are in radians."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cnn_core.layers.base import Array, Example, register_layer
from cnn_core.layers.pointwise import Pointwise
from cnn_core.ops.angles import angle, angle_vjp

__all__ = ["Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Cos", "Cosh", "Sin", "Sinh", "Tan"]


@dataclass(frozen=True)
class _Angle(Pointwise):
    """The function that its kind names."""

    def apply(self, x: Array) -> Array:
        """The function."""
        return angle(x, self.kind)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """Its derivative times the gradient."""
        return angle_vjp(grad, x, self.kind)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """A map."""
        yield Example(cls(), ((2, 2, 1, 2),))


@register_layer("sin")
@dataclass(frozen=True)
class Sin(_Angle):
    """The sine."""


@register_layer("cos")
@dataclass(frozen=True)
class Cos(_Angle):
    """The cosine."""


@register_layer("tan")
@dataclass(frozen=True)
class Tan(_Angle):
    """The tangent."""


@register_layer("asin")
@dataclass(frozen=True)
class Asin(_Angle):
    """The angle whose sine it is; NaN beyond -1 and 1."""


@register_layer("acos")
@dataclass(frozen=True)
class Acos(_Angle):
    """The angle whose cosine it is; NaN beyond -1 and 1."""


@register_layer("atan")
@dataclass(frozen=True)
class Atan(_Angle):
    """The angle whose tangent it is."""


@register_layer("sinh")
@dataclass(frozen=True)
class Sinh(_Angle):
    """(exp(x) - exp(-x)) / 2."""


@register_layer("cosh")
@dataclass(frozen=True)
class Cosh(_Angle):
    """(exp(x) + exp(-x)) / 2."""


@register_layer("asinh")
@dataclass(frozen=True)
class Asinh(_Angle):
    """The inverse of sinh."""


@register_layer("acosh")
@dataclass(frozen=True)
class Acosh(_Angle):
    """The inverse of cosh; NaN below 1."""


@register_layer("atanh")
@dataclass(frozen=True)
class Atanh(_Angle):
    """The inverse of tanh; NaN beyond -1 and 1."""
