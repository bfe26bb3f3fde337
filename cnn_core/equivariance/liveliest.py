"""Which channel of a layer to look at first."""

from __future__ import annotations

import numpy as np

from cnn_core.layers.base import Array

__all__ = ["liveliest_channel"]


def liveliest_channel(maps: Array) -> int:
    """The channel that makes most of its colours: the largest deviation, in units of its largest value.

    A map with a few bright places, or with one value all over, says little about what moves along.

    Shape:
        maps: ``(C, H, W)``.
    """
    largest = np.abs(maps).max(axis=(1, 2))
    spread = maps.std(axis=(1, 2)) / np.where(largest > 0, largest, 1)
    return int(spread.argmax())
