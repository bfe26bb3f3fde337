"""Sine and its relatives; each with its derivative, by the name that ONNX has for it in small letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from cnn_core.ops.windows import Array

__all__ = ["ANGLES", "angle", "angle_vjp"]

ANGLES: Mapping[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "sin": (np.sin, np.cos),
    "cos": (np.cos, lambda x: -np.sin(x)),
    "tan": (np.tan, lambda x: 1 + np.tan(x) ** 2),
    "asin": (np.arcsin, lambda x: 1 / np.sqrt(1 - x * x)),
    "acos": (np.arccos, lambda x: -1 / np.sqrt(1 - x * x)),
    "atan": (np.arctan, lambda x: 1 / (1 + x * x)),
    "sinh": (np.sinh, np.cosh),
    "cosh": (np.cosh, np.sinh),
    "asinh": (np.arcsinh, lambda x: 1 / np.sqrt(x * x + 1)),
    "acosh": (np.arccosh, lambda x: 1 / np.sqrt(x * x - 1)),
    "atanh": (np.arctanh, lambda x: 1 / (1 - x * x)),
}
"""Name: the function, and its derivative."""


def angle(x: Array, name: str) -> Array:
    """The function of that name; NaN where it is not defined, infinite where it overflows."""
    with np.errstate(all="ignore"):
        return np.asarray(ANGLES[name][0](x))


def angle_vjp(grad: Array, x: Array, name: str) -> Array:
    """Its derivative times grad."""
    with np.errstate(all="ignore"):
        return np.asarray(grad * ANGLES[name][1](x))
