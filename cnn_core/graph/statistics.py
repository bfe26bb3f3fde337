"""What is said of an output in a few numbers: all of it together, or each of its channels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.layers.base import Array

__all__ = ["ChannelStatistics", "Statistics", "channel_statistics", "statistics"]


@dataclass(frozen=True, slots=True)
class Statistics:
    """The values of one array in five numbers; ``zero_fraction`` counts exact zeros."""

    min: float
    max: float
    mean: float
    std: float
    zero_fraction: float


@dataclass(frozen=True, slots=True)
class ChannelStatistics:
    """Every channel of one sample in five numbers; entry i of each list is channel i's."""

    min: list[float]
    max: list[float]
    mean: list[float]
    variance: list[float]
    zero_fraction: list[float]


def statistics(array: Array) -> Statistics:
    """Extremes, mean and (population) standard deviation, the last two summed in float64.

    Not finite where the array is not: a NaN or an infinity shows in ``min`` or ``max``.
    """
    # one copy without gaps, one in float64: every further pass over them is a fast one
    values = np.ascontiguousarray(array).reshape(-1)
    distances = values.astype(np.float64)
    with np.errstate(invalid="ignore"):
        mean = distances.mean()
        distances -= mean
    np.square(distances, out=distances)
    return Statistics(
        min=float(values.min()),
        max=float(values.max()),
        mean=float(mean),
        std=float(np.sqrt(distances.mean())),
        zero_fraction=1.0 - np.count_nonzero(values != 0) / values.size,
    )


def channel_statistics(output: Array) -> ChannelStatistics:
    """Every channel by itself, summed in float64; the variance is the population's.

    Shape:
        output: ``(C, H, W)``, or ``(F,)``, where each value is a channel of its own.
    """
    maps = output.reshape(len(output), -1)
    nonzero = np.count_nonzero(maps, axis=1)
    return ChannelStatistics(
        min=maps.min(axis=1).tolist(),
        max=maps.max(axis=1).tolist(),
        mean=maps.mean(axis=1, dtype=np.float64).tolist(),
        variance=maps.var(axis=1, dtype=np.float64).tolist(),
        zero_fraction=((maps.shape[1] - nonzero) / maps.shape[1]).tolist(),
    )
