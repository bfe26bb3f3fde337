"""Maps of one layer compared with each other: what a page needs to sort them without having them."""

from __future__ import annotations

import numpy as np

from cnn_core.layers.base import Array

from .schemas import ChannelStatistics

__all__ = ["channel_statistics"]


def channel_statistics(node: str, output: Array) -> ChannelStatistics:
    """Every channel of one sample in a few numbers, summed in float64; the variance is the population's.

    Shape:
        output: ``(C, H, W)``, or ``(F,)``, where each value is a channel of its own.
    """
    maps = output.reshape(len(output), -1)
    nonzero = np.count_nonzero(maps, axis=1)
    return ChannelStatistics(
        node=node,
        min=maps.min(axis=1).tolist(),
        max=maps.max(axis=1).tolist(),
        mean=maps.mean(axis=1, dtype=np.float64).tolist(),
        variance=maps.var(axis=1, dtype=np.float64).tolist(),
        zero_fraction=((maps.shape[1] - nonzero) / maps.shape[1]).tolist(),
    )
