"""Products of two computed matrices, as attention has them, and what is chosen between two branches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.layers.base import (
    Array,
    ChannelStep,
    Cost,
    Example,
    Explanation,
    Forward,
    Gradients,
    Layer,
    Params,
    Shape,
    Term,
    register_layer,
)
from cnn_core.layers.common import check_inputs, explain_repeated
from cnn_core.ops.merge import unbroadcast
from cnn_core.ops.product import product, product_vjp

__all__ = ["Choose", "Product"]


@register_layer("product")
@dataclass(frozen=True)
class Product(Layer):
    """The matrix product of the first input and the second, in every group.

    Shape:
        in: ``(N, G, R, K)`` and ``(N, G, K, C)``, out: ``(N, G, R, C)``.

    Raises:
        ShapeError: the inputs do not fit each other.

    Reference: Vaswani et al. 2017, Attention Is All You Need, section 3.2.1.
    """

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(N, G, R, C)``."""
        check_inputs("product", inputs, 2, 2)
        a, b = inputs
        if len(a) != 4 or len(b) != 4 or a[:2] != b[:2] or a[3] != b[2]:
            raise ShapeError(f"product: wanted (N, G, R, K) and (N, G, K, C), got {a} and {b}")
        return (*a[:3], b[3])

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Multiply."""
        return Forward(product(*inputs))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Gradients of both."""
        return Gradients(product_vjp(grad, *inputs))

    def cost(self, *inputs: Shape) -> Cost:
        """One multiply-add for every product."""
        (_, groups, rows, inner), columns = inputs[0], inputs[1][3]
        return Cost(macs=groups * rows * inner * columns)

    def field(self, *inputs: Shape) -> None:
        """Told too generously: a row of the first and a column of the second are read."""

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep, ChannelStep]:
        """Their own group."""
        return ChannelStep(), ChannelStep()

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """A row of the first input times a column of the second."""
        a, b = inputs
        group, row, column = index
        patch = a[0, group, row : row + 1]
        kernel = b[0, group, :, column].astype(np.float64)[np.newaxis]
        products = patch.astype(np.float64) * kernel
        term = Term(0, group, row, 0, patch, products, float(products.sum()), kernel)
        return Explanation(float(output[0][index]), "sum", (term,))

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Two groups, one."""
        yield Example(cls(), ((2, 2, 3, 4), (2, 2, 4, 2)))
        yield Example(cls(), ((1, 1, 2, 2), (1, 1, 2, 3)))


@register_layer("choose")
@dataclass(frozen=True)
class Choose(Layer):
    """The second input where the first is not 0, elsewhere the third; axes of length 1 are repeated to fit.

    Raises:
        ShapeError: the inputs do not fit each other.
    """

    def infer_shape(self, *inputs: Shape) -> Shape:
        """Along every axis the one length, above 1, that the inputs have there."""
        check_inputs("choose", inputs, 3, 3)
        try:
            if len({len(shape) for shape in inputs}) > 1:
                raise ValueError("ranks differ")
            return np.broadcast_shapes(*inputs)
        except ValueError:
            raise ShapeError(
                "choose: inputs must have one shape, or 1 where they differ, "
                f"got {' and '.join(map(str, inputs))}"
            ) from None

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Choose."""
        condition, yes, no = inputs
        return Forward(np.where(condition != 0, yes, no))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """To what was chosen; none to what decides."""
        condition, yes, no = inputs
        chosen = condition != 0
        none = grad.dtype.type(0)
        both = (unbroadcast(np.where(chosen, grad, none), yes), unbroadcast(np.where(chosen, none, grad), no))
        return Gradients((np.zeros_like(condition), *both))

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """What decides, and both that it decides between, in their order."""
        return explain_repeated("function", inputs, output, index)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """All of a shape, a number per channel that decides, vectors."""
        yield Example(cls(), ((2, 2, 2, 3), (2, 2, 2, 3), (2, 2, 2, 3)))
        yield Example(cls(), ((1, 3, 1, 1), (1, 3, 2, 2), (1, 3, 2, 2)))
        yield Example(cls(), ((2, 4), (2, 4), (2, 4)))
