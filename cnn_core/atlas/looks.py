"""What a photo looks like around a patch, in few numbers: enough to see that two are nearly the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.atlas.layers import SurveyedLayer
from cnn_core.layers.base import Array

__all__ = ["ALIKE", "LOOK", "boxes_of", "looks", "photo_looks", "summed_area", "unlike"]

LOOK = 6
"""A look is so many rows and columns of mean grey."""

LEAST_SIDE = 24
"""Pixels around a tiny patch that count with it, else every two white corners would look the same."""

ALIKE = 6.0
"""Two patches are nearly the same if their grey levels, of 256, differ by less on average."""

SAME_PHOTO = 2.0
"""Two photos are one, stored twice in other sizes or qualities, if theirs do."""

Boxes = NDArray[np.int64]
"""``(P, 4)``: top, left, bottom, right in the network's input, half-open; they may leave it."""


def boxes_of(layer: SurveyedLayer, places: Array) -> Boxes:
    """What values at these places of a map see of the input, the part beyond its edges included.

    Shape:
        places: ``(P,)``, rows of the map one after another.
    """
    y, x = np.divmod(np.asarray(places, np.int64), layer.width)
    top = y * layer.field.stride[0] + layer.field.offset[0]
    left = x * layer.field.stride[1] + layer.field.offset[1]
    return np.stack([top, left, top + layer.field.size[0], left + layer.field.size[1]], axis=-1)


def summed_area(views: Array) -> NDArray[np.uint32]:
    """Sums of grey over all boxes that begin at the top left (Crow 1984); up to 16 million pixels fit.

    A pixel's grey is the mean of its colours, cut to a whole number.

    Shape:
        views: uint8 ``(N, H, W, C)``. Result: ``(N, H + 1, W + 1)``.
    """
    count, height, width, channels = views.shape
    grey = np.zeros((count, height, width), np.uint16)
    for channel in range(channels):
        grey += views[..., channel]
    grey //= np.uint16(channels)
    sums = np.zeros((count, height + 1, width + 1), np.uint32)
    np.cumsum(np.cumsum(grey, axis=1, dtype=np.uint32), axis=2, out=sums[:, 1:, 1:])
    return sums


def looks(sums: Array, photos: Array, boxes: Boxes) -> NDArray[np.uint8]:
    """The look of each box in each photo, the box grown to ``LEAST_SIDE`` and cut to the photo.

    Shape:
        photos: ``(P,)``, rows of ``sums``. Result: ``(P, LOOK, LOOK)``.
    """
    rows = _edges(boxes[:, 0], boxes[:, 2], sums.shape[1] - 1)
    columns = _edges(boxes[:, 1], boxes[:, 3], sums.shape[2] - 1)
    high, wide = sums.shape[1:]
    begin = (np.asarray(photos, np.int64)[:, None] * high + rows) * wide
    corners = sums.reshape(-1).take(begin[:, :, None] + columns[:, None, :])
    bands = corners[:, 1:] - corners[:, :-1]
    inside = bands[:, :, 1:] - bands[:, :, :-1]
    areas = np.diff(rows, axis=1)[:, :, None] * np.diff(columns, axis=1)[:, None, :]
    return np.asarray(inside // np.maximum(areas, 1).astype(np.uint32), np.uint8)


def photo_looks(sums: Array) -> NDArray[np.uint8]:
    """The look of each whole photo, ``(N, LOOK, LOOK)``."""
    count, height, width = sums.shape
    whole = np.broadcast_to(np.array([0, 0, height - 1, width - 1]), (count, 4))
    return looks(sums, np.arange(count), whole)


def unlike(patches: Array, photos: Array, whole: Array, count: int) -> NDArray[np.int64]:
    """Of each channel's candidates the first ``count`` that are not nearly the same as one before them.

    Shape:
        patches: their looks, uint8 ``(C, K, LOOK, LOOK)``; photos: their photos ``(C, K)``; whole: the looks
        of all photos. Result: ``(C, count)`` numbers below K, -1 where there are fewer.
    """
    found = np.full((len(patches), count), -1, np.int64)
    for first in range(0, len(patches), 128):
        part = slice(first, first + 128)
        apart = (_distances(patches[part]) >= ALIKE) & (_distances(whole[photos[part]]) >= SAME_PHOTO)
        taken = np.zeros(apart.shape[:2], np.bool_)
        for number in range(apart.shape[1]):
            unlike_all = (apart[:, number] | ~taken).all(axis=1)
            taken[:, number] = unlike_all & (np.count_nonzero(taken, axis=1) < count)
        order = np.argsort(~taken, axis=1, kind="stable")[:, :count]
        chosen = np.take_along_axis(taken, order, axis=1)
        found[part, : order.shape[1]] = np.where(chosen, order, -1)
    return found


def _distances(candidates: Array) -> NDArray[np.float64]:
    """Mean difference of all pairs of each channel's looks, ``(C, K, K)``."""
    levels = candidates.reshape(*candidates.shape[:2], LOOK * LOOK).astype(np.int16)
    return np.asarray(np.abs(levels[:, :, None] - levels[:, None]).mean(axis=3))


def _edges(first: Array, end: Array, side: int) -> NDArray[np.int64]:
    """Where ``LOOK`` cells begin and end along one axis."""
    grow = np.maximum(0, LEAST_SIDE - (end - first))
    begin = np.clip(first - grow // 2, 0, side)
    stop = np.clip(end + grow - grow // 2, 0, side)
    steps = np.arange(LOOK + 1, dtype=np.int64)
    return np.asarray(begin[:, None] + (stop - begin)[:, None] * steps // LOOK)
