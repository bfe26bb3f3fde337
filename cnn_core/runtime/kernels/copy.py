"""Layers that only move numbers."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from cnn_core.layers import Concat, Flatten
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Kernel, Reach, Site, Split
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["ConcatCopy", "FlattenCopy"]


class FlattenCopy(Kernel):
    """All values of a sample, copied once, since a map does not lie in that order."""

    error = 0.0
    exact = True

    @property
    def split(self) -> Split:
        """Not at all."""
        return "never"

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Any flatten."""
        return isinstance(site.layer, Flatten)

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """One copy."""
        x = inputs[0].nchw
        return [partial(np.copyto, output.inside.reshape(x.shape), x)]


class ConcatCopy(Kernel):
    """Channels side by side, for those inputs that were not written there to begin with."""

    error = 0.0
    exact = True
    reach: ClassVar[Reach] = "row"

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Maps, along their channels."""
        return (
            isinstance(site.layer, Concat) and site.layer.axis % len(site.output) == 1 and site.order != "NC"
        )

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """A copy for each such input."""
        images, rows = strip.images, strip.rows
        out, calls, first = output.nchw[images, :, rows], [], 0
        for x in inputs:
            target = out[:, first : first + x.nchw.shape[1]]
            first += x.nchw.shape[1]
            source = x.nchw[images, :, rows]
            if source.ctypes.data != target.ctypes.data:
                calls.append(partial(np.copyto, target, source))
        return list(calls)
