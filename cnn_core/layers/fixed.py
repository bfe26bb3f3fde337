"""Numbers that no picture changes, among those that are computed from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ShapeError
from cnn_core.layers.base import (
    Array,
    ChannelStep,
    Example,
    Explanation,
    Forward,
    Gradients,
    Layer,
    Params,
    Shape,
    register_layer,
)
from cnn_core.layers.common import check_options, one

__all__ = ["Fixed"]


@register_layer("fixed")
@dataclass(frozen=True)
class Fixed(Layer):
    """The constant, whatever the input, of which only the number of samples counts.

    Raises:
        ShapeError: the constant has no axis, or one below 1.
    """

    shape: Shape

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("fixed", 1, shape=self.shape)
        if not self.shape:
            raise ShapeError("fixed: the constant must have an axis")

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(N, *shape)``."""
        return (one("fixed", inputs)[0], *self.shape)

    def parameter_shapes(self) -> dict[str, Shape]:
        """The constant."""
        return {"constant": self.shape}

    def tracked(self) -> frozenset[str]:
        """The constant: it is not trained."""
        return frozenset({"constant"})

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """Zeros."""
        return {"constant": np.zeros(self.shape, np.float32)}

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """The constant for every sample."""
        constant = params["constant"].astype(inputs[0].dtype)
        return Forward(np.ascontiguousarray(np.broadcast_to(constant, (len(inputs[0]), *self.shape))))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """0: no input counts."""
        return Gradients((np.zeros_like(inputs[0]),))

    def field(self, *inputs: Shape) -> None:
        """No window: ``origin`` says that nothing is read."""

    def origin(self, source: Shape) -> NDArray[np.intp]:
        """Constants, all of it."""
        return np.full(prod(self.shape), -1, np.intp).reshape(self.shape)

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep | None]:
        """No more than its own."""
        return (ChannelStep(),)

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """A constant without a term."""
        return Explanation(float(output[0][index]), "constant", ())

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Beside a map, beside a vector."""
        yield Example(cls((2, 1, 3)), ((2, 2, 3, 4),))
        yield Example(cls((4,)), ((2, 5),))
