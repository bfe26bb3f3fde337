"""Edges only: the control, which asks no network at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.attributions.base import Attribution, Method, Progress, Steps, register_method
from cnn_core.attributions.case import Case
from cnn_core.layers.base import Array

__all__ = ["EdgesOnly"]


@register_method("edges_only", "Edges only")
@dataclass(frozen=True)
class EdgesOnly(Method):
    """map = size of the gradient of the image's mean over its colours, by Sobel's operator.

    It says where the image has edges. A method that does no better tells of the image, not of the network
    (Adebayo et al. 2018, section 5.1).
    """

    def explain(self, case: Case) -> Steps:
        """No pass at all."""
        grey = np.pad(case.x[0].mean(axis=0, dtype=np.float64), 1, mode="edge")
        across = _smoothed(grey[:, 2:] - grey[:, :-2])
        down = _smoothed((grey[2:] - grey[:-2]).T).T
        yield Progress(1, 1)
        return Attribution(np.hypot(across, down).astype(case.x.dtype), passes=0)


def _smoothed(rows: Array) -> Array:
    """1, 2, 1 down the rows."""
    smoothed: Array = rows[:-2] + 2 * rows[1:-1] + rows[2:]
    return smoothed
