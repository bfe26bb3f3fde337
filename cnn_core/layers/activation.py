"""Functions of single values, and softmax."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.layers.base import (
    Array,
    ChannelStep,
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
from cnn_core.layers.common import cell_term, one
from cnn_core.layers.pointwise import Pointwise
from cnn_core.ops import activation as ops

__all__ = ["HardSwish", "LeakyReLU", "ReLU", "SiLU", "Sigmoid", "Softmax", "Tanh"]


@register_layer("relu")
@dataclass(frozen=True)
class ReLU(Pointwise):
    """max(x, 0).

    Reference: Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines.
    """

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.relu(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """Where x is above 0 the gradient passes."""
        return ops.relu_vjp(grad, x)


@register_layer("leaky_relu")
@dataclass(frozen=True)
class LeakyReLU(Pointwise):
    """x above 0, else negative_slope * x.

    Reference: Maas et al. 2013, Rectifier nonlinearities improve neural network acoustic models.
    """

    negative_slope: float = 0.01

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.leaky_relu(x, self.negative_slope)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """Where x is not above 0 the gradient is scaled by the slope."""
        return ops.leaky_relu_vjp(grad, x, self.negative_slope)

    def constants(self) -> dict[str, float]:
        """The slope."""
        return {"slope": self.negative_slope}

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """A map with the usual slope, a vector with another."""
        yield Example(cls(), ((2, 2, 3, 4),))
        yield Example(cls(negative_slope=0.3), ((2, 5),))


@register_layer("sigmoid")
@dataclass(frozen=True)
class Sigmoid(Pointwise):
    """1 / (1 + exp(-x))."""

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.sigmoid(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """s * (1 - s) times the gradient."""
        return ops.sigmoid_vjp(grad, output)


@register_layer("tanh")
@dataclass(frozen=True)
class Tanh(Pointwise):
    """(exp(x) - exp(-x)) / (exp(x) + exp(-x)).

    Reference: LeCun et al. 1998, Gradient-based learning applied to document recognition, appendix A.
    """

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.tanh(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """1 - t^2 times the gradient."""
        return ops.tanh_vjp(grad, output)


@register_layer("silu")
@dataclass(frozen=True)
class SiLU(Pointwise):
    """x * sigmoid(x), also known as swish.

    Reference: Elfwing et al. 2018, Sigmoid-weighted linear units, equation 2.
    """

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.silu(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """s * (1 + x * (1 - s)) times the gradient."""
        return ops.silu_vjp(grad, x)


@register_layer("hard_swish")
@dataclass(frozen=True)
class HardSwish(Pointwise):
    """x * clip(x + 3, 0, 6) / 6.

    Reference: Howard et al. 2019, Searching for MobileNetV3, section 5.2.
    """

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.hard_swish(x)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """0 up to -3, 1 from 3 on, x / 3 + 1 / 2 between, times the gradient."""
        return ops.hard_swish_vjp(grad, x)


@register_layer("softmax")
@dataclass(frozen=True)
class Softmax(Layer):
    """p_i = exp(z_i) / sum over k of exp(z_k), along an axis of the whole tensor, batch axis counted.

    Raises:
        ShapeError: the axis is the batch axis.
    """

    axis: int = -1

    def __post_init__(self) -> None:
        """Check the options."""
        if self.axis == 0:
            raise ShapeError("softmax: axis must not be the batch axis 0")

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The input's."""
        shape = one("softmax", inputs)
        if not -len(shape) < self.axis < len(shape):
            raise ShapeError(f"softmax: x must have axis {self.axis} behind the batch axis, got {shape}")
        return shape

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Probabilities that add up to 1 along the axis."""
        return Forward(ops.softmax(inputs[0], self.axis))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """p * (grad - sum of grad * p)."""
        return Gradients((ops.softmax_vjp(grad, done.output, self.axis),))

    def field(self, *inputs: Shape) -> FieldStep | None:
        """All of a vector; of a map the same place, or all of its column or row if the axis runs there."""
        (shape,) = inputs
        if len(shape) != 4:
            return None
        _, _, height, width = shape
        axis = self.axis % 4
        return FieldStep(
            size=(height if axis == 2 else 1, width if axis == 3 else 1),
            stride=(int(axis != 2), int(axis != 3)),
        )

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep | None]:
        """All, if the axis is that of the channels."""
        return (None if self.axis % len(inputs[0]) == 1 else ChannelStep(),)

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """One term per logit: ``products`` is exp(z - max); value = the own one's product / total.

        ``constants`` holds ``max``, ``total`` and ``position``, the number of the own term.
        """
        (x,) = inputs
        axis = self.axis % x.ndim - 1
        places = [(*index[:axis], k, *index[axis + 1 :]) for k in range(x.shape[axis + 1])]
        top = float(max(x[0][place] for place in places))
        terms = []
        for place in places:
            term = cell_term(0, x, place)
            power = np.exp(term.products - top)
            terms.append(replace(term, products=power, sum=float(power.sum())))
        constants = {"max": top, "total": sum(term.sum for term in terms), "position": float(index[axis])}
        return Explanation(float(output[0][index]), "softmax", tuple(terms), constants=constants)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """A vector, and each axis of a map."""
        yield Example(cls(), ((2, 5),))
        yield Example(cls(axis=1), ((2, 3, 2, 2),))
        yield Example(cls(axis=2), ((1, 2, 3, 2),))
        yield Example(cls(axis=-1), ((1, 2, 2, 3),))
