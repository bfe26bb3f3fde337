"""More functions of single values, as foreign networks have them, and the logarithm of softmax."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.layers.activation import Softmax
from cnn_core.layers.base import (
    Array,
    Example,
    Explanation,
    Forward,
    Gradients,
    Params,
    register_layer,
)
from cnn_core.layers.pointwise import Pointwise
from cnn_core.ops import functions as ops

__all__ = ["Abs", "Clip", "Elu", "Exp", "HardSigmoid", "Log", "LogSoftmax", "Power", "Softplus", "Sqrt"]


@register_layer("abs")
@dataclass(frozen=True)
class Abs(Pointwise):
    """The value without its sign."""

    def apply(self, x: Array) -> Array:
        """|x|."""
        return ops.absolute(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The sign times the gradient."""
        return ops.absolute_vjp(grad, x)


@register_layer("exp")
@dataclass(frozen=True)
class Exp(Pointwise):
    """e to the x."""

    def apply(self, x: Array) -> Array:
        """exp(x)."""
        return ops.exp(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The output times the gradient."""
        return ops.exp_vjp(grad, output)


@register_layer("log")
@dataclass(frozen=True)
class Log(Pointwise):
    """The natural logarithm; minus infinity at 0, NaN below."""

    def apply(self, x: Array) -> Array:
        """log(x)."""
        return ops.log(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The gradient / x."""
        return ops.log_vjp(grad, x)


@register_layer("sqrt")
@dataclass(frozen=True)
class Sqrt(Pointwise):
    """The square root; NaN below 0."""

    def apply(self, x: Array) -> Array:
        """The root of x."""
        return ops.sqrt(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The gradient / (2 * root)."""
        return ops.sqrt_vjp(grad, output)


@register_layer("softplus")
@dataclass(frozen=True)
class Softplus(Pointwise):
    """log(1 + exp(x)): a smooth rectifier.

    Reference: Dugas et al. 2001, Incorporating second-order functional knowledge for better option pricing.
    """

    def apply(self, x: Array) -> Array:
        """log(1 + exp(x))."""
        return ops.softplus(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The sigmoid times the gradient."""
        return ops.softplus_vjp(grad, output)


@register_layer("power")
@dataclass(frozen=True)
class Power(Pointwise):
    """x to a fixed power; NaN for a root of what is negative."""

    exponent: float = 2.0

    def apply(self, x: Array) -> Array:
        """x ** exponent."""
        return ops.power(x, self.exponent)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """exponent * x ** (exponent - 1) times the gradient."""
        return ops.power_vjp(grad, x, self.exponent)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """The square of a map, the third power of a vector."""
        yield Example(cls(), ((2, 2, 3, 4),))
        yield Example(cls(3.0), ((2, 5),))


@register_layer("elu")
@dataclass(frozen=True)
class Elu(Pointwise):
    """x above 0, else alpha * (exp(x) - 1).

    Reference: Clevert et al. 2016, Fast and Accurate Deep Network Learning by Exponential Linear Units.
    """

    alpha: float = 1.0

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.elu(x, self.alpha)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """1, or alpha * exp(x), times the gradient."""
        return ops.elu_vjp(grad, x, self.alpha)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """The usual alpha and another."""
        yield Example(cls(), ((2, 2, 3, 4),))
        yield Example(cls(0.3), ((2, 5),))


@register_layer("hard_sigmoid")
@dataclass(frozen=True)
class HardSigmoid(Pointwise):
    """clip(alpha * x + beta, 0, 1): a sigmoid of straight lines."""

    alpha: float = 0.2
    beta: float = 0.5

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.hard_sigmoid(x, self.alpha, self.beta)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """alpha, or 0 where it is flat, times the gradient."""
        return ops.hard_sigmoid_vjp(grad, output, self.alpha)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """ONNX's slope and that of MobileNetV3."""
        yield Example(cls(), ((2, 2, 3, 4),))
        yield Example(cls(1 / 6, 0.5), ((2, 5),))


@register_layer("clip")
@dataclass(frozen=True)
class Clip(Pointwise):
    """x within bounds: no less than ``least``, no more than ``most``; None is no bound. ReLU6 is from 0 to 6.

    Raises:
        ShapeError: the least is above the most.

    Reference: Sandler et al. 2018, MobileNetV2, section 3.
    """

    least: float | None = 0.0
    most: float | None = 6.0

    def __post_init__(self) -> None:
        """Check the options."""
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ShapeError(f"clip: least must not be above most, got {self.least} and {self.most}")

    def apply(self, x: Array) -> Array:
        """min(max(x, least), most)."""
        return ops.clip(x, self.least, self.most)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The gradient where x is within."""
        return ops.clip_vjp(grad, x, self.least, self.most)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Both bounds, either alone."""
        yield Example(cls(), ((2, 2, 3, 4),))
        yield Example(cls(-0.5, None), ((1, 2, 2, 3),))
        yield Example(cls(None, 1.0), ((2, 5),))


@register_layer("log_softmax")
@dataclass(frozen=True)
class LogSoftmax(Softmax):
    """The logarithm of softmax along an axis of the whole tensor: z_i - log(sum over k of exp(z_k)).

    Raises:
        ShapeError: the axis is the batch axis.
    """

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Logarithms of probabilities."""
        return Forward(ops.log_softmax(inputs[0], self.axis))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """grad - p * sum of grad."""
        return Gradients((ops.log_softmax_vjp(grad, done.output, self.axis),))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """As softmax is; value = log(the own one's product / total)."""
        told = super().explain(params, inputs, output, index)
        return Explanation(told.value, "log_softmax", told.terms, constants=told.constants)
