"""Slice, pad, repeat, gather: every output value is one input value, or a constant."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
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
from cnn_core.ops.pick import PAD_MODES, padded_places, pick, pick_vjp

__all__ = ["Gather", "Pad", "Repeat", "Slice"]


@dataclass(frozen=True)
class _Pick(Layer):
    """Along every axis of a sample, seen as ``split``, some places; the result seen as ``shape``."""

    split: Shape
    shape: Shape

    @property
    @abstractmethod
    def counts(self) -> Shape:
        """How many places are picked along every axis."""

    @property
    @abstractmethod
    def places(self) -> list[NDArray[np.intp]]:
        """Which: an index per place, -1 for the constant."""

    @property
    def value(self) -> float:
        """The constant."""
        return 0.0

    def _check(self, **numbers: Sequence[int]) -> None:
        check_options(self.kind, 1, split=self.split)
        for name, values in numbers.items():
            if len(values) != len(self.split):
                raise ShapeError(f"{self.kind}: {name} must have {len(self.split)} numbers, got {values}")
        check_options(self.kind, 1, counts=self.counts)
        if prod(self.counts) != prod(self.shape):
            raise ShapeError(f"{self.kind}: shape must hold {prod(self.counts)} values, got {self.shape}")

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(N, *shape)``."""
        found = one(self.kind, inputs)
        if prod(found[1:]) != prod(self.split):
            raise ShapeError(f"{self.kind}: x must have {prod(self.split)} values, got {found}")
        return (found[0], *self.shape)

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Pick."""
        (x,) = inputs
        picked = pick(x.reshape(len(x), *self.split), self.places, self.value)
        return Forward(picked.reshape(len(x), *self.shape))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Every gradient to where its value came from."""
        (x,) = inputs
        back = pick_vjp(grad.reshape(len(x), *self.counts), self.places, self.split)
        return Gradients((back.reshape(x.shape),))

    def field(self, *inputs: Shape) -> None:
        """No window: ``origin`` says where every value comes from."""

    def origin(self, source: Shape) -> NDArray[np.intp]:
        """The number of the value picked."""
        numbers = np.arange(prod(self.split), dtype=np.intp).reshape(1, *self.split)
        return pick(numbers, self.places, -1).reshape(self.shape)

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep | None]:
        """Their own, if no channel moves."""
        return copied_channels(self, inputs[0])

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """A copy of the one input value it came from, or the constant."""
        return explain_copy(self, inputs[0], output, index)


