"""More functions of single values; each with its vector-Jacobian product from x and the output."""

from __future__ import annotations

import numpy as np

from cnn_core.ops.windows import Array

__all__ = [
    "absolute",
    "absolute_vjp",
    "clip",
    "clip_vjp",
    "elu",
    "elu_vjp",
    "exp",
    "exp_vjp",
    "hard_sigmoid",
    "hard_sigmoid_vjp",
    "log",
    "log_softmax",
    "log_softmax_vjp",
    "log_vjp",
    "power",
    "power_vjp",
    "softplus",
    "softplus_vjp",
    "sqrt",
    "sqrt_vjp",
]


def absolute(x: Array) -> Array:
    """|x|."""
    return np.asarray(np.abs(x))


def absolute_vjp(grad: Array, x: Array) -> Array:
    """The sign of x times grad; 0 at 0, as in PyTorch."""
    return np.asarray(grad * np.sign(x))


def clip(x: Array, least: float | None, most: float | None) -> Array:
    """x, but no less than ``least`` and no more than ``most``; None is no bound."""
    kind = x.dtype.type
    out = x if least is None else np.maximum(x, kind(least))
    return np.asarray(out if most is None else np.minimum(out, kind(most)))


def clip_vjp(grad: Array, x: Array, least: float | None, most: float | None) -> Array:
    """Grad where x lies within the bounds or on them, as in PyTorch, else 0."""
    inside = np.ones(x.shape, np.bool_)
    if least is not None:
        inside &= x >= least
    if most is not None:
        inside &= x <= most
    return np.asarray(grad * inside)


def elu(x: Array, alpha: float = 1.0) -> Array:
    """x above 0, else alpha * (exp(x) - 1)."""
    return np.where(x > 0, x, x.dtype.type(alpha) * np.expm1(np.minimum(x, 0)))


def elu_vjp(grad: Array, x: Array, alpha: float = 1.0) -> Array:
    """Above 0 grad, else grad * alpha * exp(x)."""
    return np.where(x > 0, grad, grad * x.dtype.type(alpha) * np.exp(np.minimum(x, 0)))


def exp(x: Array) -> Array:
    """e to the x; infinite where that overflows."""
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(x))


def exp_vjp(grad: Array, output: Array) -> Array:
    """Grad times the output."""
    return np.asarray(grad * output)


def hard_sigmoid(x: Array, alpha: float = 0.2, beta: float = 0.5) -> Array:
    """clip(alpha * x + beta, 0, 1)."""
    kind = x.dtype.type
    return np.asarray(np.clip(x * kind(alpha) + kind(beta), 0, 1))


def hard_sigmoid_vjp(grad: Array, output: Array, alpha: float = 0.2) -> Array:
    """Grad * alpha where the output is neither 0 nor 1."""
    return np.asarray(grad * grad.dtype.type(alpha) * ((output > 0) & (output < 1)))


def log(x: Array) -> Array:
    """The natural logarithm; minus infinity at 0, NaN below."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.log(x))


def log_vjp(grad: Array, x: Array) -> Array:
    """Grad / x."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(grad / x)


def log_softmax(x: Array, axis: int = -1) -> Array:
    """x - log(sum(exp(x))) along an axis; the maximum is taken off first, so nothing overflows."""
    centred = x - x.max(axis=axis, keepdims=True)
    return np.asarray(centred - np.log(np.exp(centred).sum(axis=axis, keepdims=True)))


def log_softmax_vjp(grad: Array, output: Array, axis: int = -1) -> Array:
    """grad - softmax * sum(grad), from the logarithms themselves."""
    return np.asarray(grad - np.exp(output) * grad.sum(axis=axis, keepdims=True))


def power(x: Array, exponent: Array | float) -> Array:
    """x to a fixed power; NaN for a root of what is negative."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return np.asarray(np.power(x, np.asarray(exponent, x.dtype)))


def power_vjp(grad: Array, x: Array, exponent: float) -> Array:
    """grad * exponent * x ** (exponent - 1)."""
    return np.asarray(grad * grad.dtype.type(exponent) * power(x, exponent - 1))


def softplus(x: Array) -> Array:
    """log(1 + exp(x)), without overflow."""
    return np.asarray(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))


def softplus_vjp(grad: Array, output: Array) -> Array:
    """Grad times the sigmoid of x, which is 1 - exp(-softplus)."""
    return np.asarray(-grad * np.expm1(-output))


def sqrt(x: Array) -> Array:
    """The root of x; NaN below 0."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.sqrt(x))


def sqrt_vjp(grad: Array, output: Array) -> Array:
    """grad / (2 * root)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(grad / (2 * output))
