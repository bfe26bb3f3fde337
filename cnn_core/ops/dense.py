"""Fully connected layers and what leads to them."""

from __future__ import annotations

import numpy as np

from cnn_core.ops.windows import Array

__all__ = ["dense", "dense_vjp", "dropout_mask", "flatten", "flatten_vjp"]


def dense(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """x W^T + b.

    Shape:
        x: ``(N, I)``, weight: ``(O, I)``, bias: ``(O,)``, result: ``(N, O)``.
    """
    out: Array = x @ weight.T
    if bias is not None:
        out += bias
    return out


def dense_vjp(grad: Array, x: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Gradients with respect to x, weight and bias, from ``grad`` ``(N, O)``."""
    return grad @ weight, grad.T @ x, grad.sum(axis=0)


def flatten(x: Array) -> Array:
    """All axes but the batch in one, the last running fastest: ``(N, C, H, W)`` -> ``(N, C*H*W)``."""
    return x.reshape(len(x), -1)


def flatten_vjp(grad: Array, x: Array) -> Array:
    """Gradient with respect to x: the same numbers in x's shape."""
    return grad.reshape(x.shape)


def dropout_mask(rng: np.random.Generator, x: Array, probability: float) -> Array:
    """Factors for x: 0 with this probability, else 1 / (1 - probability)."""
    keep = rng.random(x.shape, np.float32) >= probability
    scale = 0.0 if probability == 1 else 1 / (1 - probability)
    mask: Array = np.multiply(keep, x.dtype.type(scale))
    return mask
