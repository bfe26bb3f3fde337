"""Global average pooling."""

from __future__ import annotations

from functools import partial

import numpy as np

from cnn_core.layers import GlobalAvgPool2d
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Kernel, Site, Split
from cnn_core.runtime.kernels.products import merged
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["GlobalMean"]


class GlobalMean(Kernel):
    """A row of 1/(H*W) times the map: the sum is a matrix product, which adds in many lanes at once."""

    @property
    def split(self) -> Split:
        """Not at all."""
        return "never"

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Channels last, in and out."""
        return isinstance(site.layer, GlobalAvgPool2d) and (*site.sources, site.order) == ("NHWC", "NHWC")

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """A product for each image; the mean of a map with a border is NumPy's."""
        calls: list[Call] = []
        for x, out in zip(inputs[0].inside, output.inside[:, 0], strict=True):
            pixels = merged(x)
            if pixels is None:
                calls.append(partial(np.mean, x, axis=(0, 1), out=out[0]))
            else:
                shares = np.full((1, len(pixels)), 1 / len(pixels), np.float32)
                calls.append(partial(np.matmul, shares, pixels, out=out))
        return calls
