"""Arithmetic with fixed numbers: one for all values, one per channel, or any shape that fits."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.layers.base import (
    Array,
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
from cnn_core.layers.common import cell_term, check_options, one
from cnn_core.ops import arithmetic as ops
from cnn_core.ops.functions import power
from cnn_core.ops.merge import unbroadcast

__all__ = [
    "AddConstant",
    "ConstantMinus",
    "ConstantOver",
    "DivideByConstant",
    "MaxConstant",
    "MinConstant",
    "MultiplyConstant",
    "PRelu",
    "PowerByConstant",
]


@dataclass(frozen=True)
class _WithConstant(Layer):
    """A function of the value and a number of the constant, ``shape`` of which repeats to fit one sample.

    The constant is no trained parameter: what an exporter wrote as a number of the formula stays one.
    """

    shape: Shape = ()

    def __post_init__(self) -> None:
        """Check the options."""
        check_options(self.kind, 1, shape=self.shape)

    @abstractmethod
    def apply(self, x: Array, constant: Array) -> Array:
        """The function."""

    @abstractmethod
    def vjp(self, grad: Array, x: Array, constant: Array) -> Array:
        """Gradient by x, of the output's shape."""

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The input's, axes of length 1 repeated as often as the constant wants."""
        batch, *sample = one(self.kind, inputs)
        try:
            if len(self.shape) > len(sample):
                raise ValueError("more axes")
            return (batch, *np.broadcast_shapes(tuple(sample), self.shape))
        except ValueError:
            raise ShapeError(
                f"{self.kind}: the constant {self.shape} must fit one sample of x, got {inputs[0]}"
            ) from None

    def field(self, *inputs: Shape) -> FieldStep:
        """The same place; along a side of length 1 that the constant repeats, that one."""
        before, after = inputs[0][2:], self.infer_shape(*inputs)[2:]
        vertical, horizontal = [int(a == b) for a, b in zip(before, after, strict=True)] or (1, 1)
        return FieldStep(stride=(vertical, horizontal))

    def parameter_shapes(self) -> dict[str, Shape]:
        """The constant."""
        return {"constant": self.shape}

    def tracked(self) -> frozenset[str]:
        """The constant: it is not trained."""
        return frozenset({"constant"})

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """Ones."""
        return {"constant": np.ones(self.shape, np.float32)}

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Apply the function."""
        return Forward(self.apply(inputs[0], params["constant"]))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Gradient by x, summed over what was repeated."""
        return Gradients((unbroadcast(self.vjp(grad, inputs[0], params["constant"]), inputs[0]),))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """The function of the value at the same place and of ``constant``."""
        (x,) = inputs
        place = tuple(i if length > 1 else 0 for i, length in zip(index, x.shape[1:], strict=True))
        constant = float(np.broadcast_to(params["constant"], output.shape[1:])[index])
        term = cell_term(0, x, place)
        return Explanation(float(output[0][index]), "function", (term,), constants={"constant": constant})

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """One number, one per channel, one per place, a constant that repeats the input, a vector."""
        yield Example(cls(), ((2, 2, 2, 3),))
        yield Example(cls((3, 1, 1)), ((1, 3, 2, 2),))
        yield Example(cls((2, 3)), ((2, 2, 2, 3),))
        yield Example(cls((2, 3, 2)), ((1, 2, 1, 2),))
        yield Example(cls((4,)), ((2, 4),))


@register_layer("add_constant")
@dataclass(frozen=True)
class AddConstant(_WithConstant):
    """x + constant."""

    def apply(self, x: Array, constant: Array) -> Array:
        """Add."""
        return np.asarray(x + constant)

    def vjp(self, grad: Array, x: Array, constant: Array) -> Array:
        """The gradient itself."""
        return grad


@register_layer("multiply_constant")
@dataclass(frozen=True)
class MultiplyConstant(_WithConstant):
    """x * constant."""

    def apply(self, x: Array, constant: Array) -> Array:
        """Multiply."""
        return np.asarray(x * constant)

    def vjp(self, grad: Array, x: Array, constant: Array) -> Array:
        """The constant times the gradient."""
        return np.asarray(grad * constant)


