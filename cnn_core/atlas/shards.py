"""What a shard of photos says of every channel: computed by whoever has time, added up in any order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cnn_core.atlas.histograms import Histograms
from cnn_core.atlas.jobs import Job
from cnn_core.atlas.layers import SurveyedLayer
from cnn_core.atlas.looks import LOOK, boxes_of, looks, photo_looks, summed_area
from cnn_core.layers.base import Array
from cnn_core.preprocess import scale_batch
from cnn_core.runtime import Plan, compile_plan
from cnn_core.runtime.team import single_threaded_blas

__all__ = ["CANDIDATES", "COLDEST", "Shard", "Surveyor"]

CANDIDATES = 20
"""Strongest photos kept of every channel: nine to be shown, and others in case some are nearly the same."""

COLDEST = 3


@dataclass(frozen=True)
class Shard:
    """The statistics of one shard.

    Arrays by name, the channels of all layers one after another (C):

    - ``top_value`` float32, ``top_photo`` int32, ``top_place`` int32 ``(C, CANDIDATES)``: the strongest value
      of each of the strongest photos, best first, and where on the map it is; -1 where there are fewer photos
    - ``top_look`` uint8 ``(C, CANDIDATES, LOOK, LOOK)``: what the photo looks like there, see ``looks``
    - ``low_value``, ``low_photo`` ``(C, COLDEST)``: the photos whose strongest value is weakest
    - ``total`` float64, ``zeros``, ``on`` int64 ``(C,)``: sum of all values, how many are 0, photos above 0
    - ``counts``, ``exponents``: histograms of all values, see ``Histograms``
    - ``class_ids``, ``class_photos`` ``(k,)``, ``class_total`` float64 ``(k, C)``: by class, photos and the
      sum of their strongest values
    - ``photos`` int32 ``(n,)``, ``answers`` int32 ``(n,)``: those that could be read, and the network's class
    - ``photo_look`` uint8 ``(n, LOOK, LOOK)``: what those photos look like as a whole
    - ``peaks`` float32 ``(m, C)``, ``peak_photos`` int32 ``(m,)``: every channel's strongest value on the
      photos that the job keeps them of
    - ``skipped``: texts ``file: reason`` of those that could not be read
    """

    number: int
    arrays: dict[str, Array]


class Surveyor:
    """Surveys shards of one job, one at a time: a plan, and the memory it runs in."""

    def __init__(self, job: Job) -> None:
        """Compile the network."""
        self.job = job
        shape = (job.batch, *job.model.graph.shapes[job.model.graph.inputs[0].name][1:])
        # one thread, so that the work is cut, and rounds, alike wherever it is done
        self._plan: Plan = compile_plan(job.model.graph, job.model.parameters, shape, threads=1)
        self._reader = job.photos.open()

    def close(self) -> None:
        """Let the photos' files go."""
        self._reader.close()

    def survey(self, number: int) -> Shard:
        """The statistics of shard ``number``."""
        tally = _Tally(self.job, self.job.photos_of(number))
        with single_threaded_blas():
            for photos, views in self._batches(number, tally.skipped):
                x = scale_batch(views, self.job.model.spec)
                outputs = {record.node.name: record.output for record in self._plan.records(x)}
                tally.add(photos, views, outputs)
        return Shard(number, tally.arrays())

    def _batches(self, number: int, skipped: list[str]) -> Iterator[tuple[list[int], Array]]:
        """Numbers and views of readable photos; a batch that is not full is filled up with black."""
        job, spec = self.job, self.job.model.spec
        views = np.zeros((job.batch, spec.height, spec.width, spec.channels), np.uint8)
        found: list[int] = []
        for index in job.photos_of(number):
            try:
                views[len(found)] = self._reader.view(index, spec).reshape(views.shape[1:])
            except OSError as error:
                skipped.append(f"{job.photos.names[index]}: {error}")
                continue
            found.append(index)
            if len(found) == job.batch:
                yield found, views
                found = []
        if found:
            views[len(found) :] = 0
            yield found, views


