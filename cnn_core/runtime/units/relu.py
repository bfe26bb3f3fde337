"""ReLU."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn_core.layers import ReLU
from cnn_core.layers.base import Array, Layer, Params, Shape
from cnn_core.runtime.units.base import BLOCK, Back, Unit, blocks

__all__ = ["ReluUnit"]


class ReluUnit(Unit):
    """max(x, 0), and the gradient where that is above 0."""

    error = 0.0
    reads_output = True

    @classmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """Any ReLU."""
        return type(layer) is ReLU

    @property
    def scratch(self) -> int:
        """A block of zeros, against which a maximum takes a third of the time of that with a single one."""
        return BLOCK

    def forward(
        self,
        params: Params,
        inputs: tuple[Array, ...],
        out: Array,
        scratch: Array,
        rng: np.random.Generator | None,
    ) -> None:
        """One maximum, block by block."""
        x, made, zeros = inputs[0].reshape(-1), out.reshape(-1), scratch[:BLOCK]
        zeros.fill(0)
        for part in blocks(out.size, 1):
            np.maximum(x[part], zeros[: part.stop - part.start], out=made[part])

    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """A comparison and a product, block by block."""
        if not asked.wanted[0]:
            return [None], {}
        d_x = asked.grad if asked.mine else asked.pool.take(out.shape)
        made, given, left = (each.reshape(-1) for each in (out, asked.grad, d_x))
        passes = np.empty(min(BLOCK, out.size), bool)
        for part in blocks(out.size, 1):
            mask = passes[: part.stop - part.start]
            np.greater(made[part], 0, out=mask)
            np.multiply(given[part], mask, out=left[part])
        return [d_x], {}
