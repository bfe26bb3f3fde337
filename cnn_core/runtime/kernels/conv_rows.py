"""Convolution of very few channels."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Kernel, Site
from cnn_core.runtime.kernels.windows import windows
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["ConvRows"]


class ConvRows(Kernel):
    """Every input row copied once for each column of the kernel; the kernel's rows come free, by strides.

    Rows lie as ``(row, channel, column)``. Copies of one row for all kW, and a row of ones for the bias, make
    a block; kH blocks in a row are the matrix that one output row reads, and overlap with the next one's.
    Wins with a dozen channels or fewer, where channels-last runs are too short: kW copies instead of kH * kW.
    """

    error = 2e-6

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        weight = site.params["weight"]
        filters, channels, kh, kw = weight.shape
        self.depth: int = kw * channels + 1
        packed = np.zeros((filters, kh, self.depth), np.float32)
        packed[:, :, :-1] = weight.transpose(0, 2, 3, 1).reshape(filters, kh, -1)
        if "bias" in site.params:
            packed[:, 0, -1] = site.params["bias"]
        self.weight = packed.reshape(filters, -1)

    @classmethod
    def fits(cls, site: Site) -> bool:
        """One group, no dilation between rows, rows of channels."""
        layer = site.layer
        return (
            isinstance(layer, Conv2d)
            and layer.groups == 1
            and layer.dilation[0] == 1
            and (*site.sources, site.order) == ("NHCW", "NHCW")
        )

    def _read(self, rows: int) -> int:
        layer = self.site.layer
        assert isinstance(layer, Conv2d)
        return (rows - 1) * layer.stride[0] + layer.kernel_size[0]

    def scratch(self, images: int, rows: int) -> int:
        """The copies."""
        width: int = self.site.output[3]
        return images * self._read(rows) * self.depth * width

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """One copy, the ones, one product for each output row."""
        layer, (images, rows), width = self.site.layer, strip.count, self.site.output[3]
        assert isinstance(layer, Conv2d)
        read, (kw, channels) = self._read(rows), (layer.kernel_size[1], layer.in_channels)
        blocks = scratch[: self.scratch(images, rows)].reshape(images, read, self.depth, width)
        source = windows(inputs[0], layer, strip, width, "NYJCX")
        step = inputs[0].whole.strides[1]
        source = as_strided(
            source, (images, read, *source.shape[2:]), (source.strides[0], step, *source.strides[2:])
        )
        target = blocks[:, :, :-1].reshape(images, read, kw, channels, width)
        image, row, _, item = blocks.strides
        matrices = as_strided(
            blocks,
            (images, rows, self.weight.shape[1], width),
            (image, row * layer.stride[0], width * item, item),
        )
        return [
            partial(np.copyto, target, source),
            partial(blocks[:, :, -1].fill, 1),
            partial(np.matmul, self.weight, matrices, out=output.strip(strip)),
        ]
