"""Batch norm, by the batch's statistics or by constants."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn_core.layers import BatchNorm2d
from cnn_core.layers.base import Array, Layer, Params, Shape
from cnn_core.ops.norm import running_update
from cnn_core.runtime.units.base import BLOCK, Back, Unit, blocks

__all__ = ["NormUnit"]


class NormUnit(Unit):
    """Each pass goes over the map in blocks of rows, so that it is read from memory once.

    Mean and variance come from those of every row, put together in float64 (Chan, Golub and LeVeque 1983):
    one pass where mean first and variance then take two, and no square of a mean is subtracted.
    """

    error = 1e-5

    def __init__(self, layer: Layer, inputs: tuple[Shape, ...], output: Shape, training: bool) -> None:
        super().__init__(layer, inputs, output, training)
        images, channels, height, width = output
        self._rows, self._channels, self._run = height, channels, width * images
        self._blocks = blocks(height, channels * width * images)
        self._mean = self._inverse = np.zeros(channels)

    @classmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """Any."""
        return type(layer) is BatchNorm2d and output[0] * output[2] * output[3] > 1

    @property
    def scratch(self) -> int:
        """A block."""
        return max(BLOCK, self._channels * self._run)

    def _flat(self, x: Array) -> Array:
        return x.reshape(self._rows, self._channels, self._run)

    def _room(self, scratch: Array, rows: slice) -> Array:
        count = rows.stop - rows.start
        return scratch[: count * self._channels * self._run].reshape(count, self._channels, self._run)

    def forward(
        self,
        params: Params,
        inputs: tuple[Array, ...],
        out: Array,
        scratch: Array,
        rng: np.random.Generator | None,
    ) -> None:
        """Statistics if training, then a product and a sum."""
        assert isinstance(self.layer, BatchNorm2d)
        x, target = self._flat(inputs[0]), self._flat(out)
        mean, variance = params["running_mean"], params["running_var"]
        if self.training:
            mean, variance = self._statistics(x, scratch)
            new = running_update(
                params["running_mean"],
                params["running_var"],
                inputs[0].transpose(3, 1, 0, 2),
                mean.astype(out.dtype),
                variance.astype(out.dtype),
                self.layer.momentum,
            )
            self.updates = dict(zip(("running_mean", "running_var"), new, strict=True))
        self._mean, self._inverse = mean, 1 / np.sqrt(variance + np.float64(self.layer.epsilon))
        scale = params["weight"] * self._inverse
        factor, shift = _column(scale, out), _column(params["bias"] - mean * scale, out)
        for rows in self._blocks:
            np.multiply(x[rows], factor, out=target[rows])
            target[rows] += shift

    def _statistics(self, x: Array, scratch: Array) -> tuple[Array, Array]:
        means, squares = np.empty((2, self._rows, self._channels))
        for rows in self._blocks:
            means[rows] = x[rows].sum(axis=2) / x.dtype.type(self._run)
            centred = self._room(scratch, rows)
            np.subtract(x[rows], means[rows, :, np.newaxis].astype(x.dtype), out=centred)
            squares[rows] = np.einsum("hcp,hcp->hc", centred, centred)
        means = means.astype(x.dtype).astype(np.float64)  # those that were subtracted
        mean = means.mean(axis=0)
        spread = squares.sum(axis=0) + self._run * np.square(means - mean).sum(axis=0)
        return mean, spread / (self._rows * self._run)

    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """Two sums; then ``weight / sigma * (grad - mean(grad) - normal * mean(grad * normal))``."""
        x, grad = self._flat(inputs[0]), self._flat(asked.grad)
        total, product = np.zeros((2, self._channels))
        if self.training or asked.trained:
            total, product = self._sums(x, grad, scratch)
        d_weight = product * self._inverse
        own = {name: each.astype(out.dtype) for name, each in (("weight", d_weight), ("bias", total))}
        if not asked.wanted[0]:
            return [None], own
        d_x = asked.grad if asked.mine else asked.pool.take(asked.grad.shape)
        self._differentiate(params["weight"], x, grad, self._flat(d_x), (total, d_weight), scratch)
        return [d_x], own if asked.trained else {}

    def _sums(self, x: Array, grad: Array, scratch: Array) -> tuple[Array, Array]:
        """Over all places of a channel: the gradient, and its product with the distance from the mean."""
        totals, products = np.empty((2, self._rows, self._channels))
        mean = _column(self._mean, x)
        for rows in self._blocks:
            centred = self._room(scratch, rows)
            np.subtract(x[rows], mean, out=centred)
            totals[rows] = grad[rows].sum(axis=2)
            products[rows] = np.einsum("hcp,hcp->hc", grad[rows], centred)
        return totals.sum(axis=0), products.sum(axis=0)

    def _differentiate(
        self, weight: Array, x: Array, grad: Array, d_x: Array, sums: tuple[Array, Array], scratch: Array
    ) -> None:
        """``d_x = scale * grad + slope * x + offset``, the last two through the batch's statistics."""
        scale = weight * self._inverse
        if not self.training:
            np.multiply(grad, _column(scale, x), out=d_x)
            return
        mean_grad, mean_product = (each / (self._rows * self._run) for each in sums)
        slope = -scale * self._inverse * mean_product
        offset = -scale * mean_grad - slope * self._mean
        factors = [_column(each, x) for each in (scale, slope, offset)]
        for rows in self._blocks:
            through = self._room(scratch, rows)
            np.multiply(x[rows], factors[1], out=through)
            through += factors[2]
            np.multiply(grad[rows], factors[0], out=d_x[rows])
            d_x[rows] += through


def _column(values: Array, like: Array) -> Array:
    """One value a channel, for ``(H, C, W * N)``."""
    return values.astype(like.dtype).reshape(-1, 1)
