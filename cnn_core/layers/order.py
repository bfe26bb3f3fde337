"""What the order of values along an axis says: the largest, and where they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
from cnn_core.layers.common import cell_term, check_options, field_along, one

__all__ = ["TopK"]


@register_layer("top_k")
@dataclass(frozen=True)
class TopK(Layer):
    """The ``count`` largest values along an axis of the whole tensor, in order; of equal ones the first.

    ``places`` gives where they are instead, counted from 0; without ``largest`` it is the smallest; ``last``
    takes the last of equal ones.

    Raises:
        ShapeError: the axis is the batch axis, or has fewer values.
    """

    axis: int = 1
    count: int = 1
    largest: bool = True
    places: bool = False
    last: bool = False

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("top_k", 1, axis=self.axis, count=self.count)

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The input's, ``count`` along the axis."""
        shape = one("top_k", inputs)
        if self.axis >= len(shape) or shape[self.axis] < self.count:
            raise ShapeError(f"top_k: x must have {self.count} values along axis {self.axis}, got {shape}")
        return (*shape[: self.axis], self.count, *shape[self.axis + 1 :])

    def _order(self, x: Array) -> NDArray[np.intp]:
        """Places of the values taken."""
        keys = -x if self.largest else x
        if self.last:
            length = x.shape[self.axis]
            order = length - 1 - np.argsort(np.flip(keys, self.axis), axis=self.axis, kind="stable")
        else:
            order = np.argsort(keys, axis=self.axis, kind="stable")
        return np.asarray(np.take(order, range(self.count), axis=self.axis))

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Sort."""
        (x,) = inputs
        order = self._order(x)
        taken = order.astype(x.dtype) if self.places else np.take_along_axis(x, order, self.axis)
        return Forward(taken)

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """To the values taken; a place has no slope."""
        found = np.zeros_like(inputs[0])
        if not self.places:
            np.put_along_axis(found, self._order(inputs[0]), grad, self.axis)
        return Gradients((found,))

    def field(self, *inputs: Shape) -> FieldStep | None:
        """All along the axis."""
        return field_along((self.axis,), inputs[0])

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep | None]:
        """All, if those are sorted."""
        return (None if self.axis == 1 else ChannelStep(),)

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """The value taken, a copy; for a place the value that lies there."""
        (x,) = inputs
        along = self.axis - 1
        order = self._order(x[:1])[0]
        place = (*index[:along], int(order[index]), *index[along + 1 :])
        operation = "place" if self.places else "copy"
        constants = {"place": float(order[index])}
        return Explanation(float(output[0][index]), operation, (cell_term(0, x, place),), constants=constants)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Channels, columns, places, the smallest, a vector."""
        yield Example(cls(1, 2), ((2, 3, 2, 2),))
        yield Example(cls(3, 1, places=True), ((1, 2, 2, 3),))
        yield Example(cls(1, 1, largest=False, last=True), ((1, 3, 2, 2),))
        yield Example(cls(1, 3), ((2, 5),))
        yield Example(cls(1, 1, places=True), ((2, 5),))
