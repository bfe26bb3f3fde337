"""Reshape, transpose, and both at once."""

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
from cnn_core.layers.common import check_options, copied_channels, explain_copy, one
from cnn_core.ops.rearrange import rearrange, rearrange_vjp

__all__ = ["Rearrange"]


@register_layer("rearrange")
@dataclass(frozen=True)
class Rearrange(Layer):
    """Every sample seen as ``split``, its axes put into ``order``, the result seen as ``shape``.

    That is reshape (``order`` as it was), transpose (``split`` and ``shape`` the sample's own), and what is
    made of them: channel shuffle (Zhang et al. 2018, ShuffleNet, section 3.1) and depth to space
    (Shi et al. 2016, Real-Time Single Image and Video Super-Resolution, section 3.1).

    Raises:
        ShapeError: a length below 1, an order that is none of the axes of split, a shape of another size.
    """

    split: Shape
    order: tuple[int, ...]
    shape: Shape

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("rearrange", 1, split=self.split, shape=self.shape)
        if sorted(self.order) != list(range(len(self.split))) or prod(self.split) != prod(self.shape):
            raise ShapeError(
                f"rearrange: order must name the axes of split, and shape hold as many values; "
                f"got {self.split}, {self.order}, {self.shape}"
            )

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(N, *shape)``."""
        found = one("rearrange", inputs)
        if prod(found[1:]) != prod(self.split):
            raise ShapeError(f"rearrange: x must have {prod(self.split)} values, got {found}")
        return (found[0], *self.shape)

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Rearrange; a view where that is possible."""
        return Forward(rearrange(inputs[0], self.split, self.order, self.shape))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Every gradient to where its value came from."""
        return Gradients((rearrange_vjp(grad, inputs[0], self.split, self.order),))

    def field(self, *inputs: Shape) -> None:
        """No window: ``origin`` says where every value comes from."""

    def origin(self, source: Shape) -> NDArray[np.intp]:
        """A permutation."""
        numbers = np.arange(prod(self.split), dtype=np.intp)[np.newaxis]
        return np.asarray(rearrange(numbers, self.split, self.order, self.shape)[0])

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep | None]:
        """Their own, if no channel moves."""
        return copied_channels(self, inputs[0])

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """A copy of the one input value it came from."""
        return explain_copy(self, inputs[0], output, index)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Transpose, channel shuffle, depth to space, a vector seen as maps, maps as a vector."""
        yield Example(cls((2, 3, 4), (1, 2, 0), (3, 4, 2)), ((2, 2, 3, 4),))
        yield Example(cls((2, 3, 2, 2), (1, 0, 2, 3), (6, 2, 2)), ((1, 6, 2, 2),))
        yield Example(cls((2, 2, 2, 2, 3), (2, 3, 0, 4, 1), (2, 4, 6)), ((1, 8, 2, 3),))
        yield Example(cls((2, 2, 3), (0, 1, 2), (2, 2, 3)), ((2, 12),))
        yield Example(cls((2, 2, 3), (1, 2, 0), (12,)), ((1, 2, 2, 3),))
