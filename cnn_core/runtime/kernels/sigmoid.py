"""Sigmoid, and SiLU, which is built on it."""

from __future__ import annotations

from functools import partial

import numpy as np

from cnn_core.layers import SiLU
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Site
from cnn_core.runtime.kernels.pointwise import Pointwise
from cnn_core.runtime.places import Strip

__all__ = ["SigmoidRows"]

ONE = np.float32(1)


class SigmoidRows(Pointwise):
    """1 / (1 + exp(-x)) or x / (1 + exp(-x)), in place in the output: four passes, all in the cache.

    Where exp(-x) is beyond float32 the result is 0, as it should be; a plan runs with that warning off.
    """

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.times_x = isinstance(site.layer, SiLU)

    def calls(self, inputs: tuple[Array, ...], out: Array, strip: Strip, scratch: Array) -> list[Call]:
        """Negative, exp, plus 1, divide."""
        (x,) = inputs
        return [
            partial(np.negative, x, out=out),
            partial(np.exp, out, out=out),
            partial(np.add, out, ONE, out=out),
            partial(np.divide, x if self.times_x else ONE, out, out=out),
        ]
