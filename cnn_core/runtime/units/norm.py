"""Batch norm, by the batch's statistics or by constants."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn_core.layers import BatchNorm2d
from cnn_core.layers.base import Array, Layer, Params, Shape
from cnn_core.ops.norm import running_update
from cnn_core.runtime.units.base import Back, Unit, blocks

__all__ = ["NormUnit"]


SAMPLED = 4
"""Rows whose mean is taken off first."""

FAR = 4.0
"""A mean whose square is so many variances is taken off before anything is summed."""


class NormUnit(Unit):
    """Each pass goes over the map in blocks of rows, so that it is read from memory once.

    Mean and variance come from sums of values and their squares, put together in float64. Where a mean is far
    from 0 its square would take the digits of the variance with it: there distances from a value nearby, the
    mean of a few rows, are summed instead (Chan, Golub and LeVeque 1983, section 3). What is one number a
    channel is repeated along a row, which NumPy meets twice as fast as a single number.
    """

    error = 1e-5

    def __init__(self, layer: Layer, inputs: tuple[Shape, ...], output: Shape, training: bool) -> None:
        super().__init__(layer, inputs, output, training)
        images, channels, height, width = output
        self._rows, self._channels, self._run = height, channels, width * images
        self._blocks = blocks(height, channels * width * images)
        self._mean = self._inverse = np.zeros(channels)
        self._far = True

    @classmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """Any, but for the one value that has no variance, which the plain operator refuses."""
        return type(layer) is BatchNorm2d and output[0] * output[2] * output[3] > 1

    @property
    def scratch(self) -> int:
        """A block."""
        height: int = self._blocks[0].stop
        return height * self._channels * self._run

    def _flat(self, x: Array) -> Array:
        return x.reshape(self._rows, self._channels, self._run)

    def _room(self, scratch: Array, rows: slice) -> Array:
        count = rows.stop - rows.start
        return scratch[: count * self._channels * self._run].reshape(count, self._channels, self._run)

    def _repeated(self, values: Array, like: Array) -> Array:
        """One value a channel, ``(C, W * N)``."""
        return np.repeat(values.astype(like.dtype), self._run).reshape(self._channels, self._run)

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
            mean, variance = self._statistics(x)
            self._far = bool(np.any(np.square(mean) > FAR * variance))
            if self._far:
                mean, variance = self._statistics_of_distances(x, scratch)
            self.updates = self._tracked(params, mean, variance, out)
        self._mean, self._inverse = mean, 1 / np.sqrt(variance + np.float64(self.layer.epsilon))
        scale = params["weight"] * self._inverse
        factor, shift = self._repeated(scale, x), self._repeated(params["bias"] - mean * scale, x)
        for rows in self._blocks:
            np.multiply(x[rows], factor, out=target[rows])
            target[rows] += shift

    def _statistics(self, x: Array) -> tuple[Array, Array]:
        sums, squares = np.empty((2, self._rows, self._channels))
        ones = np.ones(self._run, x.dtype)
        for rows in self._blocks:
            sums[rows] = np.vecdot(x[rows], ones)
            squares[rows] = np.vecdot(x[rows], x[rows])
        count = self._rows * self._run
        mean = sums.sum(axis=0) / count
        return mean, np.maximum(squares.sum(axis=0) / count - np.square(mean), 0)

    def _statistics_of_distances(self, x: Array, scratch: Array) -> tuple[Array, Array]:
        sums, squares = np.empty((2, self._rows, self._channels))
        near = x[:: max(1, self._rows // SAMPLED)].mean(axis=(0, 2))
        repeated, ones = self._repeated(near, x), np.ones(self._run, x.dtype)
        for rows in self._blocks:
            distance = self._room(scratch, rows)
            np.subtract(x[rows], repeated, out=distance)
            sums[rows] = np.vecdot(distance, ones)
            squares[rows] = np.vecdot(distance, distance)
        count = self._rows * self._run
        off = sums.sum(axis=0) / count
        return near + off, np.maximum(squares.sum(axis=0) / count - np.square(off), 0)

    def _tracked(self, params: Params, mean: Array, variance: Array, out: Array) -> dict[str, Array]:
        assert isinstance(self.layer, BatchNorm2d)
        new_mean, new_variance = running_update(
            params["running_mean"],
            params["running_var"],
            out.transpose(3, 1, 0, 2),  # of which the size alone counts
            mean.astype(out.dtype),
            variance.astype(out.dtype),
            self.layer.momentum,
        )
        return {"running_mean": new_mean, "running_var": new_variance}

    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """Two sums; then ``weight / sigma * (grad - mean(grad) - normal * mean(grad * normal))``."""
        x, grad = self._flat(inputs[0]), self._flat(asked.grad)
        own: dict[str, Array] = {}
        total = d_weight = np.zeros(self._channels)
        if self.training or asked.params:
            total, product = self._sums(x, grad, scratch)
            d_weight = product * self._inverse
            own = {name: each.astype(out.dtype) for name, each in (("weight", d_weight), ("bias", total))}
        if not asked.wanted[0]:
            return [None], own
        d_x = asked.grad if asked.mine else asked.pool.take(asked.grad.shape)
        self._differentiate(params["weight"], x, grad, self._flat(d_x), (total, d_weight), scratch)
        return [d_x], own

    def _sums(self, x: Array, grad: Array, scratch: Array) -> tuple[Array, Array]:
        """Over all places of a channel: the gradient, and its product with the distance from the mean."""
        totals, products = np.empty((2, self._rows, self._channels))
        mean, ones = self._repeated(self._mean, x), np.ones(self._run, x.dtype)
        for rows in self._blocks:
            distance = x[rows]
            if self._far:
                distance = self._room(scratch, rows)
                np.subtract(x[rows], mean, out=distance)
            totals[rows] = np.vecdot(grad[rows], ones)
            products[rows] = np.vecdot(grad[rows], distance)
        total = totals.sum(axis=0)
        return total, products.sum(axis=0) - (0 if self._far else self._mean * total)

    def _differentiate(
        self, weight: Array, x: Array, grad: Array, d_x: Array, sums: tuple[Array, Array], scratch: Array
    ) -> None:
        """``d_x = scale * grad + slope * x + offset``, the last two through the batch's statistics."""
        scale = weight * self._inverse
        mean_grad, mean_product = (each / (self._rows * self._run) for each in sums)
        slope = -scale * self._inverse * mean_product
        offset = -scale * mean_grad - slope * self._mean
        factors = [self._repeated(each, x) for each in (scale, slope, offset)]
        for rows in self._blocks:
            np.multiply(grad[rows], factors[0], out=d_x[rows])
            if self.training:
                through = self._room(scratch, rows)
                np.multiply(x[rows], factors[1], out=through)
                through += factors[2]
                d_x[rows] += through
