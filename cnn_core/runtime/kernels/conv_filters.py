"""Convolution with many weights on few pixels."""

from __future__ import annotations

import numpy as np

from cnn_core.runtime.kernels.base import Site, Split
from cnn_core.runtime.kernels.conv_columns import ConvColumns

__all__ = ["ConvFilters"]

MOST_PIXELS = 128
LEAST_WEIGHTS = 1 << 17


class ConvFilters(ConvColumns):
    """Columns of the whole map, cut by filters and not by rows: each thread reads a part of the weights.

    Wins where the output has few pixels (7x7) and the weights are the larger matrix: every strip of rows
    would read them all again, while gathering the columns once in each thread costs next to nothing.
    """

    weighty = False

    @property
    def split(self) -> Split:
        """Among filters."""
        return "channels"

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Few output pixels, many weights."""
        batch, _, *sides = site.output
        return (
            super().fits(site)
            and batch * int(np.prod(sides)) <= MOST_PIXELS
            and site.params["weight"].size >= LEAST_WEIGHTS
        )
