"""Sums and products of several inputs."""

from __future__ import annotations

from functools import partial

import numpy as np

from cnn_core.layers import Multiply
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Site
from cnn_core.runtime.kernels.pointwise import Pointwise
from cnn_core.runtime.places import Strip

__all__ = ["MergeRows"]


class MergeRows(Pointwise):
    """Add or multiply two or more inputs from left to right, the newest of them still in the cache."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.operation = np.multiply if isinstance(site.layer, Multiply) else np.add

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Two inputs or more; one whose channels are broadcast cannot be cut by channels and is left out."""
        return (
            super().fits(site)
            and len(site.inputs) > 1
            and all(shape[:2] == site.output[:2] for shape in site.inputs)
        )

    def calls(self, inputs: tuple[Array, ...], out: Array, strip: Strip, scratch: Array) -> list[Call]:
        """One operation for each input but the first."""
        first, second, *others = inputs
        calls: list[Call] = [partial(self.operation, first, second, out=out)]
        return calls + [partial(self.operation, out, other, out=out) for other in others]
