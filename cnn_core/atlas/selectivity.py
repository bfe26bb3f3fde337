"""What the strongest values on many photos say of channels: which class they tell, and which are twins."""

from __future__ import annotations

import numpy as np

from cnn_core.atlas.layers import SurveyedLayer
from cnn_core.layers.base import Array

__all__ = ["MOST_COMPARED", "separation", "twins"]

MOST_COMPARED = 8192
"""Twins are not looked for in layers of more channels: all pairs would take too long."""

CHUNK = 64


def separation(peaks: Array, labels: Array, best: Array) -> Array:
    """How well each channel tells photos of one class from all others, by its strongest value.

    The chance that a photo of the class excites it more than one of the rest, ties counting half: the area
    under the receiver's operating curve (Hanley and McNeil 1982). NaN where one side has no photos.

    Shape:
        peaks: ``(m, C)``; labels: ``(m,)``; best: the class of each channel, ``(C,)``.
    """
    from scipy.stats import rankdata  # late: a server that makes no atlas starts without it

    found = np.full(len(best), np.nan, np.float32)
    for first in range(0, len(best), CHUNK):
        ranks = rankdata(peaks[:, first : first + CHUNK], axis=0)
        members = labels[:, np.newaxis] == best[first : first + CHUNK]
        inside = members.sum(axis=0)
        outside = len(labels) - inside
        above = (ranks * members).sum(axis=0) - inside * (inside + 1) / 2
        pairs = inside * outside
        some = pairs > 0
        found[first : first + CHUNK][some] = above[some] / pairs[some]
    return found


def twins(peaks: Array, layers: tuple[SurveyedLayer, ...]) -> tuple[Array, Array]:
    """The channel of its layer that rises and falls with each channel most, and their correlation.

    Of the strongest values photo by photo (Pearson 1895). -1 and 0 for channels that never change, or are
    alone, or in layers of more than ``MOST_COMPARED`` channels.

    Shape:
        peaks: ``(m, C)``. Results: int32 and float32 ``(C,)``.
    """
    partner = np.full(peaks.shape[1], -1, np.int32)
    correlation = np.zeros(peaks.shape[1], np.float32)
    for layer in layers:
        if 1 < layer.channels <= MOST_COMPARED and len(peaks) > 2:
            values = np.asarray(peaks[:, layer.span], np.float64)
            values -= values.mean(axis=0)
            size = np.sqrt((values**2).sum(axis=0))
            values /= np.where(size > 0, size, 1)
            for first in range(0, layer.channels, 512):
                alike = values[:, first : first + 512].T @ values
                rows = np.arange(len(alike))
                alike[rows, first + rows] = -2
                other = alike.argmax(axis=1)
                steady = (size[first : first + 512] == 0) | (size[other] == 0)
                span = slice(layer.first + first, layer.first + first + len(alike))
                partner[span] = np.where(steady, -1, other + layer.first)
                correlation[span] = np.where(steady, 0, alike[rows, other])
    return partner, correlation
