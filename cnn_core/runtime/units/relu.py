"""ReLU."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn_core.layers import ReLU
from cnn_core.layers.base import Array, Layer, Params, Shape
from cnn_core.runtime.units.base import BLOCK, Back, Unit, bits

__all__ = ["ReluUnit"]


class ReluUnit(Unit):
    """max(x, 0), and the gradient where that is above 0, by bits, which takes half as long as comparing.

    The sign of the negated bits of a positive number, spread over all of them, is a mask.
    """

    error = 0.0
    reads_output = True

    @classmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """Any ReLU."""
        return type(layer) is ReLU

    @property
    def scratch(self) -> int:
        """A block's masks."""
        return BLOCK

    def forward(
        self,
        params: Params,
        inputs: tuple[Array, ...],
        out: Array,
        scratch: Array,
        rng: np.random.Generator | None,
    ) -> None:
        """One maximum."""
        np.maximum(inputs[0], out.dtype.type(0), out=out)

    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """Four passes over bits, block by block."""
        if not asked.wanted[0]:
            return [None], {}
        d_x = asked.grad if asked.mine else asked.pool.take(out.shape)
        seen, given, left = (bits(each.reshape(-1)) for each in (out, asked.grad, d_x))
        masks, sign = bits(scratch[:BLOCK]), 8 * out.itemsize - 1
        for first in range(0, out.size, BLOCK):
            part = slice(first, min(first + BLOCK, out.size))
            mask = masks[: part.stop - first]
            np.maximum(seen[part], 0, out=mask)  # minus zero has a sign bit and no other
            np.negative(mask, out=mask)
            np.right_shift(mask, sign, out=mask)
            np.bitwise_and(given[part], mask, out=left[part])
        return [d_x], {}