@register_layer("divide_by_constant")
@dataclass(frozen=True)
class DivideByConstant(_WithConstant):
    """x / constant; infinite or NaN where it is 0."""

    def apply(self, x: Array, constant: Array) -> Array:
        """Divide."""
        return ops.divide(x, constant)

    def vjp(self, grad: Array, x: Array, constant: Array) -> Array:
        """The gradient / constant."""
        return ops.divide(grad, constant)


@register_layer("constant_minus")
@dataclass(frozen=True)
class ConstantMinus(_WithConstant):
    """constant - x."""

    def apply(self, x: Array, constant: Array) -> Array:
        """Subtract."""
        return ops.subtract(constant, x)

    def vjp(self, grad: Array, x: Array, constant: Array) -> Array:
        """Minus the gradient."""
        return np.asarray(-grad)


@register_layer("constant_over")
@dataclass(frozen=True)
class ConstantOver(_WithConstant):
    """constant / x; infinite or NaN where x is 0."""

    def apply(self, x: Array, constant: Array) -> Array:
        """Divide."""
        return ops.divide(constant, x)

    def vjp(self, grad: Array, x: Array, constant: Array) -> Array:
        """-constant / x^2 times the gradient."""
        return np.asarray(-grad * ops.divide(ops.divide(constant, x), x))


@register_layer("min_constant")
@dataclass(frozen=True)
class MinConstant(_WithConstant):
    """The smaller of x and the constant."""

    def apply(self, x: Array, constant: Array) -> Array:
        """Take the smaller."""
        return ops.minimum(x, constant)

    def vjp(self, grad: Array, x: Array, constant: Array) -> Array:
        """The gradient where x is the smaller."""
        return np.asarray(grad * (x <= constant))


@register_layer("max_constant")
@dataclass(frozen=True)
class MaxConstant(_WithConstant):
    """The larger of x and the constant."""

    def apply(self, x: Array, constant: Array) -> Array:
        """Take the larger."""
        return ops.maximum(x, constant)

    def vjp(self, grad: Array, x: Array, constant: Array) -> Array:
        """The gradient where x is the larger."""
        return np.asarray(grad * (x >= constant))


@register_layer("power_by_constant")
@dataclass(frozen=True)
class PowerByConstant(_WithConstant):
    """x to the power of the constant; NaN for a root of what is negative."""

    def apply(self, x: Array, constant: Array) -> Array:
        """Raise to the power."""
        return power(x, constant)

    def vjp(self, grad: Array, x: Array, constant: Array) -> Array:
        """constant * x ** (constant - 1) times the gradient."""
        return np.asarray(grad * constant * power(x, constant - 1))


@register_layer("prelu")
@dataclass(frozen=True)
class PRelu(_WithConstant):
    """x above 0, else slope * x, the slope being trained: one for all, or one per channel.

    Reference: He et al. 2015, Delving Deep into Rectifiers, section 2.1.
    """

    def apply(self, x: Array, constant: Array) -> Array:
        """The function."""
        return ops.prelu(x, constant)

    def vjp(self, grad: Array, x: Array, constant: Array) -> Array:
        """1 or the slope times the gradient."""
        return np.where(x > 0, grad, grad * constant)

    def tracked(self) -> frozenset[str]:
        """Nothing: the slope is trained."""
        return frozenset()

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """A quarter, as in the paper."""
        return {"constant": np.full(self.shape, 0.25, np.float32)}

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Gradients of x and of the slope."""
        (x,), slope = inputs, params["constant"]
        whole = slope.reshape((1,) * (grad.ndim - slope.ndim) + slope.shape)
        d_x, d_slope = ops.prelu_vjp(grad, x, whole)
        return Gradients((d_x,), {"constant": d_slope.reshape(slope.shape)})

    def cost(self, *inputs: Shape) -> Cost:
        """The slopes."""
        return Cost(int(np.prod(self.shape)))
