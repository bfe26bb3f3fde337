"""Pooling that does not alias."""

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
from cnn_core.ops.blur import binomial, blur_pool2d, blur_pool2d_vjp
from cnn_core.ops.windows import Window

__all__ = ["BlurPool2d"]


@register_layer("blur_pool2d")
@dataclass(frozen=True)
class BlurPool2d(Layer):
    """Every ``stride``-th value of a map blurred by a binomial kernel, channel by channel.

    Without the blur a stride reads fine detail as coarse (aliasing), and a shift of one pixel changes the
    result. What lies outside the map counts as 0.

    Shape:
        in: ``(N, C, H, W)``, out: ``(N, C, ceil(H / stride), ceil(W / stride))``.

    Raises:
        ShapeError: an option is below 1, or the kernel's size even.

    Reference: Zhang 2019, Making Convolutional Networks Shift-Invariant Again, section 3.2.
    """

    kernel_size: int = 3
    stride: int = 2

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("blur_pool2d", 1, kernel_size=self.kernel_size, stride=self.stride)
        if self.kernel_size % 2 == 0:
            raise ShapeError(f"blur_pool2d: kernel_size must be odd, got {self.kernel_size}")

    @property
    def window(self) -> Window:
        """Where the kernel lies."""
        size, half = self.kernel_size, self.kernel_size // 2
        return Window((size, size), (self.stride, self.stride), (half, half, half, half))

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(N, C, H', W')``."""
        batch, channels, height, width = check_map("blur_pool2d", inputs)
        return (batch, channels, *self.window.check("blur_pool2d", height, width))

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Blur and pool."""
        return Forward(blur_pool2d(inputs[0], self.kernel_size, self.stride))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Every cell of a window gets its share."""
        return Gradients((blur_pool2d_vjp(grad, inputs[0], self.kernel_size, self.stride),))

    def field(self, *inputs: Shape) -> FieldStep:
        """The kernel's window."""
        half = self.kernel_size // 2
        return FieldStep(self.window.kernel, self.window.stride, (half, half))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """The window times the fixed kernel, as one term."""
        channel, row, column = index
        patch, inside = self.window.patch(inputs[0][0, channel], row, column)
        kernel = np.outer(binomial(self.kernel_size), binomial(self.kernel_size)).astype(np.float32)
        products = patch.astype(np.float64) * kernel
        y, x = self.window.corner(row, column)
        term = Term(0, channel, y, x, patch, products, float(products.sum()), kernel, inside)
        return Explanation(float(output[0][index]), "sum", (term,))

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Even and odd sides, the wider kernel, a larger stride, and none."""
        yield Example(cls(), ((2, 2, 4, 5),))
        yield Example(cls(5), ((1, 2, 6, 3),))
        yield Example(cls(3, stride=3), ((1, 1, 5, 7),))
        yield Example(cls(5, stride=1), ((1, 1, 2, 4),))
