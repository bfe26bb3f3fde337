"""Axes of length 1 as long as another tensor's: what broadcasting does, where no layer does it itself."""

from __future__ import annotations

from cnn_core.layers import Repeat
from cnn_core.layers.base import Shape
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Tensor, held

__all__ = ["repeated"]


def repeated(step: Step, x: Tensor, shape: Shape, part: str = "repeated") -> Tensor:
    """x, its axes of length 1 as long as in ``shape``, which has as many."""
    if x.shape == shape:
        return x
    times = tuple(wanted // own for own, wanted in zip(x.shape[1:], shape[1:], strict=True))
    return step.make(Repeat(x.shape[1:], held(shape)[1:], times), x, shape=shape, part=part)
