"""Smooth functions of single values around the rectifier; each with its vector-Jacobian product from x.

Reference: Hendrycks & Gimpel 2016, Gaussian Error Linear Units; Ramachandran et al. 2017, Searching for
Activation Functions; Misra 2019, Mish.
"""

from __future__ import annotations

import math

import numpy as np

from cnn_core.ops.activation import sigmoid
from cnn_core.ops.functions import softplus
from cnn_core.ops.windows import Array

__all__ = [
    "erf",
    "erf_vjp",
    "gelu",
    "gelu_tanh",
    "gelu_tanh_vjp",
    "gelu_vjp",
    "mish",
    "mish_vjp",
    "swish",
    "swish_vjp",
]

CUBIC = 0.044715
"""Of the cube in the argument of GELU's approximation."""


def erf(x: Array) -> Array:
    """2 / sqrt(pi) * the integral of exp(-t^2) from 0 to x."""
    from scipy.special import erf as error_function  # late: most networks start without it

    return np.asarray(error_function(x))


def erf_vjp(grad: Array, x: Array) -> Array:
    """2 / sqrt(pi) * exp(-x^2) times grad."""
    return np.asarray(grad * x.dtype.type(2 / math.sqrt(math.pi)) * np.exp(-x * x))


def gelu(x: Array) -> Array:
    """x times the share of a normal distribution below x: x / 2 * (1 + erf(x / sqrt(2)))."""
    return np.asarray(x * _below(x))


def gelu_vjp(grad: Array, x: Array) -> Array:
    """The share below x plus x times the density at x, times grad."""
    density = x.dtype.type(1 / math.sqrt(2 * math.pi)) * np.exp(-x * x / 2)
    return np.asarray(grad * (_below(x) + x * density))


def _below(x: Array) -> Array:
    return np.asarray((1 + erf(x * x.dtype.type(math.sqrt(0.5)))) / 2)


def gelu_tanh(x: Array) -> Array:
    """x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))), close to GELU."""
    return np.asarray(x / 2 * (1 + np.tanh(_cubic(x))))


def gelu_tanh_vjp(grad: Array, x: Array) -> Array:
    """Its derivative times grad."""
    bent, kind = np.tanh(_cubic(x)), x.dtype.type
    slope = kind(math.sqrt(2 / math.pi)) * (1 + kind(3 * CUBIC) * x * x)
    return np.asarray(grad * (1 + bent + x * (1 - bent * bent) * slope) / 2)


def _cubic(x: Array) -> Array:
    kind = x.dtype.type
    return np.asarray(kind(math.sqrt(2 / math.pi)) * (x + kind(CUBIC) * x * x * x))


def swish(x: Array, alpha: float) -> Array:
    """x * sigmoid(alpha * x)."""
    return np.asarray(x * sigmoid(x * x.dtype.type(alpha)))


def swish_vjp(grad: Array, x: Array, alpha: float) -> Array:
    """s + alpha * x * s * (1 - s), times grad."""
    share, kind = sigmoid(x * x.dtype.type(alpha)), x.dtype.type
    return np.asarray(grad * (share + kind(alpha) * x * share * (1 - share)))


def mish(x: Array) -> Array:
    """x * tanh(log(1 + exp(x)))."""
    return np.asarray(x * np.tanh(softplus(x)))


def mish_vjp(grad: Array, x: Array) -> Array:
    """t + x * (1 - t^2) * sigmoid(x), t the tanh, times grad."""
    bent = np.tanh(softplus(x))
    return np.asarray(grad * (bent + x * (1 - bent * bent) * sigmoid(x)))
