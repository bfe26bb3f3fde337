"""SmoothGrad: which slopes survive a little noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnn_core.attributions.base import (
    Attribution,
    Method,
    Progress,
    Steps,
    check_least,
    register_method,
)
from cnn_core.attributions.case import Case

__all__ = ["SmoothGrad"]


@register_method("smooth_grad", "SmoothGrad")
@dataclass(frozen=True)
class SmoothGrad(Method):
    """The mean of the gradients of ``copies`` of the image, each with normal noise of its own.

    ``sigma`` is the noise's standard deviation as a share of black to white; with 0 it is the gradient.

    Raises:
        BadInput: copies below 1, sigma or seed below 0.

    Reference: Smilkov et al. 2017, SmoothGrad: removing noise by adding noise, section 2.
    """

    costly: ClassVar[bool] = True

    copies: int = 30
    sigma: float = 0.15
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the parameters."""
        check_least(self.name, copies=(self.copies, 1), sigma=(self.sigma, 0), seed=(self.seed, 0))

    def explain(self, case: Case) -> Steps:
        """A batch of copies at a time."""
        rng = np.random.default_rng(self.seed)
        width = self.sigma * (case.levels.white - case.levels.black)
        total = np.zeros(case.x.shape[1:])
        for part in case.chunks(self.copies):
            noise = rng.standard_normal((part.stop - part.start, *case.x.shape[1:]))
            slopes = case.gradients((case.x + noise * width).astype(case.x.dtype))
            total += slopes.sum(axis=0, dtype=np.float64)
            yield Progress(part.stop, self.copies)
        mean = total.sum(axis=0) / self.copies
        return Attribution(mean.astype(case.x.dtype), passes=self.copies)

    def quick(self) -> SmoothGrad:
        """Half of the usual copies."""
        return SmoothGrad(min(self.copies, 16), self.sigma, self.seed)
