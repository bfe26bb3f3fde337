"""Where a node's output lies in memory, and the views of it that kernels read and write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from cnn_core.layers.base import Array, Shape
from cnn_core.ops.windows import Padding

__all__ = ["Order", "Place", "Strip", "Tensor", "beside"]

Order = Literal["NHWC", "NHCW", "NCHW", "NC"]
"""The axes from the outermost in; ``NC`` is that of vectors."""

ITEM = 4
LINE = 16
"""Float32 values in a cache line of 64 bytes: every place begins at one."""

NO_BORDER: Padding = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Strip:
    """A part of a node's output: some images, some rows of them, some channels."""

    images: slice
    rows: slice
    channels: slice = field(default_factory=lambda: slice(None))

    @property
    def count(self) -> tuple[int, int]:
        """Images and rows."""
        return self.images.stop - self.images.start, self.rows.stop - self.rows.start


@dataclass(frozen=True, slots=True)
class Place:
    """Memory for one output: its order of axes, with a border of zeros that its readers count as padding.

    ``shape`` is the output's own, ``(N, C, H, W)`` or ``(N, F)``; ``border`` is ``(top, left, bottom,
    right)``. ``channels`` says how many lie in the same memory, more than its own where the output is a part
    of a concatenation. ``offset`` counts float32 values from the start of the memory.
    """

    shape: Shape
    order: Order
    border: Padding = NO_BORDER
    offset: int = 0
    channels: int = 0

    @property
    def sizes(self) -> dict[str, int]:
        """Length of every axis, border included, by its letter."""
        if len(self.shape) == 2:
            return {"N": self.shape[0], "C": self.shape[1]}
        batch, channels, height, width = self.shape
        top, left, bottom, right = self.border
        return {"N": batch, "C": channels, "H": top + height + bottom, "W": left + width + right}

    @property
    def strides(self) -> dict[str, int]:
        """Values from one index to the next along every axis, by its letter."""
        lengths = self.sizes
        lengths["C"] = self.channels or lengths["C"]
        steps, step = {}, 1
        for letter in reversed(self.order):
            steps[letter] = step
            step *= lengths[letter]
        return steps

    @property
    def size(self) -> int:
        """Values to reserve: border included, whole cache lines."""
        sizes = self.sizes
        values = int(np.prod(list(sizes.values()))) // sizes["C"] * (self.channels or sizes["C"])
        return -(-values // LINE) * LINE

    def part(self, shape: Shape, first: int) -> Place:
        """The place of the channels from ``first`` on, as many as ``shape`` has."""
        offset = self.offset + first * self.strides["C"]
        return replace(self, shape=shape, offset=offset, channels=self.channels or self.shape[1])

    def window(self) -> tuple[Shape, int, tuple[int, ...]]:
        """Shape, first byte and strides in bytes of the output without its border, channels before rows."""
        steps = self.strides
        letters, first = "NC"[: len(self.shape)], self.offset
        if len(self.shape) == 4:
            letters = "NCHW"
            first += self.border[0] * steps["H"] + self.border[1] * steps["W"]
        return self.shape, first * ITEM, tuple(steps[letter] * ITEM for letter in letters)


class Tensor:
    """The views of one output in one memory.

    ``whole`` has the border and ``inside`` has not, both with axes in the place's order; ``nchw`` is
    ``inside`` in the order everybody else uses.
    """

    def __init__(self, memory: Array, place: Place) -> None:
        self.place = place
        sizes, steps = place.sizes, place.strides
        shape = [sizes[letter] for letter in place.order]
        strides = [steps[letter] * ITEM for letter in place.order]
        self.whole: Array = np.ndarray(shape, np.float32, memory, place.offset * ITEM, strides)
        shown, first, strides_shown = place.window()
        self.nchw: Array = np.ndarray(shown, np.float32, memory, first, strides_shown)
        axes = range(2) if len(place.shape) == 2 else ["NCHW".index(letter) for letter in place.order]
        self.inside = self.nchw.transpose(*axes)

    def strip(self, strip: Strip) -> Array:
        """A part of ``inside``; what is one row high, or a vector, is read by every row."""
        index = {"N": strip.images, "H": strip.rows, "C": strip.channels}
        if self.place.sizes.get("H", 1) - self.place.border[0] - self.place.border[2] == 1:
            index["H"] = slice(None)
        part: Array = self.inside[tuple(index.get(letter, slice(None)) for letter in self.place.order)]
        return part


def beside(places: list[Place], start: int = 0) -> tuple[list[Place], int]:
    """The places one after another in memory, and the values they take together."""
    laid = []
    for place in places:
        laid.append(replace(place, offset=start))
        start += place.size
    return laid, start
