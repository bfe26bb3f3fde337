"""Convolution."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from cnn_core.layers.base import (
    Array,
    Cost,
    Example,
    Explanation,
    FieldStep,
    Forward,
    Gradients,
    Params,
    Shape,
    Term,
    register_layer,
)
from cnn_core.layers.common import check_map
from cnn_core.layers.convolution import Convolution
from cnn_core.ops.conv import conv2d, conv2d_input_vjp, conv2d_parameters_vjp
from cnn_core.ops.windows import Padding, Pair, Window

__all__ = ["Conv2d"]


@register_layer("conv2d")
@dataclass(frozen=True)
class Conv2d(Convolution):
    """out[o, y, x] = bias[o] + sum over c, i, j of weight[o, c, i, j] * in[c, y*s - p + i*d, x*s - p + j*d].

    ``groups`` splits input and output channels into as many independent convolutions; with as many groups
    as input channels it is depthwise. ``padding`` is ``(top, left, bottom, right)``, of zeros.

    Shape:
        in: ``(N, in_channels, H, W)``, out: ``(N, out_channels, H', W')`` with
        ``H' = (H + top + bottom - dilation*(kernel - 1) - 1) // stride + 1``.

    Raises:
        ShapeError: an option is too small, or groups do not divide the channels.

    Reference: LeCun et al. 1998, Gradient-based learning applied to document recognition, section II.A.
    """

    in_channels: int
    out_channels: int
    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Padding = (0, 0, 0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = True

    @property
    def window(self) -> Window:
        """Where the kernel lies."""
        return Window(self.kernel_size, self.stride, self.padding, self.dilation)

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(N, out_channels, H', W')``."""
        batch, _, height, width = check_map("conv2d", inputs, self.in_channels)
        return (batch, self.out_channels, *self.window.check("conv2d", height, width))

    @property
    def weight_shape(self) -> Shape:
        """``(O, I/groups, kH, kW)``."""
        return (self.out_channels, self.in_channels // self.groups, *self.kernel_size)

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Convolve."""
        options = (self.stride, self.padding, self.dilation, self.groups)
        return Forward(conv2d(inputs[0], params["weight"], params.get("bias"), *options))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Gradients of input, weight and bias."""
        return Gradients(
            self.backward_inputs(params, inputs, done, grad), self.backward_params(params, inputs, done, grad)
        )

    def backward_inputs(
        self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array
    ) -> tuple[Array, ...]:
        """Gradient of the input: half the work of a step."""
        options = (self.stride, self.padding, self.dilation, self.groups)
        return (conv2d_input_vjp(grad, inputs[0], params["weight"], *options),)

    def backward_params(
        self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array
    ) -> Mapping[str, Array]:
        """Gradients of weight and bias: the other half."""
        options = (self.stride, self.padding, self.dilation, self.groups)
        d_weight, d_bias = conv2d_parameters_vjp(grad, inputs[0], params["weight"], *options)
        return {"weight": d_weight, "bias": d_bias} if self.bias else {"weight": d_weight}

    def cost(self, *inputs: Shape) -> Cost:
        """One multiply-add per weight and position; the bias is not counted."""
        weights = int(np.prod(self.weight_shape))
        positions = int(np.prod(self.infer_shape(*inputs)[2:]))
        return Cost(weights + self.out_channels * self.bias, weights * positions)

    def field(self, *inputs: Shape) -> FieldStep:
        """The kernel's window."""
        top, left, _, _ = self.padding
        return FieldStep(self.kernel_size, self.stride, (top, left), self.dilation)

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """One term per input channel of the filter's group: patch times kernel."""
        filter_number, row, column = index
        depth = self.in_channels // self.groups
        first = filter_number // (self.out_channels // self.groups) * depth
        patches, inside = self.window.patch(inputs[0][0, first : first + depth], row, column)
        y, x = self.window.corner(row, column)
        terms = []
        for channel, patch, kernel in zip(
            range(first, first + depth), patches, params["weight"][filter_number], strict=True
        ):
            products = patch.astype(np.float64) * kernel
            terms.append(
                Term(0, channel, y, x, patch, products, float(products.sum()), kernel, inside, self.dilation)
            )
        bias = float(params["bias"][filter_number]) if self.bias else None
        return Explanation(float(output[0][index]), "sum", tuple(terms), bias)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Plain, strided, padded unevenly, dilated, grouped, depthwise, 1x1, wide kernel."""
        yield Example(cls(2, 3, (3, 3)), ((2, 2, 5, 6),))
        yield Example(cls(2, 2, (3, 2), stride=(2, 3), padding=(1, 0, 2, 1)), ((1, 2, 6, 7),))
        yield Example(cls(1, 2, (2, 3), padding=(1, 2, 0, 2), dilation=(3, 2), bias=False), ((1, 1, 5, 5),))
        yield Example(cls(4, 6, (2, 2), groups=2), ((2, 4, 3, 4),))
        yield Example(cls(3, 6, (3, 3), padding=(1, 1, 1, 1), groups=3), ((1, 3, 4, 4),))
        yield Example(cls(3, 2, (1, 1)), ((2, 3, 3, 2),))
        yield Example(cls(1, 1, (5, 4), stride=(1, 2), padding=(2, 2, 2, 1)), ((1, 1, 3, 5),))
