"""Global average pooling."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn_core.layers import GlobalAvgPool2d
from cnn_core.layers.base import Array, Layer, Params, Shape
from cnn_core.runtime.units.base import Back, Unit

__all__ = ["GlobalMeanUnit"]


class GlobalMeanUnit(Unit):
    """Rows added up, then columns; every value of a map gets the same share back."""

    @classmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """Any."""
        return type(layer) is GlobalAvgPool2d

    @property
    def _places(self) -> int:
        return self.inputs[0][2] * self.inputs[0][3]

    def forward(
        self,
        params: Params,
        inputs: tuple[Array, ...],
        out: Array,
        scratch: Array,
        rng: np.random.Generator | None,
    ) -> None:
        """Sums over places."""
        np.divide(inputs[0].sum(axis=0).sum(axis=1), self._places, out=out[0, :, 0])

    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """One share, copied to every place."""
        if not asked.wanted[0]:
            return [None], {}
        d_x = asked.pool.take(inputs[0].shape)
        np.copyto(d_x, asked.grad / self._places)
        return [d_x], {}
