"""Shards added up, one after another in the order of their numbers, whoever made them and whenever."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from cnn_core.atlas.histograms import Histograms
from cnn_core.atlas.jobs import Job
from cnn_core.atlas.looks import LOOK
from cnn_core.atlas.shards import CANDIDATES, COLDEST, Shard
from cnn_core.layers.base import Array

__all__ = ["NAMED", "Merged", "merge"]

NAMED = 100
"""Unreadable files that an atlas names; beyond, it counts."""


@dataclass
class Merged:
    """Everything the shards said, but the strongest values photo by photo: those are handed on.

    The memory is that of a few hundred numbers a channel, however many photos there were.
    """

    top_value: Array
    top_photo: Array
    top_place: Array
    top_look: Array
    low_value: Array
    low_photo: Array
    total: Array
    zeros: Array
    on: Array
    histograms: Histograms
    class_photos: Array
    class_total: Array
    photo_look: Array
    """Of all photos, readable or not."""
    photos: int = 0
    right: int = 0
    skipped: int = 0
    skipped_named: list[str] = field(default_factory=list)

    @classmethod
    def empty(cls, job: Job) -> Merged:
        """Nothing yet."""
        channels, classes = job.channels, len(job.photos.classes)
        return cls(
            np.full((channels, CANDIDATES), -np.inf, np.float32),
            np.full((channels, CANDIDATES), -1, np.int32),
            np.full((channels, CANDIDATES), -1, np.int32),
            np.zeros((channels, CANDIDATES, LOOK, LOOK), np.uint8),
            np.full((channels, COLDEST), np.inf, np.float32),
            np.full((channels, COLDEST), -1, np.int32),
            np.zeros(channels, np.float64),
            np.zeros(channels, np.int64),
            np.zeros(channels, np.int64),
            Histograms.empty(channels),
            np.zeros(classes, np.int64),
            np.zeros((classes, channels), np.float64),
            np.zeros((job.total, LOOK, LOOK), np.uint8),
        )

    def add(self, shard: Shard, right: int) -> None:
        """Add the next shard; ``right`` of its photos were named rightly."""
        found = shard.arrays
        values = np.concatenate([self.top_value, found["top_value"]], axis=1)
        order = np.argsort(-values, axis=1, kind="stable")[:, :CANDIDATES]
        self.top_value = np.take_along_axis(values, order, axis=1)
        for name in ("top_photo", "top_place", "top_look"):
            both = np.concatenate([getattr(self, name), found[name]], axis=1)
            index = order.reshape(*order.shape, *(1,) * (both.ndim - 2))
            setattr(self, name, np.take_along_axis(both, index, axis=1))
        values = np.concatenate([self.low_value, found["low_value"]], axis=1)
        order = np.argsort(values, axis=1, kind="stable")[:, :COLDEST]
        self.low_value = np.take_along_axis(values, order, axis=1)
        both = np.concatenate([self.low_photo, found["low_photo"]], axis=1)
        self.low_photo = np.take_along_axis(both, order, axis=1)
        self.total += found["total"]
        self.zeros += found["zeros"]
        self.on += found["on"]
        self.histograms.add(Histograms(found["counts"], found["exponents"]))
        self.class_photos[found["class_ids"]] += found["class_photos"]
        self.class_total[found["class_ids"]] += found["class_total"]
        self.photo_look[found["photos"]] = found["photo_look"]
        self.photos += len(found["photos"])
        self.right += right
        self.skipped += len(found["skipped"])
        self.skipped_named += found["skipped"].tolist()[: NAMED - len(self.skipped_named)]


def merge(job: Job, shards: Iterable[Shard]) -> Merged:
    """Add up shards that come in the order of their numbers."""
    merged = Merged.empty(job)
    known, labels = known_classes(job), np.asarray(job.photos.labels, np.int64)
    for shard in shards:
        right = 0
        if len(known):
            right = int(np.count_nonzero(known[labels[shard.arrays["photos"]]] == shard.arrays["answers"]))
        merged.add(shard, right)
    return merged


def known_classes(job: Job) -> Array:
    """The network's class of each class of the photos, matched by name; empty if one is unknown to it.

    >>> from cnn_core.atlas.merging import plain
    >>> plain("Bell pepper") == plain("bell_pepper")
    True
    """
    labels = [plain(label) for label in job.model.labels]
    names = [plain(name) for name in job.photos.classes]
    if not names or any(name not in labels for name in names):
        return np.zeros(0, np.int64)
    # the last is that of photos without a class, whose label is -1: no class of the network's
    return np.asarray([*(labels.index(name) for name in names), -1], np.int64)


def plain(name: str) -> str:
    """A class's name without what people spell differently."""
    return name.strip().lower().replace("_", " ").replace("-", " ")
