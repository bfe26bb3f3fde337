"""What functions of single values share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnn_core.layers.base import Array, Example, Explanation, Forward, Gradients, Layer, Params, Shape
from cnn_core.layers.common import explain_cell, one

__all__ = ["Pointwise"]


@dataclass(frozen=True)
class Pointwise(Layer):
    """A function of single values: its subclasses say which, and its gradient."""

    @abstractmethod
    def apply(self, x: Array) -> Array:
        """The function."""

    @abstractmethod
    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """Its vector-Jacobian product."""

    def constants(self) -> dict[str, float]:
        """Numbers of the formula that an explanation names: the options."""
        return {name: float(value) for name, value in self.config().items() if value is not None}

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The input's."""
        return one(self.kind, inputs)

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Apply the function."""
        return Forward(self.apply(inputs[0]))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """The derivative times the gradient."""
        return Gradients((self.vjp(grad, inputs[0], done.output),))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """The function of the value at the same place."""
        return explain_cell("function", inputs[0], output, index, **self.constants())

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """A map and a vector."""
        yield Example(cls(), ((2, 2, 3, 4),))
        yield Example(cls(), ((2, 5),))
