"""Global average pooling whose sums do not depend on the place."""

from __future__ import annotations

from functools import partial

import numpy as np

from cnn_core.layers import GlobalAvgPool2d
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Kernel, Site, Split
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["GlobalMeanSorted"]


class GlobalMeanSorted(Kernel):
    """Every map's values added up in order of their size, the same wherever they lie on it.

    A map that wraps around has the same mean, bit by bit, however it is moved. It wins nothing but that.
    """

    exact = True

    @property
    def split(self) -> Split:
        """Not at all."""
        return "never"

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Rows of channels, in and out."""
        return isinstance(site.layer, GlobalAvgPool2d) and (*site.sources, site.order) == ("NHCW", "NHCW")

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """One call."""
        return [partial(_sorted_means, inputs[0].nchw, output.nchw[:, :, 0, 0])]


def _sorted_means(x: Array, out: Array) -> None:
    np.mean(np.sort(x.reshape(*x.shape[:2], -1), axis=2), axis=2, out=out)
