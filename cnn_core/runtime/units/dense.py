"""Dense layers and the flattening before them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn_core.layers import Dense, Flatten
from cnn_core.layers.base import Array, Layer, Params, Shape
from cnn_core.runtime.units.base import Back, Unit

__all__ = ["DenseUnit", "FlattenUnit"]


class DenseUnit(Unit):
    """One matrix product each for output, input and weight."""

    @classmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """Any dense layer."""
        return type(layer) is Dense

    def forward(
        self,
        params: Params,
        inputs: tuple[Array, ...],
        out: Array,
        scratch: Array,
        rng: np.random.Generator | None,
    ) -> None:
        """``(O, F) @ (F, N)``, and the bias."""
        np.matmul(params["weight"], inputs[0], out=out)
        if "bias" in params:
            out += params["bias"][:, np.newaxis]

    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """By the transposed weight, and by the transposed input."""
        d_x = None
        if asked.wanted[0]:
            d_x = asked.pool.take(inputs[0].shape)
            np.matmul(params["weight"].T, asked.grad, out=d_x)
        if not asked.params:
            return [d_x], {}
        own = {"weight": np.matmul(asked.grad, inputs[0].T)}
        if "bias" in params:
            own["bias"] = asked.grad.sum(axis=1)
        return [d_x], own


class FlattenUnit(Unit):
    """A copy, since rows lie outside of channels and a flat vector has them the other way round."""

    error = 0.0

    @classmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """Maps."""
        return type(layer) is Flatten and len(inputs[0]) == 4

    def forward(
        self,
        params: Params,
        inputs: tuple[Array, ...],
        out: Array,
        scratch: Array,
        rng: np.random.Generator | None,
    ) -> None:
        """Channels outside."""
        np.copyto(_channels_first(out, inputs[0]), inputs[0])

    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """Rows outside again."""
        if not asked.wanted[0]:
            return [None], {}
        d_x = asked.pool.take(inputs[0].shape)
        np.copyto(d_x, _channels_first(asked.grad, d_x))
        return [d_x], {}


def _channels_first(flat: Array, like: Array) -> Array:
    """``(C * H * W, N)``, seen as ``(H, C, W, N)``."""
    height, channels, width, images = like.shape
    return flat.reshape(channels, height, width, images).swapaxes(0, 1)
