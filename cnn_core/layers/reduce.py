"""Whole axes taken together: mean, sum, product, maximum, minimum."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

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
    Term,
    register_layer,
)
from cnn_core.layers.common import field_along, one
from cnn_core.ops import reduce as ops

__all__ = ["ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum"]


@dataclass(frozen=True)
class _Reduce(Layer):
    """One number of all along ``axes`` of the whole tensor, batch axis counted; they stay, of length 1.

    Raises:
        ShapeError: no axis, the batch axis, or one named twice.
    """

    axes: tuple[int, ...]

    def __post_init__(self) -> None:
        """Check the options."""
        if not self.axes or min(self.axes) < 1 or len(set(self.axes)) < len(self.axes):
            raise ShapeError(f"{self.kind}: axes must be from 1 on, each once, got {self.axes}")

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The input's, 1 along the axes."""
        shape = one(self.kind, inputs)
        if max(self.axes) >= len(shape):
            raise ShapeError(f"{self.kind}: x must have axis {max(self.axes)}, got {shape}")
        return tuple(1 if axis in self.axes else length for axis, length in enumerate(shape))

    @abstractmethod
    def apply(self, x: Array) -> Array:
        """The number."""

    @abstractmethod
    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """Its vector-Jacobian product."""

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Reduce."""
        return Forward(self.apply(inputs[0]))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """To all that were taken together."""
        return Gradients((self.vjp(grad, inputs[0], done.output),))

    def field(self, *inputs: Shape) -> FieldStep | None:
        """All of a vector; of a map the same place, or all along a side that is reduced."""
        return field_along(self.axes, inputs[0])

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep | None]:
        """All, if channels are taken together."""
        return (None if 1 in self.axes else ChannelStep(),)

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """One term per channel: the part of its map that is taken together."""
        (x,) = inputs
        sample, (channel, row, column) = x[0].reshape((*x.shape[1:], 1, 1)[:3]), (*index, 0, 0)[:3]
        channels = range(len(sample)) if 1 in self.axes else (channel,)
        rows = slice(None) if 2 in self.axes else slice(row, row + 1)
        columns = slice(None) if 3 in self.axes else slice(column, column + 1)
        y, left = rows.start or 0, columns.start or 0
        terms = []
        for each in channels:
            patch = sample[each, rows, columns]
            products = patch.astype(np.float64)
            terms.append(Term(0, each, y, left, patch, products, float(products.sum())))
        return self._told(float(output[0][index]), tuple(terms))

    @abstractmethod
    def _told(self, value: float, terms: tuple[Term, ...]) -> Explanation:
        """The explanation from terms whose products are the cells."""

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Whole maps, channels, one side, everything, a vector."""
        yield Example(cls((2, 3)), ((2, 2, 2, 3),))
        yield Example(cls((1,)), ((2, 3, 2, 2),))
        yield Example(cls((3,)), ((1, 2, 2, 3),))
        yield Example(cls((1, 2, 3)), ((1, 2, 2, 2),))
        yield Example(cls((1,)), ((2, 5),))


@register_layer("reduce_sum")
@dataclass(frozen=True)
class ReduceSum(_Reduce):
    """The sum along the axes."""

    def apply(self, x: Array) -> Array:
        """Add up."""
        return ops.reduce_sum(x, self.axes)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The whole gradient to each."""
        return ops.reduce_sum_vjp(grad, x)

    def _told(self, value: float, terms: tuple[Term, ...]) -> Explanation:
        return Explanation(value, "sum", terms)


@register_layer("reduce_mean")
@dataclass(frozen=True)
class ReduceMean(_Reduce):
    """The mean along the axes."""

    def apply(self, x: Array) -> Array:
        """Average."""
        return ops.reduce_mean(x, self.axes)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The same share to each."""
        return ops.reduce_mean_vjp(grad, x)

    def _told(self, value: float, terms: tuple[Term, ...]) -> Explanation:
        divisor = sum(prod(term.patch.shape) for term in terms)
        return Explanation(value, "mean", terms, constants={"divisor": float(divisor)})


@register_layer("reduce_prod")
@dataclass(frozen=True)
class ReduceProd(_Reduce):
    """The product along the axes."""

    def apply(self, x: Array) -> Array:
        """Multiply."""
        return ops.reduce_prod(x, self.axes)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """The product of all the others to each."""
        return ops.reduce_prod_vjp(grad, x, self.axes)

    def _told(self, value: float, terms: tuple[Term, ...]) -> Explanation:
        """One term per value: they multiply."""
        cells = [
            Term(
                0,
                term.channel,
                term.y + i,
                term.x + j,
                cell := term.patch[i : i + 1, j : j + 1],
                cell.astype(np.float64),
                float(cell[0, 0]),
            )
            for term in terms
            for i, j in np.ndindex(*term.patch.shape)
        ]
        return Explanation(value, "product", tuple(cells))


@dataclass(frozen=True)
class _Extreme(_Reduce):
    """One of the values."""

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """To the one."""
        return ops.reduce_extreme_vjp(grad, x, output)

    def _told(self, value: float, terms: tuple[Term, ...]) -> Explanation:
        """The one term that holds the first winner, whose product alone counts."""
        term = next(term for term in terms if (term.patch == value).any() or np.isnan(value))
        winner = np.unravel_index(int((term.patch == value).argmax()), term.patch.shape)
        products = np.zeros(term.patch.shape)
        products[winner] = term.patch[winner]
        won = Term(0, term.channel, term.y, term.x, term.patch, products, float(products.sum()))
        constants = {"winner_y": float(winner[0]), "winner_x": float(winner[1])}
        return Explanation(value, self.kind.removeprefix("reduce_"), (won,), constants=constants)


@register_layer("reduce_max")
@dataclass(frozen=True)
class ReduceMax(_Extreme):
    """The maximum along the axes."""

    def apply(self, x: Array) -> Array:
        """The largest."""
        return ops.reduce_max(x, self.axes)


@register_layer("reduce_min")
@dataclass(frozen=True)
class ReduceMin(_Extreme):
    """The minimum along the axes."""

    def apply(self, x: Array) -> Array:
        """The smallest."""
        return ops.reduce_min(x, self.axes)
