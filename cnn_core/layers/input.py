"""Where the image enters the network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.layers.base import (
    Array,
    Example,
    Explanation,
    Forward,
    Gradients,
    Layer,
    Params,
    Shape,
    register_layer,
)
from cnn_core.layers.common import check_options, explain_cell

__all__ = ["Input"]


@register_layer("input")
@dataclass(frozen=True)
class Input(Layer):
    """Hands on the tensor it is given; ``shape`` is one sample's, ``(C, H, W)``.

    Raises:
        ShapeError: an axis of the shape is smaller than 1.
    """

    shape: Shape

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("input", 1, shape=self.shape)

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(1, C, H, W)``; a graph puts its own batch size in front."""
        if inputs:
            raise ShapeError(f"input: wanted no inputs, got {len(inputs)}")
        return (1, *self.shape)

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """The tensor itself."""
        return Forward(inputs[0])

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """The gradient itself."""
        return Gradients((grad,))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """A copy of the tensor's own value."""
        return explain_cell("copy", inputs[0], output, index)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """A map and a vector; the shape listed is the tensor that forward is given."""
        yield Example(cls(shape=(3, 4, 5)), ())
        yield Example(cls(shape=(7,)), ())
