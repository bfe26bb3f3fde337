"""Max pooling of windows that do not overlap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from cnn_core.layers import MaxPool2d
from cnn_core.layers.base import Array, Layer, Params, Shape
from cnn_core.runtime.units.base import Back, Unit, blocks

__all__ = ["MaxPoolUnit"]


class MaxPoolUnit(Unit):
    """Maxima of strided views; the gradient goes to each window's first maximum, in row order."""

    error = 0.0
    reads_output = True

    @classmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """Windows apart from each other and inside of the map."""
        return (
            type(layer) is MaxPool2d
            and not any(layer.padding)
            and layer.dilation == (1, 1)
            and layer.stride[0] >= layer.kernel_size[0]
            and layer.stride[1] >= layer.kernel_size[1]
            and (output[2] - 1) * layer.stride[0] + layer.kernel_size[0] <= inputs[0][2]
            and (output[3] - 1) * layer.stride[1] + layer.kernel_size[1] <= inputs[0][3]
        )

    @property
    def _strips(self) -> list[slice]:
        images, channels, height, width = self.output
        return blocks(height, images * channels * width)

    def _cells(self, x: Array, rows: slice) -> Iterator[Array]:
        """Cell by cell of a window, in row order, those of all windows of some output rows."""
        assert isinstance(self.layer, MaxPool2d)
        (kh, kw), (sh, sw), width = self.layer.kernel_size, self.layer.stride, self.output[3]
        for i, j in product(range(kh), range(kw)):
            down = slice(rows.start * sh + i, (rows.stop - 1) * sh + i + 1, sh)
            yield x[down, :, j : j + (width - 1) * sw + 1 : sw]

    def forward(
        self,
        params: Params,
        inputs: tuple[Array, ...],
        out: Array,
        scratch: Array,
        rng: np.random.Generator | None,
    ) -> None:
        """A maximum for each cell but the first."""
        for rows in self._strips:
            first, *others = self._cells(inputs[0], rows)
            target = out[rows]
            if not others:
                np.copyto(target, first)
            for number, cell in enumerate(others):
                np.maximum(target if number else first, cell, out=target)

    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """Every cell gets the gradient where it won and no cell before it did."""
        if not asked.wanted[0]:
            return [None], {}
        x, d_x = inputs[0], asked.pool.take(inputs[0].shape)
        if not self._covers:
            d_x.fill(0)
        for rows in self._strips:
            best, grad = out[rows], asked.grad[rows]
            won, waiting = np.empty(best.shape, bool), np.ones(best.shape, bool)
            for cell, target in zip(self._cells(x, rows), self._cells(d_x, rows), strict=True):
                np.equal(cell, best, out=won)
                won &= waiting
                waiting ^= won
                np.multiply(grad, won, out=target)
        return [d_x], {}

    @property
    def _covers(self) -> bool:
        assert isinstance(self.layer, MaxPool2d)
        return (
            self.layer.stride == self.layer.kernel_size
            and (
                self.output[2] * self.layer.stride[0],
                self.output[3] * self.layer.stride[1],
            )
            == self.inputs[0][2:]
        )
