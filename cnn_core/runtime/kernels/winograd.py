"""Convolution by Winograd's minimal filtering.

Reference: Lavin and Gray 2016, Fast Algorithms for Convolutional Neural Networks, sections 4.1 to 4.3.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array
from cnn_core.ops.windows import Padding
from cnn_core.runtime.kernels.base import Call, Kernel, Site, Split
from cnn_core.runtime.kernels.products import SMALL
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["WinogradF2", "WinogradF4"]

LEAST_CHANNELS = 16
HEAVY = 1 << 20
"""Transformed weights, in values, from which each thread should read only a part."""


class _Winograd(Kernel):
    """Tiles of ``m x m`` outputs, from ``(m + 2)^2`` products a channel where direct sums take ``9 m^2``.

    The transforms are products with tiny constant matrices over strided views, the products between them one
    batched product over all tiles of a strip. The bias enters at one place of the transformed tile.
    """

    approximate = True
    weighty = True
    m: ClassVar[int]
    input_transform: ClassVar[Array]
    filter_transform: ClassVar[Array]
    output_transform: ClassVar[Array]

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        weight = site.params["weight"].astype(np.float64)
        turned = self.filter_transform @ weight @ self.filter_transform.T
        n = self.m + 2
        self.weight = np.ascontiguousarray(
            turned.transpose(2, 3, 1, 0).reshape(n * n, *weight.shape[1::-1]), np.float32
        )
        self.bias = site.params.get("bias")

    @classmethod
    def fits(cls, site: Site) -> bool:
        """3x3, stride 1, one group, channels last, enough channels."""
        layer = site.layer
        return (
            isinstance(layer, Conv2d)
            and layer.kernel_size == (3, 3)
            and layer.stride == layer.dilation == (1, 1)
            and layer.groups == 1
            and min(layer.in_channels, layer.out_channels) >= LEAST_CHANNELS
            and (*site.sources, site.order) == ("NHWC", "NHWC")
        )

    @property
    def grain(self) -> int:
        """Whole tiles."""
        return self.m

    @property
    def split(self) -> Split:
        """Channels where the weights are more than the tiles."""
        return "channels" if self.weight.size >= HEAVY else "rows"

    @property
    def border(self) -> Padding:
        """The last tiles may reach further than the padding."""
        layer, (_, _, rows, columns) = self.site.layer, self.site.output
        assert isinstance(layer, Conv2d)
        top, left, bottom, right = layer.padding
        return top, left, bottom + -rows % self.m, right + -columns % self.m

    def _tiles(self, rows: int) -> tuple[int, int]:
        return -(-rows // self.m), -(-self.site.output[3] // self.m)

    def scratch(self, images: int, rows: int) -> int:
        """Rows transformed, tiles transformed, products, products half transformed back; ragged tiles."""
        (down, across), n, m = self._tiles(rows), self.m + 2, self.m
        channels, filters = self.site.inputs[0][1], self.site.output[1]
        first = images * (down * m + 2) * n * across * channels
        tiles = images * down * across
        return first + n * n * tiles * (channels + filters) + (m * n + m * m) * tiles * filters

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """Six steps, all products but that of the bias."""
        (images, rows), n, m = strip.count, self.m + 2, self.m
        (down, across), channels = self._tiles(rows), self.site.inputs[0][1]
        weight, out = self.weight[:, :, strip.channels], output.strip(strip)
        filters, tiles, room = weight.shape[2], images * down * across, _Room(scratch)
        rowwise = room.take(images, down * m + 2, n, across, channels)
        tilewise = room.take(n, n, images, down, across * channels)
        products = room.take(n * n, tiles, filters)
        halfway = room.take(m, n, images, down, across, filters)
        calls: list[Call] = [
            partial(
                np.matmul, self.input_transform, self._read(inputs[0], strip), out=rowwise.swapaxes(2, 3)
            ),
            partial(
                np.matmul,
                self.input_transform,
                _overlapping(rowwise.reshape(images, -1, n, across * channels), m, n, down),
                out=tilewise.transpose(2, 3, 1, 0, 4),
            ),
            *_products(tilewise.reshape(n * n, tiles, channels), weight, products),
        ]
        if self.bias is not None:
            # the tile of ones is that of a single one at the transform's point 1
            calls.append(partial(np.add, products[n + 1], self.bias[strip.channels], out=products[n + 1]))
        flat = products.reshape(n, -1)
        calls.append(partial(np.matmul, self.output_transform, flat, out=halfway.reshape(m, -1)))
        ragged = rows % m or out.shape[2] % m
        target = room.take(images, down * m, across * m, filters) if ragged else out
        tiled = as_strided(
            target,
            (images, down, m, across, m, filters),
            (
                target.strides[0],
                m * target.strides[1],
                target.strides[1],
                m * target.strides[2],
                *target.strides[2:],
            ),
        )
        columns = halfway.transpose(2, 3, 0, 4, 1, 5)
        calls.append(partial(np.matmul, self.output_transform, columns, out=tiled))
        if ragged:
            calls.append(partial(np.copyto, out, target[:, :rows, : out.shape[2]]))
        return calls

    def _read(self, x: Tensor, strip: Strip) -> Array:
        """What the tiles of a strip read: ``(images, rows, tiles across, columns of a tile, C)``."""
        layer, (images, rows) = self.site.layer, strip.count
        assert isinstance(layer, Conv2d)
        (down, across), (top, left, _, _) = self._tiles(rows), x.place.border
        start = x.whole[strip.images, top - layer.padding[0] + strip.rows.start :, left - layer.padding[1] :]
        image, row, column, item = x.whole.strides
        shape = (images, down * self.m + 2, across, self.m + 2, x.whole.shape[3])
        return as_strided(start, shape, (image, row, self.m * column, column, item), writeable=False)


class WinogradF4(_Winograd):
    """F(4x4, 3x3): 36 products for 144. Wins from 17x17 outputs on, with 16 channels or more."""

    error = 2e-5
    m = 4
    input_transform = np.array(
        [
            [4, 0, -5, 0, 1, 0],
            [0, -4, -4, 1, 1, 0],
            [0, 4, -4, -1, 1, 0],
            [0, -2, -1, 2, 1, 0],
            [0, 2, -1, -2, 1, 0],
            [0, 4, 0, -5, 0, 1],
        ],
        np.float32,
    )
    filter_transform = (
        np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]], np.float64) / 24
    )
    output_transform = np.array(
        [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]], np.float32
    )

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Large enough a map."""
        return super().fits(site) and min(site.output[2:]) > 16


