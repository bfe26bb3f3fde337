"""Learning rates over a run: functions of the step, counted from 0."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

__all__ = ["OneCycle", "Schedule", "WarmupCosine"]


class Schedule(Protocol):
    """The learning rate for each step of a run."""

    def __call__(self, step: int) -> float:
        """The rate to use for this step."""


def _cosine(start: float, end: float, fraction: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * fraction)) / 2


@dataclass(frozen=True, slots=True)
class OneCycle:
    """Half a cosine up to ``peak``, half a cosine down to almost nothing.

    Reference: Smith and Topin, 'Super-Convergence', 2018.

    >>> rate = OneCycle(peak=1.0, steps=100, warmup=0.2)
    >>> rate(0), rate(20), round(rate(60), 3)
    (0.04, 1.0, 0.5)
    """

    peak: float
    steps: int
    warmup: float = 0.2
    """Share of the steps spent going up."""
    start: float = 0.04
    """First rate, in shares of ``peak``."""
    end: float = 1e-3

    def __call__(self, step: int) -> float:
        """The rate to use for this step."""
        rising = self.warmup * self.steps
        if step < rising:
            return self.peak * _cosine(self.start, 1, step / rising)
        fraction = min((step - rising) / max(self.steps - rising, 1), 1)
        return self.peak * _cosine(1, self.end, fraction)


@dataclass(frozen=True, slots=True)
class WarmupCosine:
    """A straight line up to ``peak``, then a cosine down to zero.

    Reference: Loshchilov and Hutter, 'SGDR', 2017; Goyal et al., 'Accurate, Large Minibatch SGD', 2017.

    >>> rate = WarmupCosine(peak=1.0, steps=100, warmup=0.1)
    >>> rate(0), rate(9), rate(10), round(rate(55), 3)
    (0.1, 1.0, 1.0, 0.5)
    """

    peak: float
    steps: int
    warmup: float = 0.05

    def __call__(self, step: int) -> float:
        """The rate to use for this step."""
        rising = self.warmup * self.steps
        if step < rising:
            return self.peak * min((step + 1) / rising, 1)
        fraction = min((step - rising) / max(self.steps - rising, 1), 1)
        return self.peak * _cosine(1, 0, fraction)
