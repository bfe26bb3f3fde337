"""Pooling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.layers.base import (
    Array,
    Example,
    Explanation,
    FieldStep,
    Forward,
    Gradients,
    Layer,
    Params,
    Shape,
    Term,
    register_layer,
)
from cnn_core.layers.common import check_map, check_options
from cnn_core.ops.pool import (
    avg_pool2d,
    avg_pool2d_vjp,
    global_avg_pool2d,
    global_avg_pool2d_vjp,
    max_pool2d,
    max_pool2d_vjp,
    pool_divisors,
)
from cnn_core.ops.windows import Padding, Pair, Window

__all__ = ["AvgPool2d", "GlobalAvgPool2d", "MaxPool2d"]


def _check_window(kind: str, window: Window) -> None:
    """Padding must be smaller than the window, or some window would hold nothing but padding."""
    check_options(kind, 1, kernel_size=window.kernel, stride=window.stride, dilation=window.dilation)
    check_options(kind, 0, padding=window.padding)
    top, left, bottom, right = window.padding
    if max(top, bottom) >= window.extent[0] or max(left, right) >= window.extent[1]:
        raise ShapeError(
            f"{kind}: padding must be smaller than the window {window.extent}, got {window.padding}"
        )


class WindowPool(Layer):
    """What pools with a window share; a stride of (0, 0) stands for the kernel's size."""

    kernel_size: Pair
    stride: Pair
    padding: Padding
    dilation: Pair
    ceil_mode: bool

    def __post_init__(self) -> None:
        """Fill in the stride and check the options."""
        if self.stride == (0, 0):
            object.__setattr__(self, "stride", self.kernel_size)
        _check_window(self.kind, self.window)

    @property
    def window(self) -> Window:
        """Where the windows lie."""
        return Window(self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(N, C, H', W')``."""
        batch, channels, height, width = check_map(self.kind, inputs)
        return (batch, channels, *self.window.check(self.kind, height, width))

    def field(self, *inputs: Shape) -> FieldStep:
        """The window."""
        top, left, _, _ = self.padding
        return FieldStep(self.kernel_size, self.stride, (top, left), self.dilation)


@register_layer("max_pool2d")
@dataclass(frozen=True)
class MaxPool2d(WindowPool):
    """The largest value of every window, channel by channel; padding never wins.

    A stride of (0, 0), the default, stands for the kernel's size, as in PyTorch. With ``ceil_mode`` the last
    window may run past the padded map, if it starts inside the input or the padding before it. PyTorch
    allows padding up to half the window, ONNX any; here it must be smaller than the window.

    Shape:
        in: ``(N, C, H, W)``, out: ``(N, C, H', W')``.

    Raises:
        ShapeError: an option is too small, or the padding as large as the window.
    """

    kernel_size: Pair
    stride: Pair = (0, 0)
    padding: Padding = (0, 0, 0, 0)
    dilation: Pair = (1, 1)
    ceil_mode: bool = False

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Pool."""
        options = (self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)
        return Forward(max_pool2d(inputs[0], *options))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """All of a window's gradient goes to its first maximum."""
        options = (self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)
        return Gradients((max_pool2d_vjp(grad, inputs[0], done.output, *options),))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """The window as one term whose only product is the winner; its place in the window in constants."""
        channel, row, column = index
        patch, inside = self.window.patch(inputs[0][0, channel], row, column)
        ranked = np.where(inside, patch, -np.inf)
        winner = np.unravel_index(int(ranked.argmax()), ranked.shape)
        products = np.zeros(patch.shape)
        products[winner] = ranked[winner]
        y, x = self.window.corner(row, column)
        term = Term(0, channel, y, x, patch, products, float(ranked[winner]), None, inside, self.dilation)
        constants = {"winner_y": float(winner[0]), "winner_x": float(winner[1])}
        return Explanation(float(output[0][index]), "max", (term,), constants=constants)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Plain, overlapping and padded, uneven padding, dilated, ceil mode with and without padding."""
        yield Example(cls((2, 2)), ((2, 2, 4, 5),))
        yield Example(cls((3, 3), stride=(2, 2), padding=(1, 1, 1, 1)), ((1, 2, 5, 6),))
        yield Example(cls((2, 3), stride=(1, 2), padding=(1, 0, 0, 2)), ((1, 1, 4, 5),))
        yield Example(cls((2, 2), stride=(1, 1), dilation=(2, 3)), ((1, 2, 4, 5),))
        yield Example(cls((3, 2), stride=(2, 2), ceil_mode=True), ((2, 1, 6, 5),))
        yield Example(cls((2, 2), stride=(3, 2), padding=(1, 1, 1, 1), ceil_mode=True), ((1, 2, 5, 4),))


@register_layer("avg_pool2d")
@dataclass(frozen=True)
class AvgPool2d(WindowPool):
    """The mean of every window, channel by channel.

    Padding counts as 0, and in the divisor only with ``count_include_pad`` (the default is ONNX's; PyTorch's
    is True). What ``ceil_mode`` adds beyond the padding never counts. Stride (0, 0) stands for the kernel's
    size; ceil mode and padding are as in ``MaxPool2d``.

    Shape:
        in: ``(N, C, H, W)``, out: ``(N, C, H', W')``.

    Raises:
        ShapeError: an option is too small, or the padding as large as the window.
    """

    kernel_size: Pair
    stride: Pair = (0, 0)
    padding: Padding = (0, 0, 0, 0)
    ceil_mode: bool = False
    count_include_pad: bool = False
    dilation: Pair = (1, 1)

    @property
    def _options(self) -> tuple[Pair, Pair, Padding, bool, bool, Pair]:
        size, rest = (self.kernel_size, self.stride, self.padding), (self.count_include_pad, self.dilation)
        return (*size, self.ceil_mode, *rest)

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Pool."""
        return Forward(avg_pool2d(inputs[0], *self._options))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Every cell of a window gets the same share."""
        return Gradients((avg_pool2d_vjp(grad, inputs[0], *self._options),))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """The window as one term; value = its sum / the divisor."""
        channel, row, column = index
        patch, inside = self.window.patch(inputs[0][0, channel], row, column)
        height, width = inputs[0].shape[2:]
        divisors = pool_divisors(self.window, (height, width), self.count_include_pad)
        products = patch.astype(np.float64)
        y, x = self.window.corner(row, column)
        term = Term(0, channel, y, x, patch, products, float(products.sum()), None, inside, self.dilation)
        return Explanation(
            float(output[0][index]), "mean", (term,), constants={"divisor": float(divisors[row, column])}
        )

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Plain, padded unevenly with and without counting it, ceil mode with and without padding."""
        yield Example(cls((2, 2)), ((2, 2, 4, 5),))
        yield Example(cls((3, 2), stride=(1, 2), padding=(1, 0, 2, 1)), ((1, 2, 4, 5),))
        yield Example(cls((3, 2), (1, 2), (1, 0, 2, 1), count_include_pad=True), ((1, 2, 4, 5),))
        yield Example(cls((3, 3), stride=(2, 2), ceil_mode=True), ((2, 1, 6, 4),))
        yield Example(cls((2, 2), (2, 1), (1, 2, 1, 0), dilation=(2, 3)), ((1, 2, 5, 6),))
        yield Example(
            cls((3, 3), (2, 2), (1, 1, 1, 1), ceil_mode=True, count_include_pad=True), ((1, 2, 6, 4),)
        )


@register_layer("global_avg_pool2d")
@dataclass(frozen=True)
class GlobalAvgPool2d(Layer):
    """The mean of every map.

    Shape:
        in: ``(N, C, H, W)``, out: ``(N, C, 1, 1)``.

    Reference: Lin et al. 2014, Network In Network, section 3.2.
    """

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(N, C, 1, 1)``."""
        return (*check_map("global_avg_pool2d", inputs)[:2], 1, 1)

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Take the means."""
        return Forward(global_avg_pool2d(inputs[0]))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Every value of a map gets the same share."""
        return Gradients((global_avg_pool2d_vjp(grad, inputs[0]),))

    def field(self, *inputs: Shape) -> None:
        """All of the map."""

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """The whole map as one term; value = its sum / its number of values."""
        patch = inputs[0][0, index[0]]
        products = patch.astype(np.float64)
        term = Term(0, index[0], 0, 0, patch=patch, products=products, sum=float(products.sum()))
        return Explanation(float(output[0][index]), "mean", (term,), constants={"divisor": float(patch.size)})

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """A few maps, and one that is a single value."""
        yield Example(cls(), ((2, 3, 3, 4),))
        yield Example(cls(), ((1, 2, 1, 1),))
