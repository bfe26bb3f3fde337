"""What kernels share that gather the windows of a convolution as columns."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Kernel, Site

__all__ = ["Columned"]


class Columned(Kernel):
    """All filters as one matrix, to be multiplied by columns; a column of ones carries the bias.

    ``orders`` are those of the input and of the output.
    """

    error = 2e-6
    orders: ClassVar[tuple[str, str]]

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        weight, bias = site.params["weight"], site.params.get("bias")
        filters = self.filters(weight)
        self.weight = np.ascontiguousarray(filters if bias is None else np.vstack([filters, bias]))
        self.biased = bias is not None

    @staticmethod
    @abstractmethod
    def filters(weight: Array) -> Array:
        """The matrix, a filter a column.

        Shape:
            weight: ``(O, I, kH, kW)``, result: ``(kH * kW * I, O)`` in the order of the columns.
        """

    @classmethod
    def fits(cls, site: Site) -> bool:
        """A convolution of one group between these orders."""
        layer = site.layer
        return isinstance(layer, Conv2d) and layer.groups == 1 and (*site.sources, site.order) == cls.orders

    def scratch(self, images: int, rows: int) -> int:
        """The columns."""
        return images * rows * self.site.output[3] * len(self.weight)