class _Tally:
    def __init__(self, job: Job, photos: range) -> None:
        self.job = job
        channels = job.channels
        self.skipped: list[str] = []
        self._photos: list[int] = []
        self._answers: list[Array] = []
        self._peaks: list[Array] = []
        self._sums: list[Array] = []
        self._top_value = np.full((channels, CANDIDATES), -np.inf, np.float32)
        self._top_photo = np.full((channels, CANDIDATES), -1, np.int32)
        self._top_place = np.full((channels, CANDIDATES), -1, np.int32)
        self._low_value = np.full((channels, COLDEST), np.inf, np.float32)
        self._low_photo = np.full((channels, COLDEST), -1, np.int32)
        self._total = np.zeros(channels, np.float64)
        self._zeros = np.zeros(channels, np.int64)
        self._on = np.zeros(channels, np.int64)
        self._histograms = Histograms.empty(channels)
        self._labels = job.photos.labels
        self._classes = sorted({self._labels[i] for i in photos if self._labels[i] >= 0})
        self._class_total = np.zeros((len(self._classes), channels), np.float64)
        self._class_photos = np.zeros(len(self._classes), np.int64)

    def add(self, photos: Sequence[int], views: Array, outputs: dict[str, Array]) -> None:
        """Count one batch."""
        n = len(photos)
        peaks = np.empty((n, self.job.channels), np.float32)
        for layer in self.job.layers:
            maps = _places_first(outputs[layer.before], layer, n)
            peaks[:, layer.span] = maps.max(axis=1)
            self._rank(layer, photos, maps, peaks[:, layer.span])
            self._measure(layer, maps, peaks[:, layer.span])
        self._on += np.count_nonzero(peaks > 0, axis=0)
        for row, photo in zip(peaks, photos, strict=True):
            if (label := self._labels[photo]) >= 0:
                self._class_total[self._classes.index(label)] += self.job.rectify(row)
                self._class_photos[self._classes.index(label)] += 1
        kept = [row for row, photo in enumerate(photos) if photo % self.job.keep_every == 0]
        self._peaks.append(peaks[kept])
        self._sums.append(summed_area(views[:n]))
        self._photos += photos
        self._answers.append(outputs[self.job.model.graph.output][:n].reshape(n, -1).argmax(axis=1))

    def _rank(self, layer: SurveyedLayer, photos: Sequence[int], maps: Array, peaks: Array) -> None:
        """Let a batch's photos compete with the strongest and weakest so far; the earlier wins a tie."""
        span, numbers = layer.span, np.asarray(photos, np.int32)
        here = np.broadcast_to(numbers, (layer.channels, len(photos)))
        values = np.concatenate([self._top_value[span], peaks.T], axis=1)
        order = np.argsort(-values, axis=1, kind="stable")[:, :CANDIDATES]
        places = np.concatenate([self._top_place[span], np.full(here.shape, -1, np.int32)], axis=1)
        channel, slot = np.nonzero(order >= CANDIDATES)
        entrants = order[channel, slot] - CANDIDATES
        places[channel, CANDIDATES + entrants] = _strongest_places(maps, entrants, channel)
        known = np.concatenate([self._top_photo[span], here], axis=1)
        self._top_value[span] = np.take_along_axis(values, order, axis=1)
        self._top_photo[span] = np.take_along_axis(known, order, axis=1)
        self._top_place[span] = np.take_along_axis(places, order, axis=1)
        weak = np.concatenate([self._low_value[span], peaks.T], axis=1)
        order = np.argsort(weak, axis=1, kind="stable")[:, :COLDEST]
        self._low_value[span] = np.take_along_axis(weak, order, axis=1)
        known = np.concatenate([self._low_photo[span], here], axis=1)
        self._low_photo[span] = np.take_along_axis(known, order, axis=1)

    def _measure(self, layer: SurveyedLayer, maps: Array, peaks: Array) -> None:
        """Sum, zeros and histogram of a layer's own values; ``maps`` are overwritten."""
        span = layer.span
        largest = peaks.max(axis=0)
        if layer.rectified:
            np.maximum(maps, 0, out=maps)
        else:
            largest = np.maximum(np.abs(largest), np.abs(maps.min(axis=(0, 1))))
        self._total[span] += maps.sum(axis=(0, 1), dtype=np.float64)
        self._zeros[span] += np.count_nonzero(maps == 0, axis=(0, 1))
        self._histograms.count(span, maps, largest)

    def _top_looks(self, photos: Array, sums: Array) -> Array:
        """What the strongest photos look like where they are strongest; black where there are fewer."""
        found = np.zeros((*self._top_photo.shape, LOOK, LOOK), np.uint8)
        for layer in self.job.layers:
            there = self._top_photo[layer.span] >= 0
            rows = np.searchsorted(photos, self._top_photo[layer.span][there])
            boxes = boxes_of(layer, self._top_place[layer.span][there])
            found[layer.span][there] = looks(sums, rows, boxes)
        return found

    def arrays(self) -> dict[str, Array]:
        """Everything counted."""
        photos = np.asarray(self._photos, np.int32)
        spec = self.job.model.spec
        sums = np.concatenate([np.zeros((0, spec.height + 1, spec.width + 1), np.uint32), *self._sums])
        return {
            "top_value": self._top_value,
            "top_photo": self._top_photo,
            "top_place": self._top_place,
            "top_look": self._top_looks(photos, sums),
            "low_value": self._low_value,
            "low_photo": self._low_photo,
            "total": self._total,
            "zeros": self._zeros,
            "on": self._on,
            "counts": self._histograms.counts,
            "exponents": self._histograms.exponents,
            "class_ids": np.asarray(self._classes, np.int64),
            "class_photos": self._class_photos,
            "class_total": self._class_total,
            "photos": photos,
            "answers": np.concatenate([np.zeros(0, np.int64), *self._answers]).astype(np.int32),
            "photo_look": photo_looks(sums),
            "peaks": np.concatenate([np.zeros((0, self.job.channels), np.float32), *self._peaks]),
            "peak_photos": photos[photos % self.job.keep_every == 0],
            "skipped": np.asarray(self.skipped, np.str_),
        }


def _places_first(output: Array, layer: SurveyedLayer, count: int) -> Array:
    """A copy of a batch's maps as ``(count, places, channels)``."""
    maps = output[:count].reshape(count, layer.channels, layer.height, layer.width)
    return np.array(maps.transpose(0, 2, 3, 1)).reshape(count, -1, layer.channels)


def _strongest_places(maps: Array, photos: Array, channels: Array) -> Array:
    """Where each of these maps is largest; the first place, row by row, where several are."""
    found = np.empty(len(photos), np.int32)
    step = max(1, (1 << 20) // maps.shape[1])
    for first in range(0, len(photos), step):
        part = slice(first, first + step)
        found[part] = maps[photos[part], :, channels[part]].argmax(axis=1)
    return found
