"""What a kernel is: one node at one shape, as calls that write into memory reserved before.

A kernel is bound once to its memory, strip by strip; what it returns is a list of NumPy calls with every
view made and every ``out=`` given, so that a run does nothing but call them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array, Layer, Params, Shape
from cnn_core.ops.windows import Padding
from cnn_core.runtime.places import Order, Strip, Tensor

__all__ = ["Call", "Kernel", "Reach", "Site", "Split", "tiled"]

Call = Callable[[], object]

Split = Literal["rows", "channels", "never"]

Reach = Literal["value", "row", "any"]
"""What an output value needs: the value at the same place (of every input, or one broadcast to it), values of
the same row, or more. The first two may follow another node strip by strip, while it is in the cache."""


@dataclass(frozen=True)
class Site:
    """A node at one shape: what a kernel is chosen by. Orders are those its places will have."""

    layer: Layer
    params: Params
    inputs: tuple[Shape, ...]
    output: Shape
    sources: tuple[Order, ...]
    order: Order


class Kernel(ABC):
    """Base of all kernels.

    ``error`` is the largest difference from the same operator in float64, as a share of that one's largest
    value, for inputs of the size that networks see; a test holds every kernel to it.
    """

    error: ClassVar[float] = 1e-6
    exact: ClassVar[bool] = False
    """Whether every place of a map gets the same sums in the same order."""
    approximate: ClassVar[bool] = False
    """Whether rounding is visibly larger than the plain operator's: only for those who ask for it."""
    compiled: ClassVar[bool] = False
    """Whether it wants the functions that Numba compiles (``cnn_core.runtime.compiled``)."""
    reach: ClassVar[Reach] = "any"
    weighty: ClassVar[bool] = False
    """Whether every strip reads all the weights again, so that strips should not be thin."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @classmethod
    @abstractmethod
    def fits(cls, site: Site) -> bool:
        """Whether this kernel can compute that node, and is the one to do it."""

    @property
    def split(self) -> Split:
        """Along what the work is cut into tasks."""
        return "rows"

    @property
    def border(self) -> Padding:
        """The zeros it wants around its inputs."""
        layer = self.site.layer
        return layer.padding if isinstance(layer, Conv2d) else (0, 0, 0, 0)

    @property
    def grain(self) -> int:
        """Strips should have a multiple of so many rows."""
        return 1

    @property
    def factor(self) -> int:
        """Input rows for each output row, for a kernel that follows another in its strips."""
        return 1

    @property
    def nbytes(self) -> int:
        """Memory of the weights in the kernel's own form."""
        return sum(value.nbytes for value in vars(self).values() if isinstance(value, np.ndarray))

    @property
    def passing(self) -> int:
        """Float32 values that are taken while it runs and that nobody has reserved."""
        return 0

    def scratch(self, images: int, rows: int) -> int:
        """Float32 values that one thread needs besides, for a strip of this size."""
        return 0

    @abstractmethod
    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """The calls that compute a strip of the output; ``scratch`` is theirs while they run."""


def tiled(values: Array, width: int, order: Order) -> Array:
    """One value per channel, repeated along a row of the map so that NumPy meets whole rows.

    A channel's value broadcast along the row would end every inner loop after as many steps as there are
    channels.
    """
    if order == "NHWC":
        return np.ascontiguousarray(np.broadcast_to(values, (width, len(values))))
    if order == "NHCW":
        return np.ascontiguousarray(np.broadcast_to(values[:, np.newaxis], (len(values), width)))
    return values if order == "NC" else values.reshape(-1, 1, 1)
