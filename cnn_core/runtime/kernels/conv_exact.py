"""Convolution whose sums do not depend on the place."""

from __future__ import annotations

from functools import partial

import numpy as np

from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Kernel, Site
from cnn_core.runtime.kernels.windows import windows
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["ConvExact"]


class ConvExact(Kernel):
    """Kernel cell by kernel cell and channel by channel, a product and a sum over whole rows at a time.

    A matrix product adds up in an order that depends on where in its tiles a place falls. Here every place
    starts with the same cell and goes through them in one order, each step rounded by itself, so what moved
    by whole places is equal bit by bit. It wins nothing but that.
    """

    error = 5e-6
    exact = True

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Any convolution on rows of channels."""
        return isinstance(site.layer, Conv2d) and (*site.sources, site.order) == ("NHCW", "NHCW")

    def scratch(self, images: int, rows: int) -> int:
        """One product of every output value."""
        return images * rows * self.site.output[1] * self.site.output[3]

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """Two calls for each cell and input channel of a group."""
        layer, params, width = self.site.layer, self.site.params, self.site.output[3]
        assert isinstance(layer, Conv2d)
        weight, out = params["weight"], output.strip(strip)
        count, depth = len(weight) // layer.groups, weight.shape[1]
        view = windows(inputs[0], layer, strip, width, "NYIJCX")
        product = scratch[: out.size].reshape(out.shape)
        calls: list[Call] = []
        for group in range(layer.groups):
            mine = slice(group * count, (group + 1) * count)
            part, held = out[:, :, mine], product[:, :, mine]
            for number, (i, j, channel) in enumerate(np.ndindex(*weight.shape[2:], depth)):
                plane = view[:, :, i, j, group * depth + channel][:, :, np.newaxis]
                factor = np.ascontiguousarray(weight[mine, channel, i, j])[:, np.newaxis]
                calls.append(partial(np.multiply, plane, factor, out=held if number else part))
                if number:
                    calls.append(partial(np.add, part, held, out=part))
        if layer.bias:
            calls.append(partial(np.add, out, params["bias"][:, np.newaxis], out=out))
        return calls
