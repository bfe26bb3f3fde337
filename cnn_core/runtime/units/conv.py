"""Convolution."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array, Layer, Params, Shape
from cnn_core.runtime.units.base import Back, Unit
from cnn_core.runtime.units.gathering import Gathering
from cnn_core.runtime.units.sliding import Sliding
from cnn_core.runtime.units.spreading import Spreading

__all__ = ["ConvUnit"]

FEW = 12
"""Up to so many values in a column of the kernel, over all channels, it is quicker to gather first."""


class ConvUnit(Unit):
    """Products of whole rows, forward and back."""

    def __init__(self, layer: Layer, inputs: tuple[Shape, ...], output: Shape, training: bool) -> None:
        super().__init__(layer, inputs, output, training)
        assert isinstance(layer, Conv2d)
        kernel, before, stride = layer.kernel_size, layer.padding[:2], layer.stride
        gathers = stride != (1, 1) or kernel[0] * layer.in_channels <= FEW
        self._ahead = (
            Gathering(inputs[0], output, kernel, before, stride)
            if gathers
            else Sliding(inputs[0], output, kernel, before)
        )
        self._back = Spreading(inputs[0], output, kernel, before, stride)

    @classmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """One group, no gaps between the kernel's cells."""
        return type(layer) is Conv2d and layer.dilation == (1, 1) and layer.groups == 1

    @property
    def scratch(self) -> int:
        """Of whichever direction takes more."""
        return max(self._ahead.scratch, self._back.scratch)

    def forward(
        self,
        params: Params,
        inputs: tuple[Array, ...],
        out: Array,
        scratch: Array,
        rng: np.random.Generator | None,
    ) -> None:
        """The sums, and the bias strip by strip."""
        self._ahead.forward(inputs[0], params["weight"], params.get("bias"), out, scratch)

    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """Of the parameters first, then of the input."""
        d_x, own = None, {}
        if asked.params:
            d_weight = self._ahead.d_weight(inputs[0], asked.grad, scratch)
            own["weight"] = np.ascontiguousarray(d_weight, out.dtype)
            if "bias" in params:
                rows = asked.grad.reshape(*asked.grad.shape[:2], -1).sum(axis=2)
                own["bias"] = rows.sum(axis=0)
        if asked.wanted[0]:
            d_x = asked.pool.take(inputs[0].shape)
            self._back.backward(params["weight"], asked.grad, d_x, scratch)
        return [d_x], own
