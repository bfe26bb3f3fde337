"""Convolution of an image: very few input channels, many filters."""

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

__all__ = ["ConvPlanes"]


class ConvPlanes(Columned):
    """Columns gathered plane by plane from an image in planes, multiplied transposed, channels last out.

    Wins for a network's first layer: with three channels a window's row is a run of a few numbers, while
    along a plane a kernel cell meets whole rows of pixels. With stride 2 the input rows are first parted into
    even and odd columns, so that these runs have no gaps either.
    """

    orders = ("NCHW", "NHWC")

    @staticmethod
    def filters(weight: Array) -> Array:
        """In the order of the columns."""
        return weight.reshape(len(weight), -1).T

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """For each image one copy and the products."""
        layer, (_, rows), width = self.site.layer, strip.count, self.site.output[3]
        assert isinstance(layer, Conv2d)
        depth, kernel = len(self.weight), layer.kernel_size
        calls: list[Call] = []
        for image in range(strip.images.start, strip.images.stop):
            one = Strip(slice(image, image + 1), strip.rows)
            columns = scratch[: depth * rows * width].reshape(depth, rows, width)
            target = columns[: depth - self.biased].reshape(layer.in_channels, *kernel, rows, width)
            calls.append(partial(np.copyto, target, windows(inputs[0], layer, one, width, "CIJYX")))
            if self.biased:
                calls.append(partial(columns[-1].fill, 1))
            pixels = columns.transpose(1, 2, 0)[np.newaxis]
            calls += pixel_products(pixels, self.weight, output.strip(one))
        return calls
