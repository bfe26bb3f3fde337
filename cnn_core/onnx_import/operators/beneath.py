"""Maps whose axes are in another order for a while: what is done to them there can be done to the maps.

Networks written for channels last, and those that see a map as a list of tokens, transpose before and after
what they do. Done beneath the transposition the maps stay maps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from cnn_core.layers.base import Array, Layer, Shape
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Known, Pending, Tensor, Value

__all__ = ["Beneath", "beneath", "together"]


@dataclass(frozen=True, slots=True)
class Beneath:
    """A node's output, and the order of axes in which the file sees it at this point."""

    step: Step
    seen: Pending
    maps: Tensor
    """As the graph has it."""

    def axes(self, *numbers: int) -> tuple[int, ...]:
        """The axes of the maps that axes of the file are: all sides where it has them as one."""
        own = {self.seen.order[number - 1] + 1 for number in numbers}
        joined = len(self.seen.split) < len(self.maps.shape) - 1 and 2 in own
        return tuple(sorted(own | {3} if joined else own))

    def constant(self, sample: Known) -> Known | None:
        """Numbers that fit the file's sample as they fit that of the maps; None where they repeat it."""
        split, order = self.seen.split, self.seen.order
        if np.broadcast_shapes(sample.shape, self.seen.shape[1:]) != self.seen.shape[1:]:
            return None
        turned = sample.transpose([order.index(axis) for axis in range(len(order))])
        if len(split) == len(self.maps.shape) - 1:
            return turned
        last = (1, 1) if turned.shape[-1] == 1 else self.maps.shape[len(split) :]
        return turned.reshape(*turned.shape[:-1], *last)

    def make(self, layer: Layer, parameters: Mapping[str, Array] | None = None) -> Pending:
        """A layer on the maps, seen in the file's order again; it may change how many channels there are."""
        made = self.step.make(layer, self.maps, parameters=parameters, seen=self.seen)
        return self.again(made)

    def again(self, made: Tensor) -> Pending:
        """Maps made of these, as the file sees them."""
        split = (made.shape[1], *self.seen.split[1:])
        shape = (self.seen.shape[0], *(split[axis] for axis in self.seen.order))
        source = Tensor(made.node, (made.shape[0], *split))
        name = f"{self.step.name}.turned"
        return Pending(source, split, self.seen.order, shape, name, "")


def beneath(step: Step, value: Value) -> Beneath | None:
    """What lies beneath a transposition; None where the value is no transposed map."""
    if not isinstance(value, Pending) or not value.moves:
        return None
    value = _without_ones(value)
    if value.shape[1:] != tuple(value.split[axis] for axis in value.order):
        return None
    own = step.network.shapes[value.source.node]
    fits = len(own) == 4 and own[1] == value.split[0] and _joined(own, value.split)
    return Beneath(step, value, Tensor(value.source.node, own)) if fits else None


def _joined(own: Shape, split: Shape) -> bool:
    """Whether the axes are the maps' own, or all sides are one."""
    return own[1:] == split or (len(split) == 2 and prod(own[2:]) == split[1])


def _without_ones(value: Pending) -> Pending:
    """Axes of length 1 in front, which splitting into one group leaves, taken away."""
    long = [axis for axis, size in enumerate(value.split) if size > 1]
    if len(long) == len(value.split) or len(value.shape) - 1 == len(value.split):
        return value
    split = tuple(value.split[axis] for axis in long)
    order = tuple(long.index(axis) for axis in value.order if axis in long)
    source = Tensor(value.source.node, (value.source.shape[0], *split))
    return replace(value, source=source, split=split, order=order)


def together(step: Step, values: Sequence[Value]) -> list[Beneath] | None:
    """What lies beneath several values whose axes are in one order; None where they are not all so."""
    found = [beneath(step, value) for value in values]
    first = found[0]
    same = [
        each
        for each in found
        if each and first and (each.seen.order, each.seen.split) == (first.seen.order, first.seen.split)
    ]
    if first is None or len(same) < len(values):
        return None
    return [each if each.maps.shape == first.maps.shape else _as(each, first) for each in same]


def _as(one: Beneath, first: Beneath) -> Beneath:
    """The same numbers in the sides of the first's maps."""
    step = one.step
    maps = step.network.settle(
        Pending(one.maps, one.maps.shape[1:], (0, 1, 2), first.maps.shape, f"{step.name}.maps"), step.who
    )
    return replace(one, maps=Tensor(maps.node, step.network.shapes[maps.node]))
