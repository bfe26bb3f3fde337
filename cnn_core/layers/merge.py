"""Where branches meet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

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
from cnn_core.layers.common import cell_term, check_inputs, explain_repeated
from cnn_core.ops import merge as ops

__all__ = ["Add", "Concat", "Multiply"]


@dataclass(frozen=True)
class _Broadcast(Layer):
    """What sum and product share: one or more inputs of one rank, axes of length 1 repeated to fit."""

    def infer_shape(self, *inputs: Shape) -> Shape:
        """Along every axis the one length, above 1, that the inputs have there."""
        check_inputs(self.kind, inputs, most=None)
        try:
            if len({len(shape) for shape in inputs}) > 1:
                raise ValueError("ranks differ")
            return np.broadcast_shapes(*inputs)
        except ValueError:
            raise ShapeError(
                f"{self.kind}: inputs must have one shape, or 1 where they differ, "
                f"got {' and '.join(map(str, inputs))}"
            ) from None

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Two and three of a kind, a gate per channel, a map over all channels, vectors."""
        yield Example(cls(), ((2, 3, 2, 2), (2, 3, 2, 2)))
        yield Example(cls(), ((1, 2, 2, 3), (1, 2, 2, 3), (1, 2, 2, 3)))
        yield Example(cls(), ((2, 3, 2, 4), (2, 3, 1, 1)))
        yield Example(cls(), ((1, 1, 2, 3), (1, 4, 2, 3)))
        yield Example(cls(), ((2, 5), (2, 5)))


@register_layer("add")
@dataclass(frozen=True)
class Add(_Broadcast):
    """The sum of its inputs: the shortcut of a residual block.

    Reference: He et al. 2016, Deep Residual Learning for Image Recognition, section 3.2.
    """

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Add up."""
        return Forward(ops.add(*inputs))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """The gradient goes to every input."""
        return Gradients(ops.add_vjp(grad, *inputs))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """One term per input, the value it adds."""
        return explain_repeated("sum", inputs, output, index)


@register_layer("multiply")
@dataclass(frozen=True)
class Multiply(_Broadcast):
    """The product of its inputs: the gate of a squeeze-and-excitation block.

    Reference: Hu et al. 2018, Squeeze-and-Excitation Networks, section 3.
    """

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Multiply."""
        return Forward(ops.multiply(*inputs))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Each input's gradient is times all the others."""
        return Gradients(ops.multiply_vjp(grad, *inputs))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """One term per input, the factor it is."""
        return explain_repeated("product", inputs, output, index)


@register_layer("concat")
@dataclass(frozen=True)
class Concat(Layer):
    """Its inputs one after another along an axis of the whole tensor, batch axis counted.

    Raises:
        ShapeError: the axis is the batch axis.

    Reference: Szegedy et al. 2015, Going Deeper with Convolutions, section 4.
    """

    axis: int = 1

    def __post_init__(self) -> None:
        """Check the options."""
        if self.axis == 0:
            raise ShapeError("concat: axis must not be the batch axis 0")

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The inputs' shape, their lengths along the axis added up."""
        check_inputs("concat", inputs, most=None)
        rank = len(inputs[0])
        if not -rank < self.axis < rank:
            raise ShapeError(
                f"concat: inputs must have axis {self.axis} behind the batch axis, got {inputs[0]}"
            )
        axis = self.axis % rank
        if len({(*shape[:axis], *shape[axis + 1 :]) for shape in inputs}) > 1:
            raise ShapeError(
                f"concat: inputs must agree but for axis {axis}, got {' and '.join(map(str, inputs))}"
            )
        return (*inputs[0][:axis], sum(shape[axis] for shape in inputs), *inputs[0][axis + 1 :])

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Put them together."""
        return Forward(ops.concat(*inputs, axis=self.axis))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Take them apart."""
        return Gradients(ops.concat_vjp(grad, *inputs, axis=self.axis))

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep | None, ...]:
        """Channels that are joined stand behind those of the inputs before."""
        if self.axis % len(inputs[0]) != 1:
            return super().channel_steps(*inputs)
        ends = np.cumsum([shape[1] for shape in inputs])
        return tuple(ChannelStep(offset=int(end - shape[1])) for end, shape in zip(ends, inputs, strict=True))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """A copy of the one input value it came from."""
        axis = self.axis % output.ndim - 1
        position, source = index[axis], 0
        while position >= (length := inputs[source].shape[axis + 1]):
            position, source = position - length, source + 1
        place = (*index[:axis], position, *index[axis + 1 :])
        return Explanation(float(output[0][index]), "copy", (cell_term(source, inputs[source], place),))

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Channels of unequal number, rows, columns counted from the back, vectors."""
        yield Example(cls(), ((2, 1, 2, 3), (2, 3, 2, 3), (2, 2, 2, 3)))
        yield Example(cls(axis=2), ((1, 2, 1, 3), (1, 2, 2, 3)))
        yield Example(cls(axis=-1), ((1, 2, 2, 2), (1, 2, 2, 1)))
        yield Example(cls(), ((2, 3), (2, 2)))
