"""The gradient: where the smallest change of a pixel would change the value most."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.attributions.base import Attribution, Method, Progress, Steps, register_method
from cnn_core.attributions.case import Case

__all__ = ["Gradient"]


@register_method("gradient", "Gradient")
@dataclass(frozen=True)
class Gradient(Method):
    """map[y, x] = sum over c of df / dx[c, y, x].

    Slopes, not shares: they add up to nothing.

    Reference: Simonyan et al. 2014, Deep Inside Convolutional Networks, section 3 (there the largest size).
    """

    def explain(self, case: Case) -> Steps:
        """One pass forward and back."""
        slopes = case.backward(nodes=[case.entry])[case.entry]
        yield Progress(1, 1)
        return Attribution(slopes[0].sum(axis=0), passes=1)
