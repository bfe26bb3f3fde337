"""Convolution by strip-mined columns."""

from __future__ import annotations

from functools import partial

import numpy as np

from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call
from cnn_core.runtime.kernels.columned import Columned
from cnn_core.runtime.kernels.products import pixel_products
from cnn_core.runtime.kernels.windows import windows
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["ConvColumns"]


class ConvColumns(Columned):
    """Columns of a few output rows, one product with all filters, then the next rows.

    Wins for most kernels on channels-last maps: a window's row is one run of ``kW * C`` numbers, and the
    columns of a strip never leave the second-level cache. A column of ones carries the bias.
    """

    orders = ("NHWC", "NHWC")
    weighty = True

    @staticmethod
    def filters(weight: Array) -> Array:
        """In the order of the columns."""
        return weight.transpose(2, 3, 1, 0).reshape(-1, len(weight))

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """One copy and the products."""
        layer, (images, rows), width = self.site.layer, strip.count, self.site.output[3]
        assert isinstance(layer, Conv2d)
        depth = len(self.weight)
        columns = scratch[: self.scratch(images, rows)].reshape(images, rows, width, depth)
        kernel = (*layer.kernel_size, layer.in_channels)
        target = columns[..., : depth - self.biased].reshape(images, rows, width, *kernel)
        calls: list[Call] = [partial(np.copyto, target, windows(inputs[0], layer, strip, width, "NYXIJC"))]
        if self.biased:
            calls.append(partial(columns[..., -1].fill, 1))
        return calls + pixel_products(columns, self.weight[:, strip.channels], output.strip(strip))
