"""1x1 convolution."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Kernel, Reach, Site, tiled
from cnn_core.runtime.kernels.products import pixel_products
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["Conv1x1"]


class Conv1x1(Kernel):
    """A matrix product on the pixels where they lie: nothing is gathered, and it follows in others' strips.

    Wins wherever a kernel of one cell meets a channels-last map with stride 1.
    """

    error = 2e-6
    reach: ClassVar[Reach] = "row"
    weighty = True

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        weight = site.params["weight"]
        self.weight = np.ascontiguousarray(weight.reshape(len(weight), -1).T)
        bias = site.params.get("bias")
        self.bias = None if bias is None else tiled(bias, site.output[3], site.order)

    @classmethod
    def fits(cls, site: Site) -> bool:
        """One cell, stride 1, no padding, one group, channels last."""
        layer = site.layer
        return (
            isinstance(layer, Conv2d)
            and layer.kernel_size == (1, 1)
            and layer.stride == (1, 1)
            and layer.padding == (0, 0, 0, 0)
            and layer.groups == 1
            and (*site.sources, site.order) == ("NHWC", "NHWC")
        )

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """The product, then the bias."""
        out = output.strip(strip)
        calls = pixel_products(inputs[0].strip(strip), self.weight, out)
        if self.bias is not None:
            calls.append(partial(np.add, out, self.bias, out=out))
        return calls
