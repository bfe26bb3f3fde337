"""Which channels of a layer say nothing, and which say the same, over many images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.layers.base import Array

__all__ = ["ALIKE", "Activity", "Twin"]

ALIKE = 0.99
"""Channels whose correlation is at least this are called duplicates: one is the other, scaled and shifted."""


@dataclass(frozen=True, slots=True)
class Twin:
    """The channel that goes most with another one, and the correlation of all their values."""

    channel: int
    correlation: float

    @property
    def duplicate(self) -> bool:
        """Whether one of the two can stand for both."""
        return self.correlation >= ALIKE


class Activity:
    """Sums over all values of all channels, in float64, image by image."""

    def __init__(self, channels: int) -> None:
        self._count = 0
        self._largest = np.zeros(channels)
        self._sums = np.zeros(channels)
        self._products = np.zeros((channels, channels))

    def add(self, maps: Array) -> None:
        """Take in the outputs of some images, ``(n, C, H, W)`` or ``(n, F)``."""
        for image in maps:
            values = image.reshape(len(image), -1).astype(np.float64)
            self._count += values.shape[1]
            np.maximum(self._largest, np.abs(values).max(axis=1), out=self._largest)
            self._sums += values.sum(axis=1)
            self._products += values @ values.T

    def dead(self, channel: int) -> bool:
        """Whether it is zero at every place of every image."""
        return bool(self._largest[channel] == 0)

    def twin(self, channel: int) -> Twin | None:
        """Its nearest; None where it never changes, or no other does.

        ``r = (E[xy] - E[x] E[y]) / (sd(x) sd(y))`` over all places of all images (Pearson).
        """
        mean = self._sums / self._count
        covariance = self._products[channel] / self._count - mean[channel] * mean
        variance = np.diag(self._products) / self._count - mean**2
        # what is left of a constant after rounding is no variance
        varies = variance > 1e-12 * np.maximum(self._largest, 1e-30) ** 2
        varies &= varies[channel]
        found = np.full(len(mean), -np.inf)
        found[varies] = covariance[varies] / np.sqrt(variance[varies] * variance[channel])
        found[channel] = -np.inf
        best = int(found.argmax())
        return Twin(best, float(found[best])) if np.isfinite(found[best]) else None
