"""Flatten, dense, dropout: the head of a network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.layers.base import (
    Array,
    ChannelStep,
    Cost,
    Example,
    Explanation,
    Forward,
    Gradients,
    Layer,
    Params,
    Shape,
    Term,
    register_layer,
)
from cnn_core.layers.common import cell_term, check_options, explain_cell, he_normal, one
from cnn_core.ops.dense import dense, dense_vjp, dropout_mask, flatten, flatten_vjp

__all__ = ["Dense", "Dropout", "Flatten"]


@register_layer("flatten")
@dataclass(frozen=True)
class Flatten(Layer):
    """All values of a sample in one vector, in C order: value ``(c, y, x)`` at ``(c*H + y)*W + x``."""

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(N, C*H*W)``."""
        batch, *rest = one("flatten", inputs)
        return batch, int(np.prod(rest))

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """The same numbers, as a view where that is possible."""
        return Forward(flatten(inputs[0]))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """The same numbers in the input's shape."""
        return Gradients((flatten_vjp(grad, inputs[0]),))

    def field(self, *inputs: Shape) -> None:
        """A vector has no places any more: taken as a whole it sees everything."""

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep]:
        """As many values of a channel as it has places."""
        return (ChannelStep(outputs=int(np.prod(inputs[0][2:]))),)

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """A copy of the one input value it came from, at that value's own channel, row and column."""
        source = tuple(int(i) for i in np.unravel_index(index[0], inputs[0].shape[1:]))
        return Explanation(float(output[0][index]), "copy", (cell_term(0, inputs[0], source),))

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """A map and a vector."""
        yield Example(cls(), ((2, 3, 2, 4),))
        yield Example(cls(), ((2, 5),))


@register_layer("dense")
@dataclass(frozen=True)
class Dense(Layer):
    """out = W in + b: every output sees every input.

    Shape:
        in: ``(N, in_features)``, out: ``(N, out_features)``, weight: ``(out_features, in_features)``.

    Raises:
        ShapeError: an option is smaller than 1.
    """

    in_features: int
    out_features: int
    bias: bool = True

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("dense", 1, in_features=self.in_features, out_features=self.out_features)

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(N, out_features)``."""
        shape = one("dense", inputs)
        if len(shape) != 2 or shape[1] != self.in_features:
            raise ShapeError(f"dense: x must be (N, {self.in_features}), got {shape}")
        return shape[0], self.out_features

    def parameter_shapes(self) -> dict[str, Shape]:
        """weight ``(out, in)`` and, if there is one, bias ``(out,)``."""
        shapes: dict[str, Shape] = {"weight": (self.out_features, self.in_features)}
        return {**shapes, "bias": (self.out_features,)} if self.bias else shapes

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """He-normal weights, zero bias."""
        values = {"weight": he_normal(rng, (self.out_features, self.in_features))}
        return {**values, "bias": np.zeros(self.out_features, np.float32)} if self.bias else values

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """One matrix product."""
        return Forward(dense(inputs[0], params["weight"], params.get("bias")))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Gradients of input, weight and bias."""
        d_x, d_weight, d_bias = dense_vjp(grad, inputs[0], params["weight"])
        return Gradients((d_x,), {"weight": d_weight, "bias": d_bias} if self.bias else {"weight": d_weight})

    def cost(self, *inputs: Shape) -> Cost:
        """One multiply-add per weight; the bias is not counted."""
        weights = self.in_features * self.out_features
        return Cost(weights + self.out_features * self.bias, weights)

    def field(self, *inputs: Shape) -> None:
        """All of the input."""

    def channel_steps(self, *inputs: Shape) -> tuple[None]:
        """Every output reads every value."""
        return (None,)

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """One term: the whole input as a row, times the output's row of weights."""
        (row,) = index
        patch, kernel = inputs[0][:1], params["weight"][row : row + 1]
        products = patch.astype(np.float64) * kernel
        term = Term(0, 0, 0, 0, patch=patch, products=products, sum=float(products.sum()), kernel=kernel)
        bias = float(params["bias"][row]) if self.bias else None
        return Explanation(float(output[0][index]), "sum", (term,), bias)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """With and without bias."""
        yield Example(cls(5, 3), ((2, 5),))
        yield Example(cls(4, 1, bias=False), ((3, 4),))


@register_layer("dropout")
@dataclass(frozen=True)
class Dropout(Layer):
    """While training zero each value with this probability, and scale the rest by 1 / (1 - probability).

    At inference it hands on its input.

    Raises:
        ShapeError: the probability is not from 0 to 1.

    Reference: Srivastava et al. 2014, Dropout, section 10 (scaling while training).
    """

    probability: float = 0.5

    def __post_init__(self) -> None:
        """Check the options."""
        if not 0 <= self.probability <= 1:
            raise ShapeError(f"dropout: probability must be from 0 to 1, got {self.probability}")

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The input's."""
        return one("dropout", inputs)

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Draw a mask and multiply by it, if training.

        Raises:
            ValueError: training without a generator to draw from.
        """
        (x,) = inputs
        if not training:
            return Forward(x)
        if rng is None:
            raise ValueError("dropout: training needs rng, got None")
        mask = dropout_mask(rng, x, self.probability)
        return Forward(x * mask, saved=mask)

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Through the same mask."""
        return Gradients((grad if done.saved is None else grad * done.saved,))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """At inference, a copy."""
        return explain_cell("copy", inputs[0], output, index)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """A map and a vector, the usual and an uneven probability."""
        yield Example(cls(), ((2, 3, 2, 2),))
        yield Example(cls(0.2), ((2, 6),))
