"""Depthwise convolution."""

from __future__ import annotations

from functools import partial

import numpy as np

from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Kernel, Site, tiled
from cnn_core.runtime.kernels.windows import windows
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["Depthwise"]

MOST_REPEATED = 1 << 22
"""Weights, repeated along the row; more would take memory and win nothing."""


class Depthwise(Kernel):
    """Every channel with its own filter, as one ``einsum`` over shifted views of whole rows.

    ``einsum`` multiplies and adds in one pass where ufuncs need two and a temporary: 2 to 4 times as fast.
    The weights are repeated along the row, so that a row of the map is one inner loop. With a stride along
    the row the inner loop is one pixel's channels, which still wins.
    """

    error = 2e-6
    exact = True

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        layer, weight = site.layer, site.params["weight"]
        assert isinstance(layer, Conv2d)
        cells = weight[:, 0].transpose(1, 2, 0)
        self.dense = layer.stride[1] == 1 and cells.size * site.output[3] <= MOST_REPEATED
        if self.dense:
            kh, kw, channels = cells.shape
            cells = np.broadcast_to(cells[:, :, np.newaxis], (kh, kw, site.output[3], channels))
            cells = cells.reshape(kh, kw, -1)
        self.cells = np.ascontiguousarray(cells)
        bias = site.params.get("bias")
        self.bias = None if bias is None else tiled(bias, site.output[3], "NHWC")

    @classmethod
    def fits(cls, site: Site) -> bool:
        """As many groups as channels in and out, channels last."""
        layer = site.layer
        return (
            isinstance(layer, Conv2d)
            and layer.groups == layer.in_channels == layer.out_channels
            and (*site.sources, site.order) == ("NHWC", "NHWC")
        )

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """For each image the sum, then the bias."""
        layer, width = self.site.layer, self.site.output[3]
        assert isinstance(layer, Conv2d)
        calls: list[Call] = []
        for image in range(strip.images.start, strip.images.stop):
            one = Strip(slice(image, image + 1), strip.rows)
            view = windows(inputs[0], layer, one, width, "NYIJXC")[0]
            out = output.strip(one)[0]
            if self.dense and view.strides[3] == view.shape[4] * view.itemsize and _whole_rows(out):
                rows = view.reshape(*view.shape[:3], -1)
                calls.append(
                    partial(np.einsum, "yijx,ijx->yx", rows, self.cells, out=out.reshape(len(out), -1))
                )
            else:
                cells = self.cells.reshape(*self.cells.shape[:2], -1, view.shape[4])[:, :, 0]
                calls.append(partial(np.einsum, "yijxc,ijc->yxc", view, cells, out=out))
        if self.bias is not None:
            calls.append(partial(np.add, output.strip(strip), self.bias, out=output.strip(strip)))
        return calls


def _whole_rows(out: Array) -> bool:
    return bool(out.strides[1] == out.shape[2] * out.itemsize)
