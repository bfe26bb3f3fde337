"""Where branches meet: sums, products, concatenation; each with its vector-Jacobian product."""

from __future__ import annotations

from functools import reduce
from itertools import accumulate

import numpy as np

from cnn_core.ops.windows import Array

__all__ = ["add", "add_vjp", "concat", "concat_vjp", "multiply", "multiply_vjp", "unbroadcast"]


def add(*inputs: Array) -> Array:
    """The sum of all inputs, axes of length 1 broadcast."""
    return reduce(np.add, inputs[1:], inputs[0])


def add_vjp(grad: Array, *inputs: Array) -> tuple[Array, ...]:
    """Gradients with respect to each input: grad, summed over what was broadcast."""
    return tuple(unbroadcast(grad, x) for x in inputs)


def multiply(*inputs: Array) -> Array:
    """The product of all inputs, axes of length 1 broadcast."""
    return reduce(np.multiply, inputs[1:], inputs[0])


def multiply_vjp(grad: Array, *inputs: Array) -> tuple[Array, ...]:
    """Gradients with respect to each input: grad times all others, summed over what was broadcast."""
    return tuple(
        unbroadcast(reduce(np.multiply, inputs[:i] + inputs[i + 1 :], grad), x) for i, x in enumerate(inputs)
    )


def concat(*inputs: Array, axis: int = 1) -> Array:
    """All inputs one after another along an axis, by default the channels."""
    return np.concatenate(inputs, axis=axis)


def concat_vjp(grad: Array, *inputs: Array, axis: int = 1) -> tuple[Array, ...]:
    """Gradients with respect to each input: its own part of grad."""
    ends = list(accumulate(x.shape[axis] for x in inputs))
    return tuple(np.split(grad, ends[:-1], axis=axis))


def unbroadcast(grad: Array, x: Array) -> Array:
    """The gradient by x of what x was broadcast to: summed over the axes of length 1 that were repeated."""
    axes = tuple(
        i for i, (wide, narrow) in enumerate(zip(grad.shape, x.shape, strict=True)) if wide != narrow
    )
    return np.asarray(grad.sum(axis=axes, keepdims=True)) if axes else grad
