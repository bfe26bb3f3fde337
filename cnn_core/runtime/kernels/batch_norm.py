"""Batch norm at inference."""

from __future__ import annotations

from functools import partial

import numpy as np

from cnn_core.layers import BatchNorm2d
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Site, tiled
from cnn_core.runtime.kernels.pointwise import Pointwise
from cnn_core.runtime.places import Strip

__all__ = ["ScaleShift"]


class ScaleShift(Pointwise):
    """x * scale + shift, with both folded from the four parameters when the plan is compiled.

    Wins right behind a convolution, whose strip is still in the cache.
    """

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        layer, params = site.layer, site.params
        assert isinstance(layer, BatchNorm2d)
        scale = params["weight"] / np.sqrt(params["running_var"] + np.float32(layer.epsilon))
        shift = params["bias"] - params["running_mean"] * scale
        self.scale, self.shift = (tiled(values, site.output[3], site.order) for values in (scale, shift))

    def calls(self, inputs: tuple[Array, ...], out: Array, strip: Strip, scratch: Array) -> list[Call]:
        """One product, one sum, as the plain operator has them."""
        axis = self.site.order.index("C") - 2 if self.site.order != "NCHW" else 0
        scale, shift = (_of_channels(values, strip.channels, axis) for values in (self.scale, self.shift))
        return [partial(np.multiply, inputs[0], scale, out=out), partial(np.add, out, shift, out=out)]


def _of_channels(values: Array, channels: slice, axis: int) -> Array:
    index: list[slice] = [slice(None)] * values.ndim
    index[axis] = channels
    return values[tuple(index)]
