"""Weights in half the bytes, where that costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnn_core.layers.base import Array, Params
from cnn_core.training.evaluate import Scores

__all__ = ["Stored", "store"]


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """Parameters in the type they are kept in, what that type is in words, and their scores if measured."""

    parameters: Params
    precision: str
    scores: Scores | None


def store(parameters: Params, measure: Callable[[Params], Scores]) -> Stored:
    """The parameters in float16 if their top-1 and top-3 stay what they are, else as they came.

    Between the two: only weights in float16, and what is one number a channel (biases, the scales and
    running statistics of norms) as it came. ``measure`` scores float32 parameters.
    """
    scores = measure(parameters)
    for precision, keeps in (
        ("float16", lambda value: False),
        ("float16, float32 where it is one number a channel", lambda value: value.ndim < 2),
    ):
        halved = {name: value if keeps(value) else _half(value) for name, value in parameters.items()}
        read_back = {name: value.astype(parameters[name].dtype) for name, value in halved.items()}
        if not all(np.isfinite(value).all() for value in read_back.values()):
            continue
        found = measure(read_back)
        if (found.top1, found.top3) == (scores.top1, scores.top3):
            return Stored(halved, precision, found)
    return Stored(parameters, "float32", scores)


def _half(value: Array) -> Array:
    with np.errstate(over="ignore"):  # beyond float16 becomes infinite, which is looked for
        return value.astype(np.float16)