class WinogradF2(_Winograd):
    """F(2x2, 3x3): 16 products for 36. Wins on small maps, where tiles of 4x4 would stick out."""

    error = 5e-6
    m = 2
    input_transform = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]], np.float32)
    filter_transform = np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]], np.float64) / 2
    output_transform = np.array([[1, 1, 1, 0], [0, 1, -1, -1]], np.float32)


class _Room:
    """Pieces of scratch, one after another."""

    def __init__(self, scratch: Array) -> None:
        self._scratch, self._taken = scratch, 0

    def take(self, *shape: int) -> Array:
        start, self._taken = self._taken, self._taken + int(np.prod(shape))
        return self._scratch[start : self._taken].reshape(shape)


def _overlapping(rows: Array, m: int, n: int, down: int) -> Array:
    """``(images, rows, n, K)`` -> ``(images, tiles down, n columns, n rows, K)``, tiles ``m`` rows apart."""
    image, row, column, item = rows.strides
    shape = (len(rows), down, n, n, rows.shape[3])
    return as_strided(rows, shape, (image, m * row, column, row, item), writeable=False)


def _products(tiles: Array, weight: Array, out: Array) -> list[Call]:
    """The batched product of every place of a tile, cut where small products are quicker."""
    count = tiles.shape[1]
    step = SMALL // weight[0].size // 8 * 8
    if not 0 < step < count:
        return [partial(np.matmul, tiles, weight, out=out)]
    return [
        partial(np.matmul, tiles[:, first : first + step], weight, out=out[:, first : first + step])
        for first in range(0, count, step)
    ]