@register_layer("slice")
@dataclass(frozen=True)
class Slice(_Pick):
    """``count`` values along every axis, from ``start`` on, ``step`` apart, which may be negative.

    Raises:
        ShapeError: it reaches beyond the sample, or a count is below 1.
    """

    start: tuple[int, ...]
    step: tuple[int, ...]
    count: tuple[int, ...]

    def __post_init__(self) -> None:
        """Check the options."""
        self._check(start=self.start, step=self.step, count=self.count)
        for length, start, step, count in zip(self.split, self.start, self.step, self.count, strict=True):
            if not (0 <= start < length and 0 <= start + step * (count - 1) < length):
                raise ShapeError(f"slice: must lie within {self.split}, got {self}")

    @property
    def counts(self) -> Shape:
        """As asked for."""
        return self.count

    @property
    def places(self) -> list[NDArray[np.intp]]:
        """Every axis a range."""
        rows = zip(self.start, self.step, self.count, strict=True)
        return [start + step * np.arange(count) for start, step, count in rows]

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Some channels, every second place, rows backwards, part of a vector."""
        yield Example(cls((4, 2, 3), (2, 2, 3), (1, 0, 0), (1, 1, 1), (2, 2, 3)), ((2, 4, 2, 3),))
        yield Example(cls((2, 5, 6), (2, 2, 2), (0, 1, 0), (1, 2, 3), (2, 2, 2)), ((1, 2, 5, 6),))
        yield Example(cls((1, 3, 2), (1, 3, 2), (0, 2, 0), (1, -1, 1), (1, 3, 2)), ((2, 1, 3, 2),))
        yield Example(cls((6,), (3,), (2,), (1,), (3,)), ((2, 6),))


@register_layer("pad")
@dataclass(frozen=True)
class Pad(_Pick):
    """``before`` and ``after`` places more along every axis.

    ``mode``: ``constant`` (``fill``), ``reflect`` (mirrored, the edge not twice), ``edge`` (repeated),
    ``wrap`` (from the other side).

    Raises:
        ShapeError: a negative pad, an unknown mode.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    mode: str = "constant"
    fill: float = 0.0

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("pad", 0, before=self.before, after=self.after)
        if self.mode not in PAD_MODES:
            raise ShapeError(f"pad: mode must be one of {', '.join(PAD_MODES)}, got {self.mode!r}")
        self._check(before=self.before, after=self.after)

    @property
    def counts(self) -> Shape:
        """Longer by both pads."""
        rows = zip(self.before, self.split, self.after, strict=True)
        return tuple(before + length + after for before, length, after in rows)

    @property
    def value(self) -> float:
        """The fill."""
        return self.fill

    @property
    def places(self) -> list[NDArray[np.intp]]:
        """Every axis with its pads."""
        rows = zip(self.split, self.before, self.after, strict=True)
        return [padded_places(length, before, after, self.mode) for length, before, after in rows]

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Every mode, uneven pads, more than the map is long, channels of a constant."""
        yield Example(cls((2, 2, 3), (2, 5, 4), (0, 1, 0), (0, 2, 1)), ((2, 2, 2, 3),))
        yield Example(cls((1, 2, 2), (3, 2, 3), (1, 0, 0), (1, 0, 1), fill=1.5), ((1, 1, 2, 2),))
        yield Example(cls((1, 3, 4), (1, 6, 8), (0, 2, 1), (0, 1, 3), "reflect"), ((1, 1, 3, 4),))
        yield Example(cls((2, 2, 2), (2, 5, 4), (0, 3, 1), (0, 0, 1), "edge"), ((1, 2, 2, 2),))
        yield Example(cls((1, 2, 3), (1, 5, 7), (0, 1, 2), (0, 2, 2), "wrap"), ((1, 1, 2, 3),))


@register_layer("repeat")
@dataclass(frozen=True)
class Repeat(_Pick):
    """The sample as often as ``times`` says along every axis, one copy behind the other.

    Raises:
        ShapeError: a number below 1.
    """

    times: tuple[int, ...]

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("repeat", 1, times=self.times)
        self._check(times=self.times)

    @property
    def counts(self) -> Shape:
        """As many times as long."""
        return tuple(length * times for length, times in zip(self.split, self.times, strict=True))

    @property
    def places(self) -> list[NDArray[np.intp]]:
        """Round and round."""
        rows = zip(self.counts, self.split, strict=True)
        return [np.arange(count) % length for count, length in rows]

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """A number per channel over a map, copies side by side, a vector."""
        yield Example(cls((3, 1, 1), (3, 2, 3), (1, 2, 3)), ((2, 3, 1, 1),))
        yield Example(cls((1, 2, 2), (2, 2, 4), (2, 1, 2)), ((1, 1, 2, 2),))
        yield Example(cls((2,), (6,), (3,)), ((2, 2),))


@register_layer("gather")
@dataclass(frozen=True)
class Gather(_Pick):
    """Along ``axis`` of the sample the values at these indices, in their order.

    Raises:
        ShapeError: no such axis, or an index beyond it.
    """

    axis: int
    indices: tuple[int, ...]

    def __post_init__(self) -> None:
        """Check the options."""
        if not 0 <= self.axis < len(self.split):
            raise ShapeError(f"gather: axis must be one of {len(self.split)}, got {self.axis}")
        if any(not 0 <= index < self.split[self.axis] for index in self.indices):
            raise ShapeError(f"gather: indices must be below {self.split[self.axis]}, got {self.indices}")
        self._check()

    @property
    def counts(self) -> Shape:
        """The axis as long as there are indices."""
        return (*self.split[: self.axis], len(self.indices), *self.split[self.axis + 1 :])

    @property
    def places(self) -> list[NDArray[np.intp]]:
        """The indices, along their axis."""
        found = [np.arange(length) for length in self.split]
        found[self.axis] = np.array(self.indices, np.intp)
        return found

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Channels in another order and twice, columns, values of a vector."""
        yield Example(cls((3, 2, 2), (4, 2, 2), 0, (2, 0, 2, 1)), ((2, 3, 2, 2),))
        yield Example(cls((2, 2, 3), (2, 2, 2), 2, (2, 0)), ((1, 2, 2, 3),))
        yield Example(cls((4,), (3,), 0, (3, 3, 0)), ((2, 4),))
