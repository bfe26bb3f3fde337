"""Products of two matrices that are both computed, group by group; with the vector-Jacobian product."""

from __future__ import annotations

import numpy as np

from cnn_core.ops.windows import Array

__all__ = ["product", "product_vjp"]


def product(a: Array, b: Array) -> Array:
    """a times b in every group.

    Shape:
        a: ``(N, G, R, K)``, b: ``(N, G, K, C)``, result ``(N, G, R, C)``.
    """
    return np.asarray(np.matmul(a, b))


def product_vjp(grad: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """Gradients with respect to a and b: grad times b turned, a turned times grad."""
    return np.matmul(grad, np.swapaxes(b, -1, -2)), np.matmul(np.swapaxes(a, -1, -2), grad)
