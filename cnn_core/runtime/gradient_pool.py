"""Memory for gradients, used again and again on the way back through a graph."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import DTypeLike

from cnn_core.layers.base import Array, Shape

__all__ = ["GradientPool"]


class GradientPool:
    """Arrays with a count of who holds them; one that nobody holds is given to the next who asks.

    The same calls get the same memory, whatever was done before the last ``reset``.
    """

    def __init__(self, dtype: DTypeLike = np.float32) -> None:
        self._dtype = dtype
        self._all: list[Array] = []
        self._holders: dict[int, int] = {}

    @property
    def nbytes(self) -> int:
        """What it has reserved so far."""
        return sum(each.nbytes for each in self._all)

    def reset(self) -> None:
        """Nobody holds anything any more."""
        self._holders = {id(each): 0 for each in self._all}

    def take(self, shape: Shape) -> Array:
        """An array of any values, held once: the smallest free one that is large enough."""
        size = math.prod(shape)
        free = [each for each in self._all if each.size >= size and not self._holders[id(each)]]
        if free:
            flat = min(free, key=lambda each: each.size)
        else:
            flat = np.empty(size, self._dtype)
            self._all.append(flat)
        self._holders[id(flat)] = 1
        return flat[:size].reshape(shape)

    def hold(self, taken: Array) -> None:
        """One more holds it."""
        self._holders[id(taken.base)] += 1

    def drop(self, taken: Array) -> None:
        """One holds it no longer."""
        self._holders[id(taken.base)] -= 1

    def is_alone(self, taken: Array) -> bool:
        """Whether only one holds it, who may then write into it."""
        return self._holders[id(taken.base)] == 1

    def merge(self, one: Array, other: Array) -> Array:
        """Their sum, held once in place of both: in the memory of one of them if nobody else reads it."""
        if self.is_alone(one):
            one += other
            self.drop(other)
            return one
        if self.is_alone(other):
            other += one
            self.drop(one)
            return other
        total = self.take(one.shape)
        np.add(one, other, out=total)
        self.drop(one)
        self.drop(other)
        return total
