"""Which places a layer reads along one axis, as pairs: memory grows with what is read, not what could be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cnn_core.layers.base import FieldStep

__all__ = ["Along", "everything", "listed", "matrix", "window"]

Numbers = NDArray[np.intp]

_BITMAP = 1 << 24
"""Pairs that could be, up to which they are told apart by a bit each rather than by sorting."""


@dataclass(frozen=True, eq=False)
class Along:
    """Place ``at[i]`` of ``length`` reads place ``of[i]`` of ``source``; sorted by ``at``, each pair once."""

    length: int
    source: int
    at: Numbers
    of: Numbers

    @cached_property
    def _reading(self) -> tuple[Numbers, Numbers]:
        """The places that read anything, and where their pairs begin."""
        starts = np.flatnonzero(np.diff(self.at, prepend=-1))
        return self.at[starts], starts

    def gathered(self, values: NDArray[np.generic], join: np.ufunc, empty: object) -> NDArray[np.generic]:
        """For each place ``join`` of the source's values that it reads, ``empty`` where it reads none.

        Shape:
            values: ``(source, ...)``; result: ``(length, ...)``.
        """
        found = np.full((self.length, *values.shape[1:]), empty, values.dtype)
        reading, starts = self._reading
        if len(starts):
            found[reading] = join.reduceat(values[self.of], starts, axis=0)
        return found

    def reversed(self) -> Along:
        """Who reads whom the other way round: a place of the source, and who reads it."""
        order = np.argsort(self.of, kind="stable")
        return Along(self.source, self.length, self.of[order], self.at[order])

    def lists(self) -> tuple[tuple[int, ...], ...]:
        """The places that each place reads."""
        bounds = np.searchsorted(self.at, np.arange(self.length + 1))
        read = self.of.tolist()
        return tuple(tuple(read[first:last]) for first, last in pairwise(bounds.tolist()))


def window(step: FieldStep, axis: int, length: int, source: int) -> Along:
    """The windows of a step along one axis (0: rows, 1: columns), what lies outside left out."""
    starts = np.arange(length) * step.stride[axis] - step.padding[axis]
    read = starts[:, np.newaxis] + np.arange(step.size[axis]) * step.dilation[axis]
    at, offset = np.nonzero((read >= 0) & (read < source))
    return Along(length, source, at, read[at, offset])


def listed(length: int, source: int, at: Numbers, of: Numbers) -> Along:
    """Pairs in any order, some of them more than once."""
    if length * source <= _BITMAP:
        read = np.zeros((length, source), np.bool_)
        read[at, of] = True
        return matrix(read)
    pairs = np.unique(at * source + of)
    return Along(length, source, *np.divmod(pairs, source))


def matrix(read: NDArray[np.bool_]) -> Along:
    """Booleans ``(length, source)``."""
    return Along(*read.shape, *np.nonzero(read))


def everything(length: int, source: int) -> Along:
    """Each place reads all there are."""
    none = np.zeros(0, np.intp)
    return _Everything(length, source, none, none)


class _Everything(Along):
    """Pairs that are not written out."""

    def gathered(self, values: NDArray[np.generic], join: np.ufunc, empty: object) -> NDArray[np.generic]:
        return np.broadcast_to(join.reduce(values, axis=0), (self.length, *values.shape[1:]))
