"""Transposed convolution."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ShapeError
from cnn_core.layers.base import (
    Array,
    Cost,
    Example,
    Explanation,
    Forward,
    Gradients,
    Params,
    Shape,
    Term,
    register_layer,
)
from cnn_core.layers.common import check_map, check_options
from cnn_core.layers.convolution import Convolution
from cnn_core.ops.conv_transpose import conv_transpose2d, conv_transpose2d_vjp, transposed_size
from cnn_core.ops.windows import Padding, Pair

__all__ = ["ConvTranspose2d"]


@register_layer("conv_transpose2d")
@dataclass(frozen=True)
class ConvTranspose2d(Convolution):
    """Every input value adds its kernel, times itself, to the output: the value at row ``y`` from row
    ``y*stride - padding`` on, kernel row ``i`` at ``i*dilation`` below it.

    ``padding``, ``(top, left, bottom, right)``, is cut off the output; ``output_padding`` more rows and
    columns at its end are computed.

    Shape:
        in: ``(N, in_channels, H, W)``, out: ``(N, out_channels, H', W')`` with ``H' = (H - 1)*stride +
        dilation*(kernel - 1) + 1 - top - bottom + output_padding``; weight ``(in, out/groups, kH, kW)``.

    Raises:
        ShapeError: an option is too small, groups do not divide the channels, output_padding is not below
            the stride.

    Reference: Zeiler et al. 2010, Deconvolutional Networks; Dumoulin & Visin 2016, section 4.
    """

    in_channels: int
    out_channels: int
    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Padding = (0, 0, 0, 0)
    dilation: Pair = (1, 1)
    output_padding: Pair = (0, 0)
    groups: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        """Check the options."""
        super().__post_init__()
        check_options("conv_transpose2d", 0, output_padding=self.output_padding)
        if any(extra >= step for extra, step in zip(self.output_padding, self.stride, strict=True)):
            raise ShapeError(
                f"conv_transpose2d: output_padding must be below the stride {self.stride}, "
                f"got {self.output_padding}"
            )

    def _size(self, height: int, width: int) -> Pair:
        rows, columns = (
            transposed_size(
                (height, width)[axis],
                self.kernel_size[axis],
                self.stride[axis],
                self.padding[axis],
                self.padding[axis + 2],
                self.dilation[axis],
                self.output_padding[axis],
            )
            for axis in (0, 1)
        )
        return rows, columns

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(N, out_channels, H', W')``."""
        batch, _, height, width = check_map("conv_transpose2d", inputs, self.in_channels)
        size = self._size(height, width)
        if min(size) < 1:
            raise ShapeError(f"conv_transpose2d: nothing is left of the output, {size} of x {inputs[0]}")
        return (batch, self.out_channels, *size)

    @property
    def weight_shape(self) -> Shape:
        """``(I, O/groups, kH, kW)``."""
        return (self.in_channels, self.out_channels // self.groups, *self.kernel_size)

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Spread."""
        (x,) = inputs
        size = self._size(x.shape[2], x.shape[3])
        options = (size, self.stride, self.padding, self.dilation, self.groups)
        return Forward(conv_transpose2d(x, params["weight"], params.get("bias"), *options))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Gradients of input, weight and bias."""
        options = (self.stride, self.padding, self.dilation, self.groups)
        d_x, d_weight, d_bias = conv_transpose2d_vjp(grad, inputs[0], params["weight"], *options)
        return Gradients((d_x,), {"weight": d_weight, "bias": d_bias} if self.bias else {"weight": d_weight})

    def cost(self, *inputs: Shape) -> Cost:
        """One multiply-add per weight and position of the input; the bias is not counted."""
        weights = int(np.prod(self.weight_shape))
        positions = int(np.prod(inputs[0][2:]))
        return Cost(weights + self.out_channels * self.bias, weights * positions)

    def field(self, *inputs: Shape) -> None:
        """No window of one size: ``reads`` says what is read."""

    def reads(self, source: Shape) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """An output row reads the input rows whose kernels reach it."""
        size = self._size(source[2], source[3])
        rows, columns = (self._reads(axis, size[axis], source[axis + 2]) for axis in (0, 1))
        return rows, columns

    def _reads(self, axis: int, length: int, source: int) -> NDArray[np.bool_]:
        distance = np.arange(length)[:, None] + self.padding[axis] - np.arange(source) * self.stride[axis]
        within = (distance >= 0) & (distance <= (self.kernel_size[axis] - 1) * self.dilation[axis])
        return np.asarray(within & (distance % self.dilation[axis] == 0))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """One term per input channel of the group: the values that reach the place, times their weights."""
        filter_number, *place = index
        x, depth = inputs[0][0], self.in_channels // self.groups
        group, own = divmod(filter_number, self.out_channels // self.groups)
        (rows, i, down), (columns, j, right) = (
            self._reaching(axis, place[axis], x.shape[axis + 1]) for axis in (0, 1)
        )
        terms = []
        for channel in range(group * depth, (group + 1) * depth) if len(rows) and len(columns) else ():
            patch = x[channel][np.ix_(rows, columns)]
            kernel = params["weight"][channel, own][np.ix_(i, j)]
            products = patch.astype(np.float64) * kernel
            y, left = int(rows[0]), int(columns[0])
            terms.append(
                Term(0, channel, y, left, patch, products, float(products.sum()), kernel, step=(down, right))
            )
        bias = float(params["bias"][filter_number]) if self.bias else None
        return Explanation(float(output[0][index]), "sum", tuple(terms), bias)

    def _reaching(self, axis: int, place: int, source: int) -> tuple[NDArray[np.intp], NDArray[np.intp], int]:
        """Input places whose kernel reaches an output place, which of its cells does, and their distance."""
        stride, dilation = self.stride[axis], self.dilation[axis]
        distance = place + self.padding[axis] - np.arange(source) * stride
        reaching = (distance >= 0) & (distance <= (self.kernel_size[axis] - 1) * dilation)
        found = np.flatnonzero(reaching & (distance % dilation == 0))
        return found, distance[found] // dilation, dilation // gcd(dilation, stride)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Doubling, overlapping, cut unevenly, dilated, grouped, with more at the end, without bias."""
        yield Example(cls(2, 3, (2, 2), (2, 2)), ((2, 2, 2, 3),))
        yield Example(cls(2, 2, (3, 2)), ((1, 2, 3, 2),))
        yield Example(cls(1, 2, (3, 3), (2, 1), (1, 0, 0, 2), bias=False), ((1, 1, 3, 4),))
        yield Example(cls(1, 1, (2, 2), (3, 2), dilation=(2, 3)), ((1, 1, 2, 3),))
        yield Example(cls(4, 2, (2, 1), groups=2), ((1, 4, 2, 2),))
        yield Example(cls(1, 2, (2, 3), (3, 2), (0, 1, 1, 0), output_padding=(2, 1)), ((1, 1, 2, 3),))
