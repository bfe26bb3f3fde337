"""Values rounded to the few levels that a quantised network knows; with the vector-Jacobian product.

Reference: ONNX's QuantizeLinear and DequantizeLinear; Bengio et al. 2013, Estimating or Propagating Gradients
Through Stochastic Neurons, section 4.
"""

from __future__ import annotations

import numpy as np

from cnn_core.ops.windows import Array

__all__ = ["levels", "levels_vjp"]


def levels(x: Array, scale: float, zero: int, least: int, most: int) -> Array:
    """(clip(round(x / scale) + zero, least, most) - zero) * scale, halves rounded to the even level."""
    kind = x.dtype.type
    level = np.clip(np.rint(x / kind(scale)) + kind(zero), least, most)
    return np.asarray((level - kind(zero)) * kind(scale))


def levels_vjp(grad: Array) -> Array:
    """0: between two levels nothing changes."""
    return np.zeros_like(grad)
