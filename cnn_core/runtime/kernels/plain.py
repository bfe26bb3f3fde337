"""Any layer by its plain operator."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Kernel, Site, Split
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["Plain"]


class Plain(Kernel):
    """The layer's own forward pass and a copy of what it gives: for layers without a kernel of their own."""

    @property
    def split(self) -> Split:
        """Not at all."""
        return "never"

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Always."""
        return True

    @property
    def passing(self) -> int:
        """Its inputs with their padding, and its output once on the way and once finished."""
        top, left, bottom, right = getattr(self.site.layer, "padding", (0, 0, 0, 0))
        values = 2 * math.prod(self.site.output)
        for shape in self.site.inputs:
            height, width = (*shape[2:], 1, 1)[:2]
            values += math.prod(shape[:2]) * (top + height + bottom) * (left + width + right)
        return values

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """One call."""
        return [partial(self._run, tuple(x.nchw for x in inputs), output.nchw)]

    def _run(self, inputs: tuple[Array, ...], out: Array) -> None:
        np.copyto(out, self.site.layer.forward(self.site.params, *inputs).output)
