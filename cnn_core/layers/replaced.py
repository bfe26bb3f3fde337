"""A layer whose output is in part replaced by given numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ShapeError
from cnn_core.layers.base import (
    Array,
    ChannelStep,
    Cost,
    Example,
    Explanation,
    FieldStep,
    Forward,
    Gradients,
    Layer,
    Params,
    Shape,
)

__all__ = ["REPLACED", "VALUES", "Replaced", "bare"]

REPLACED, VALUES = "replaced", "replacement"
"""Names of its two parameters beside those of the layer: 1 where a value is replaced, else 0; and by what."""


@dataclass(frozen=True)
class Replaced(Layer):
    """out = replacement where replaced, elsewhere what ``layer`` gives, bit for bit.

    It is made of a network that is there (``cnn_core.graph.edits``), never read from a file: so it is not
    among ``LAYERS``. No gradient passes where a value is replaced.

    Shape:
        as ``layer``; both parameters that of one sample of the output, ``shape``.

    Raises:
        ShapeError: ``shape`` is empty.
    """

    kind: ClassVar[str] = "replaced"

    layer: Layer
    shape: Shape

    def __post_init__(self) -> None:
        """Check the options."""
        if not self.shape:
            raise ShapeError("replaced: wanted the shape of one sample of the output, got ()")

    def infer_shape(self, *inputs: Shape) -> Shape:
        """The layer's."""
        return self.layer.infer_shape(*inputs)

    def parameter_shapes(self) -> dict[str, Shape]:
        """The layer's, and the two."""
        return {**self.layer.parameter_shapes(), REPLACED: self.shape, VALUES: self.shape}

    def tracked(self) -> frozenset[str]:
        """The layer's, and the two, which no training changes."""
        return self.layer.tracked() | {REPLACED, VALUES}

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """The layer's; nothing is replaced."""
        zeros = np.zeros(self.shape, np.float32)
        return {**self.layer.init(rng), REPLACED: zeros, VALUES: zeros}

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Run the layer, then replace."""
        done = self.layer.forward(params, *inputs, training=training, rng=rng)
        output = np.where(params[REPLACED] != 0, params[VALUES].astype(done.output.dtype), done.output)
        return Forward(output, done, done.updates)

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """The layer's, from a gradient that is zero where a value is replaced."""
        own = done.saved if isinstance(done.saved, Forward) else self.layer.forward(params, *inputs)
        passed = np.where(params[REPLACED] != 0, grad.dtype.type(0), grad)
        return self.layer.backward(params, inputs, own, passed)

    def cost(self, *inputs: Shape) -> Cost:
        """The layer's."""
        return self.layer.cost(*inputs)

    def field(self, *inputs: Shape) -> FieldStep | None:
        """The layer's."""
        return self.layer.field(*inputs)

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep | None, ...]:
        """The layer's."""
        return self.layer.channel_steps(*inputs)

    def origin(self, source: Shape) -> NDArray[np.intp] | None:
        """The layer's."""
        return self.layer.origin(source)

    def reads(self, source: Shape) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
        """The layer's."""
        return self.layer.reads(source)

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """A constant where the value is replaced, elsewhere what the layer says."""
        if params[REPLACED][index]:
            return Explanation(float(output[0][index]), "constant", ())
        return self.layer.explain(params, inputs, output, index)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """None: its contract is that of the layer it stands around."""
        return ()


def bare(layer: Layer) -> Layer:
    """The layer itself, without what is replaced of its output."""
    return layer.layer if isinstance(layer, Replaced) else layer
