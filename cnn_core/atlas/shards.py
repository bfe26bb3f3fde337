"""What a shard of photos says of every channel: computed by whoever has time, added up in any order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cnn_core.atlas.histograms import Histograms, bins_of
from cnn_core.atlas.jobs import Job
from cnn_core.atlas.layers import SurveyedLayer
from cnn_core.atlas.looks import LOOK, boxes_of, looks, photo_looks, summed_area
from cnn_core.atlas.maps import Maps
from cnn_core.layers.base import Array
from cnn_core.preprocess import scale_batch
from cnn_core.runtime import Plan, compile_plan
from cnn_core.runtime.team import single_threaded_blas

__all__ = ["CANDIDATES", "COLDEST", "Shard", "Surveyor"]

CANDIDATES = 20
"""Strongest photos kept of every channel: nine to be shown, and others in case some are nearly the same."""

COLDEST = 3

RUN = 8
"""Values that are added in float32 before float64 goes on: what is lost is below 5e-7 of their sum."""

CHUNK = 1024
"""Channels that are put in order at a time."""


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
        self._surveyed: dict[str, list[SurveyedLayer]] = {}
        for layer in job.layers:
            self._surveyed.setdefault(layer.before, []).append(layer)

    def close(self) -> None:
        """Let the photos' files go."""
        self._reader.close()

    def survey(self, number: int) -> Shard:
        """The statistics of shard ``number``."""
        tally = _Tally(self.job, self.job.photos_of(number))
        with single_threaded_blas():
            for photos, views in self._batches(number, tally.skipped):
                x = scale_batch(views, self.job.model.spec)
                tally.begin(photos, views)
                for record in self._plan.records(x):
                    for layer in self._surveyed.get(record.node.name, ()):
                        tally.count(layer, record.output)
                    if record.node.name == self.job.model.graph.output:
                        tally.answer(record.output)
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
    """What is counted of one shard, batch by batch."""

    def __init__(self, job: Job, photos: range) -> None:
        self.job = job
        channels = job.channels
        self.skipped: list[str] = []
        self._first = self._count = 0
        self._photos: list[int] = []
        self._answers: list[Array] = []
        self._sums: list[Array] = []
        self._peaks = np.empty((len(photos), channels), np.float32)
        self._places = np.full((len(photos), channels), -1, np.int32)
        self._enough = np.full(channels, -np.inf, np.float32)
        self._total = np.zeros(channels, np.float64)
        self._zeros = np.zeros(channels, np.int64)
        self._histograms = Histograms.empty(channels)

    def begin(self, photos: Sequence[int], views: Array) -> None:
        """The photos that the next outputs are of."""
        self._first, self._count = len(self._photos), len(photos)
        if self._first >= CANDIDATES:
            # who is not above so many earlier ones is not among the strongest
            self._enough = np.partition(self._peaks[: self._first], -CANDIDATES, axis=0)[-CANDIDATES]
        self._photos += photos
        self._sums.append(summed_area(views[: self._count]))

    def count(self, layer: SurveyedLayer, output: Array) -> None:
        """Count a layer's values, while they are still in the cache."""
        maps, span = Maps(output, layer, self._count), layer.span
        rows = slice(self._first, self._first + self._count)
        self._peaks[rows, span] = maps.peaks
        images, channels = np.nonzero(maps.peaks > self._enough[span])
        self._places[self._first + images, layer.first + channels] = maps.places(images, channels)
        factors = self._histograms.widen(span, maps.largest)
        channel = maps.columns(np.arange(layer.channels))
        zeros, total = np.zeros(len(channel), np.int64), np.zeros(len(channel), np.float64)
        nothing = np.zeros(len(channel), np.float32)
        places = np.empty((self._count * layer.height, len(channel)), np.uint8)
        for rows, piece in maps.pieces(factors):
            if layer.rectified:
                np.maximum(piece, nothing, out=piece)
            zeros += _zeros(piece)
            total += _sums(piece, maps.signed)
            bins_of(piece, places[rows], signed=maps.signed)
        self._histograms.count(span, places, channel, signed=maps.signed)
        self._zeros[span] += maps.by_channel(zeros)
        self._total[span] += maps.by_channel(total) / factors

    def answer(self, output: Array) -> None:
        """The network's classes of the photos begun with."""
        self._answers.append(output[: self._count].reshape(self._count, -1).argmax(axis=1))

    def arrays(self) -> dict[str, Array]:
        """Everything counted."""
        photos, spec = np.asarray(self._photos, np.int32), self.job.model.spec
        peaks = self._peaks[: len(photos)]
        sums = np.concatenate([np.zeros((0, spec.height + 1, spec.width + 1), np.uint32), *self._sums])
        found = _ranked(photos, peaks, self._places) | self._by_class(photos, peaks)
        return found | {
            "top_look": self._top_looks(photos, found, sums),
            "total": self._total,
            "zeros": self._zeros,
            "on": np.count_nonzero(peaks > 0, axis=0).astype(np.int64),
            "counts": self._histograms.counts,
            "exponents": self._histograms.exponents,
            "photos": photos,
            "answers": np.concatenate([np.zeros(0, np.int64), *self._answers]).astype(np.int32),
            "photo_look": photo_looks(sums),
            "peaks": peaks[photos % self.job.keep_every == 0],
            "peak_photos": photos[photos % self.job.keep_every == 0],
            "skipped": np.asarray(self.skipped, np.str_),
        }

    def _by_class(self, photos: Array, peaks: Array) -> dict[str, Array]:
        """Of each class of the shard its photos, and the sums of what they reach."""
        labels = np.asarray([self.job.photos.labels[photo] for photo in photos], np.int64)
        ids = np.unique(labels[labels >= 0])
        total = np.zeros((len(ids), self.job.channels), np.float64)
        for row, label in enumerate(ids):
            total[row] = self.job.rectify(peaks[labels == label]).sum(axis=0, dtype=np.float64)
        counts = np.asarray([np.count_nonzero(labels == label) for label in ids], np.int64)
        return {"class_ids": ids, "class_photos": counts, "class_total": total}

    def _top_looks(self, photos: Array, ranked: dict[str, Array], sums: Array) -> Array:
        """What the strongest photos look like where they are strongest; black where there are fewer."""
        strongest, places = ranked["top_photo"], ranked["top_place"]
        found = np.zeros((*strongest.shape, LOOK, LOOK), np.uint8)
        for layer in self.job.layers:
            there = strongest[layer.span] >= 0
            rows = np.searchsorted(photos, strongest[layer.span][there])
            boxes = boxes_of(layer, places[layer.span][there])
            found[layer.span][there] = looks(sums, rows, boxes)
        return found


