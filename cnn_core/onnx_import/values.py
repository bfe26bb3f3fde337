"""What a name in an ONNX file stands for while the network is built: known numbers, or a node's output.

A tensor of one sample is held as a map or a vector, whatever its number of axes in the file: ``(N, A, B)`` as
``(N, A, B, 1)``, five axes and more with the last ones joined. The numbers and their order are the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from cnn_core.layers.base import Shape

__all__ = ["Known", "Led", "Order", "Pending", "Tensor", "Value", "held"]

Known = NDArray[Any]
"""Numbers that do not depend on the image."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """The output of a node; ``shape`` is the file's, batch axis first."""

    node: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Pending:
    """A node's output rearranged, for which no node has been made yet.

    It is ``source`` with its sample seen as ``split``, the axes in ``order``, the result seen as ``shape``.
    ``name`` and ``tensor`` are what the node will be called, and the name of the tensor in the file.
    """

    source: Tensor
    split: Shape
    order: tuple[int, ...]
    shape: Shape
    name: str = ""
    tensor: str = ""

    @property
    def moves(self) -> bool:
        """Whether numbers change their order; axes of length 1 do not count."""
        long = [axis for axis in self.order if self.split[axis] > 1]
        return long != sorted(long)


@dataclass(frozen=True, slots=True)
class Led:
    """A tensor whose axes are all its own; ``value`` has that of the images in front of them."""

    value: Tensor | Pending


@dataclass(frozen=True, slots=True)
class Order:
    """How the file sees a node's sample: as ``split``, its axes in ``order``."""

    split: Shape
    order: tuple[int, ...]


Value = Known | Tensor | Pending


def held(shape: Shape) -> Shape:
    """The shape, batch axis first, that a tensor of the file has in the graph.

    >>> held((1, 5)), held((1, 3, 7)), held((1, 2, 3, 4, 5)), held((2,))
    ((1, 5), (1, 3, 7, 1), (1, 2, 3, 20), (2, 1))
    """
    rank = len(shape)
    if rank in (2, 4):
        return shape
    if rank < 2:
        return (*shape, 1)
    return (*shape, 1) if rank == 3 else (*shape[:3], math.prod(shape[3:]))
