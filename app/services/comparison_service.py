"""Two subjects held against each other, noise, and layers without counterparts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from cnn_core.comparison import (
    Attack,
    NetworkDifference,
    Noise,
    compare,
    corresponding,
    gram_matrices,
    noisy,
    similarity_table,
)
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array
from cnn_core.preprocess import crop_pixels, default_crop

from .cache import ByteLru
from .compute import WorkerPool
from .image_store import ImageStore, StoredImage
from .model_store import LoadedModel
from .patience import run_patiently
from .trace_service import Subject, TraceRun, TraceService

__all__ = ["Comparison", "ComparisonService", "Similarity", "telling_layers"]

_MOST_SECONDS = 60.0
_HELD_BYTES = 128 * 1024 * 1024
"""Outputs kept while examples are multiplied with one another."""
_KEPT_BYTES = 16 * 1024 * 1024
"""Noise and tables kept for the next request."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What differs between two traces, and the traces."""

    found: NetworkDifference
    a: TraceRun
    b: TraceRun


@dataclass(frozen=True, slots=True, eq=False)
class Similarity:
    """Linear CKA of every layer of ``a`` with every layer of ``b`` over so many images; None: undefined."""

    a: tuple[str, ...]
    b: tuple[str, ...]
    images: int
    values: tuple[tuple[float | None, ...], ...]


class ComparisonService:
    """Comparisons are computed when asked for, from traces that are kept anyway."""

    def __init__(self, pool: WorkerPool, traces: TraceService, images: ImageStore) -> None:
        self._pool, self._traces, self._images = pool, traces, images
        self._noise: ByteLru[tuple[object, ...], tuple[StoredImage, Noise]] = ByteLru(_KEPT_BYTES)
        self._tables: ByteLru[tuple[object, ...], Similarity] = ByteLru(_KEPT_BYTES)

    async def compare(self, a: Subject, b: Subject) -> Comparison:
        """Every pair of layers that correspond. A subject is compared with itself by running it once more.

        Raises:
            Busy: the queue is full.
        """
        opened = [self._traces.open(a), self._traces.open(b)]
        run_a, run_b = await asyncio.gather(*(run.finished() for run in opened))
        job = partial(self._compared, a, b, run_a, run_b)
        found = await self._pool.run_once(("comparison", a.key, b.key), job)
        return Comparison(found, run_a, run_b)

    def _compared(self, a: Subject, b: Subject, run_a: TraceRun, run_b: TraceRun) -> NetworkDifference:
        # one array is always equal to itself: that would be no comparison
        other = self._traces.outputs(b) if run_a is run_b else run_b.outputs
        return compare(run_a.outputs, other, corresponding(a.loaded.model.graph, b.loaded.model.graph))

    async def noise(self, subject: Subject, attack: Attack) -> tuple[StoredImage, Noise]:
        """What the network sees, with noise, as a picture that every address takes.

        Raises:
            CnnError: the network has no classes.
            Problem: it takes too long.
        """
        key = ("noise", subject.key, attack)
        made = self._noise.get(key)
        if made is None:
            made = await run_patiently(
                self._pool, "The noise", _MOST_SECONDS, partial(_made_noise, subject, attack)
            )
            self._noise.put(key, made, made[0].pixels.nbytes)
        await self._images.add(made[0])
        return made

    async def similarity(
        self, a: LoadedModel, b: LoadedModel, images: Sequence[StoredImage], most: int
    ) -> Similarity:
        """The layers of two networks by what they tell apart, at most ``most`` layers of each.

        Raises:
            CnnError: too few images.
            Problem: it takes too long.
        """
        key = ("similarity", a.fingerprint, b.fingerprint, tuple(image.id for image in images), most)
        found = self._tables.get(key)
        if found is None:
            work = partial(self._similar, a, b, images, most)
            found = await run_patiently(self._pool, "The comparison", _MOST_SECONDS, work)
            self._tables.put(key, found, 100 * len(found.a) * len(found.b))
        return found

    def _similar(
        self,
        a: LoadedModel,
        b: LoadedModel,
        images: Sequence[StoredImage],
        most: int,
        each_step: Callable[[], None],
    ) -> Similarity:
        sides = []
        for loaded in (a, b):
            graph = loaded.model.graph
            nodes = telling_layers(graph, most)
            size = 8 * sum(int(np.prod(graph.shapes[node])) for node in nodes)

            def outputs(i: int, loaded: LoadedModel = loaded) -> Mapping[str, Array]:
                each_step()
                return self._traces.outputs(_whole(loaded, images[i]))

            sides.append(gram_matrices(outputs, len(images), nodes, max(1, _HELD_BYTES // size)))
        table = similarity_table(*sides)
        values = tuple(tuple(row.values()) for row in table.values())
        return Similarity(tuple(sides[0]), tuple(sides[1]), len(images), values)


def telling_layers(graph: Graph, most: int) -> tuple[str, ...]:
    """Layers that stand for a network: those that weigh their inputs and the output, evenly thinned out."""
    weighing = [node.name for node in graph if graph.cost(node.name).macs]
    if graph.output not in weighing:
        weighing.append(graph.output)
    picked = np.linspace(0, len(weighing) - 1, min(most, len(weighing))).round().astype(int)
    return tuple(weighing[i] for i in picked)


def _whole(loaded: LoadedModel, image: StoredImage) -> Subject:
    return Subject(loaded, image, default_crop(loaded.model.spec, image.width, image.height))


def _made_noise(subject: Subject, attack: Attack, each_step: Callable[[], None]) -> tuple[StoredImage, Noise]:
    model = subject.loaded.model
    seen = crop_pixels(subject.image.pixels, model.spec, subject.crop)
    noise = noisy(model.graph, model.parameters, model.spec, seen, attack, each_step=each_step)
    # a picture has three channels; one of equal ones is read back as it was, rounding included
    colours = np.broadcast_to(noise.pixels, (*noise.pixels.shape[:2], 3))
    return StoredImage.of(colours, kind=subject.image.kind), noise