def _ranked(photos: Array, peaks: Array, places: Array) -> dict[str, Array]:
    """Of each channel the photos that excite it most and least; the earlier wins a tie."""
    channels, most, least = peaks.shape[1], min(CANDIDATES, len(peaks)), min(COLDEST, len(peaks))
    found = {
        "top_value": np.full((channels, CANDIDATES), -np.inf, np.float32),
        "top_photo": np.full((channels, CANDIDATES), -1, np.int32),
        "top_place": np.full((channels, CANDIDATES), -1, np.int32),
        "low_value": np.full((channels, COLDEST), np.inf, np.float32),
        "low_photo": np.full((channels, COLDEST), -1, np.int32),
    }
    for first in range(0, channels, CHUNK):
        span = slice(first, first + CHUNK)
        values = np.array(peaks[:, span].T, order="C")
        order = np.argsort(-values, axis=1, kind="stable")[:, :most]
        found["top_value"][span, :most] = np.take_along_axis(values, order, axis=1)
        found["top_photo"][span, :most] = photos[order]
        found["top_place"][span, :most] = np.take_along_axis(places[: len(peaks), span].T, order, axis=1)
        rows = np.arange(len(values))
        for rank in range(least):
            low = values.argmin(axis=1)
            found["low_value"][span, rank] = values[rows, low]
            found["low_photo"][span, rank] = photos[low]
            values[rows, low] = np.inf
    return found


def _zeros(piece: Array) -> Array:
    """How many values of each column are 0."""
    zero = (piece == 0).view(np.uint8)
    found = np.zeros(piece.shape[1], np.int64)
    for first in range(0, len(zero), 255):
        found += zero[first : first + 255].sum(axis=0, dtype=np.uint8)
    return found


def _sums(piece: Array, signed: bool) -> Array:
    """The sums of each column, float64; of values that are not negative ``RUN`` at a time in float32."""
    whole = 0 if signed else len(piece) // RUN * RUN
    found: Array = piece[whole:].sum(axis=0, dtype=np.float64)
    if whole:
        found += piece[:whole].reshape(-1, RUN, piece.shape[1]).sum(axis=1).sum(axis=0, dtype=np.float64)
    return found
