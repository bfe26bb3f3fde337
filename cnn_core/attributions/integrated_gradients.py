"""Integrated gradients: what each pixel adds on the straight way from an image without anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnn_core.attributions.base import (
    Attribution,
    Method,
    Progress,
    Promise,
    Steps,
    check_least,
    register_method,
)
from cnn_core.attributions.case import Case
from cnn_core.attributions.levels import Fill, filled
from cnn_core.errors import BadInput

__all__ = ["IntegratedGradients"]


@register_method("integrated_gradients", "Integrated gradients")
@dataclass(frozen=True)
class IntegratedGradients(Method):
    """map = sum over colours of (x - x0) * mean over a of the gradient at x0 + a * (x - x0).

    The mean is taken at the middles of ``steps`` equal parts of 0 to 1; f(x) - f(x0) is what it would add up
    to in the limit, and the residual says how far from that it is. ReLU networks bend often: the midpoints
    of many steps come closer than a rule of higher order with few.

    Raises:
        BadInput: steps below 1, or an unknown start.

    Reference: Sundararajan et al. 2017, Axiomatic Attribution for Deep Networks, section 3.
    """

    costly: ClassVar[bool] = True

    steps: int = 40
    start: Fill = "black"

    def __post_init__(self) -> None:
        """Check the parameters."""
        check_least(self.name, steps=(self.steps, 1))
        if self.start not in ("black", "grey", "blur"):
            raise BadInput(f"{self.name}: start must be black, grey or blur, got {self.start!r}")

    def explain(self, case: Case) -> Steps:
        """A batch of steps at a time."""
        start = filled(case.x, case.levels, self.start)
        way = case.x - start
        places = ((np.arange(self.steps) + 0.5) / self.steps).astype(case.x.dtype)
        total = np.zeros(case.x.shape[1:])
        for part in case.chunks(self.steps):
            images = start + places[part, None, None, None] * way
            total += case.gradients(images).sum(axis=0, dtype=np.float64)
            yield Progress(part.stop, self.steps)
        shares = (way[0] * total / self.steps).sum(axis=0)
        nothing = float(case.question.values(case.outputs(start))[0])
        promise = Promise(case.value - nothing, {self.start: nothing})
        return Attribution(shares.astype(case.x.dtype), passes=self.steps, promise=promise)

    def quick(self) -> IntegratedGradients:
        """Fewer steps: enough for an order of pixels."""
        return IntegratedGradients(max(1, min(self.steps, 16)), self.start)
