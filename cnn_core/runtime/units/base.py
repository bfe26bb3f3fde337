"""What a unit is: one node of a training plan, forward and back, in memory reserved before.

Maps lie with the batch innermost, ``(H, C, W, N)``, vectors as ``(F, N)``. A row of a channel is then one run
of ``W * N`` numbers, long enough for matrix products and element operations even on maps of a few pixels, and
one column further is ``N`` numbers further, so a window slides along a row without gathering anything.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from cnn_core.layers.base import Array, Layer, Params, Shape

__all__ = ["BLOCK", "Back", "Pool", "Unit", "batch_first", "batch_last", "blocks", "native_shape"]

BLOCK = 1 << 16
"""Values that several passes go over together, so that all but the first find them in the cache."""


class Pool(Protocol):
    """Where gradients get their memory."""

    def take(self, shape: Shape) -> Array:
        """An array of any values."""


@dataclass(frozen=True, slots=True)
class Back:
    """What a unit's backward pass is asked.

    ``grad`` is the gradient of its output; with ``mine`` nobody else reads it, so that it may be overwritten.
    ``wanted`` says of every input whether its gradient is, ``params`` whether those of the parameters are.
    """

    grad: Array
    mine: bool
    wanted: tuple[bool, ...]
    pool: Pool
    params: bool = True


class Unit(ABC):
    """Base of all units, made for one layer at shapes ``(N, C, H, W)``.

    ``error`` is the largest difference from the same operator in float64, as a share of that one's largest
    value, of the output and of every gradient; a test holds each unit to it.
    """

    error: ClassVar[float] = 2e-6
    reads_output: ClassVar[bool] = False
    """Whether the backward pass reads the unit's output; if not, a ReLU behind it may overwrite it."""

    def __init__(self, layer: Layer, inputs: tuple[Shape, ...], output: Shape, training: bool) -> None:
        self.layer, self.inputs, self.output, self.training = layer, inputs, output, training
        self.updates: Mapping[str, Array] = {}
        """New values of tracked parameters, after a training pass."""

    @classmethod
    @abstractmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """Whether this unit can do that layer at these shapes."""

    @property
    def scratch(self) -> int:
        """Values that it needs besides, while it runs."""
        return 0

    @abstractmethod
    def forward(
        self,
        params: Params,
        inputs: tuple[Array, ...],
        out: Array,
        scratch: Array,
        rng: np.random.Generator | None,
    ) -> None:
        """Fill ``out``."""

    @abstractmethod
    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """The gradients of the inputs that are asked for, and of the parameters if these are.

        Those of inputs lie in memory of the pool, or are ``asked.grad`` itself, for any number of inputs.
        """


def native_shape(shape: Shape) -> Shape:
    """How an array of this shape, batch first, lies in a training plan.

    >>> native_shape((32, 3, 64, 48)), native_shape((32, 10))
    ((64, 3, 48, 32), (10, 32))
    """
    if len(shape) == 4:
        images, channels, height, width = shape
        return height, channels, width, images
    return (*shape[1:], shape[0])


def batch_first(native: Array) -> Array:
    """``(H, C, W, N)`` as ``(N, C, H, W)``, or ``(F, N)`` as ``(N, F)``: a view."""
    if native.ndim == 4:
        return native.transpose(3, 1, 0, 2)
    return np.moveaxis(native, -1, 0)


def batch_last(x: Array) -> Array:
    """The inverse of ``batch_first``: a view."""
    if x.ndim == 4:
        return x.transpose(2, 1, 3, 0)
    return np.moveaxis(x, 0, -1)


def blocks(length: int, values: int) -> list[slice]:
    """Rows of ``values`` numbers, of which there are ``length``, in parts of about ``BLOCK`` numbers."""
    step = max(1, BLOCK // max(1, values))
    return [slice(first, min(first + step, length)) for first in range(0, length, step)]
