"""Convolution of stride 1."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array, Layer, Params, Shape
from cnn_core.runtime.units.base import Back, Unit
from cnn_core.runtime.units.sliding import Sliding

__all__ = ["ConvUnit"]


class ConvUnit(Unit):
    """Products of whole rows, forward and back; the input's gradient is a convolution with turned filters."""

    def __init__(self, layer: Layer, inputs: tuple[Shape, ...], output: Shape, training: bool) -> None:
        super().__init__(layer, inputs, output, training)
        assert isinstance(layer, Conv2d)
        (kh, kw), (top, left, _, _) = layer.kernel_size, layer.padding
        self._ahead = Sliding(inputs[0], output, layer.kernel_size, (top, left))
        self._back = Sliding(output, inputs[0], layer.kernel_size, (kh - 1 - top, kw - 1 - left))

    @classmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """Stride 1, one group, no gaps, no padding that a whole kernel fits into."""
        if type(layer) is not Conv2d:
            return False
        (kh, kw), (top, left, bottom, right) = layer.kernel_size, layer.padding
        return (
            layer.stride == layer.dilation == (1, 1)
            and layer.groups == 1
            and max(top, bottom) < kh
            and max(left, right) < kw
        )

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
        filters = params["weight"].transpose(3, 0, 2, 1)
        self._ahead.correlate(inputs[0], filters, params.get("bias"), out, scratch)

    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """Of the parameters first, then of the input."""
        d_x, own = None, {}
        if asked.trained:
            d_filters = self._ahead.d_filters(inputs[0], asked.grad, scratch)
            own["weight"] = np.ascontiguousarray(d_filters.transpose(1, 3, 2, 0), out.dtype)
            if "bias" in params:
                rows = asked.grad.reshape(*asked.grad.shape[:2], -1).sum(axis=2)
                own["bias"] = rows.sum(axis=0)
        if asked.wanted[0]:
            d_x = asked.pool.take(inputs[0].shape)
            turned = params["weight"][:, :, ::-1, ::-1].transpose(3, 1, 2, 0)
            self._back.correlate(asked.grad, turned, None, d_x, scratch)
        return [d_x], own
