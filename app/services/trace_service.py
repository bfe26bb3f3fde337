"""Traces: computed once, followed by as many as ask while they run, and kept while there is room."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from math import isfinite

import numpy as np

from cnn_core.errors import BadInput
from cnn_core.graph.edits import edited_nodes, untouched
from cnn_core.graph.statistics import Statistics, statistics
from cnn_core.graph.trace import NodeRecord
from cnn_core.layers.base import Array, Shape
from cnn_core.layers.replaced import bare
from cnn_core.preprocess import Crop, to_tensor
from cnn_core.runtime import PlanCache
from cnn_core.runtime.plan import Plan

from ..errors import Problem
from .cache import ByteLru
from .compute import WorkerPool
from .image_store import StoredImage
from .metrics import Metrics
from .model_store import LoadedModel, is_edit_of

__all__ = ["LayerOutput", "Subject", "TraceRun", "TraceService", "not_finite"]

_log = logging.getLogger(__name__)

_LAYER_BYTES = 2000
"""Of the objects for one layer of a run: its record, its statistics (measured)."""

_EDITS_KEPT = 4
"""Traces of edits of one network for one picture, so that to undo one takes no time."""

_GRACE_SECONDS = 1.0
"""How long a run goes on without anyone following it: a page that is reloaded comes back at once."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is traced: a model on a part of an image."""

    loaded: LoadedModel
    image: StoredImage
    crop: Crop

    def __post_init__(self) -> None:
        """Refuse to show a network what it was not made for.

        Raises:
            BadInput: a photo for one that takes sounds, or the other way round.
        """
        takes = self.loaded.model.spec.takes
        if (takes == "sound") != (self.image.kind == "sound"):
            wanted, got = ("sounds", "a picture") if takes == "sound" else ("pictures", "a sound")
            raise BadInput(f"{self.loaded.model.title} takes {wanted}, and this is {got}")

    @property
    def key(self) -> tuple[str, str, Crop]:
        """Equal for subjects whose traces are equal."""
        return self.loaded.fingerprint, self.image.id, self.crop


@dataclass(frozen=True, slots=True)
class LayerOutput:
    """One finished layer of a trace; ``output`` has the batch axis: ``(1, C, H, W)`` or ``(1, F)``."""

    node: str
    kind: str
    index: int
    count: int
    output: Array
    statistics: Statistics
    milliseconds: float

    @property
    def shape(self) -> list[int]:
        """Shape of the output without the batch axis."""
        return list(self.output.shape[1:])


class _Abandoned(Exception):
    """Nobody wants the rest of this run."""


class TraceRun:
    """A forward pass under way or done: the layers finished so far, for any number of followers.

    Lives on the event loop; the computing thread hands layers over with ``call_soon_threadsafe``.
    """

    def __init__(self) -> None:
        self.layers: list[LayerOutput] = []
        self.complete = False
        self.error: BaseException | None = None
        self.followers = 0
        self.abandoned = threading.Event()
        self._news = asyncio.Event()

    async def follow(self) -> AsyncIterator[LayerOutput]:
        """Every layer, those finished already at once, the others as they come.

        Raises:
            Exception: whatever stopped the run.
        """
        self.followers += 1
        try:
            position = 0
            while True:
                while position < len(self.layers):
                    yield self.layers[position]
                    position += 1
                if self.error is not None:
                    raise self.error
                if self.complete:
                    return
                await self._news.wait()
        finally:
            self.followers -= 1

    async def finished(self) -> TraceRun:
        """Wait for the last layer."""
        async for _ in self.follow():
            pass
        return self

    def layer(self, node: str) -> LayerOutput:
        """A finished layer by name."""
        return next(layer for layer in self.layers if layer.node == node)

    @property
    def outputs(self) -> Mapping[str, Array]:
        """Outputs by node, batch axis included."""
        return {layer.node: layer.output for layer in self.layers}

    @property
    def milliseconds(self) -> float:
        """Compute time of the layers so far."""
        return sum(layer.milliseconds for layer in self.layers)

    @property
    def nbytes(self) -> int:
        """Memory the outputs take and what is said of them; views of one another are counted twice."""
        return sum(layer.output.nbytes + _LAYER_BYTES for layer in self.layers)

    def publish(self, layer: LayerOutput) -> None:
        """Hand one more layer to everyone who follows."""
        self.layers.append(layer)
        self._wake()

    def end(self, error: BaseException | None) -> None:
        """No more layers come."""
        self.error, self.complete = error, error is None
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class TraceService:
    """Opens traces: from the cache, by joining a run under way, or by starting one.

    Runs go through compiled plans, kept by model and shape. These take no kernel that rounds more than the
    plain operators do, because every number on the page is also told as the sum of its terms.
    """

    def __init__(self, pool: WorkerPool, capacity: int, metrics: Metrics, plan_capacity: int) -> None:
        self.cache: ByteLru[tuple[str, str, Crop], TraceRun] = ByteLru(capacity)
        self.plans = PlanCache(plan_capacity)
        self._pool = pool
        self._metrics = metrics
        self._under_way: dict[tuple[str, str, Crop], TraceRun] = {}

    def open(self, subject: Subject) -> TraceRun:
        """The run for this subject.

        Raises:
            Busy: it would have to be computed and the queue is full.
        """
        run = self.cache.get(subject.key) or self._under_way.get(subject.key)
        return run or self._start(subject)

    def answer(self, subject: Subject) -> Array | None:
        """The last output of a run that is kept, without the batch axis."""
        run = self.cache.get(subject.key)
        return None if run is None else run.layer(subject.loaded.model.graph.output).output[0].copy()

    def forget(self, fingerprint: str) -> None:
        """Let go of what is kept of a model."""
        self.cache.forget(lambda key: key[0] == fingerprint)
        self.plans.forget(fingerprint)

    def _known(self, subject: Subject) -> dict[str, LayerOutput]:
        """What the run of a network before its edits already has of that of the edited one."""
        base = subject.loaded.base
        run = None if base is None else self.cache.get((base.fingerprint, *subject.key[1:]))
        if base is None or run is None:
            return {}
        before, now = base.model, subject.loaded.model
        same = untouched(now.graph, edited_nodes(now.graph, before.parameters, now.parameters))
        return {layer.node: layer for layer in run.layers if layer.node in same}

    def outputs(self, subject: Subject) -> dict[str, Array]:
        """Run a subject here and now, by the plan that traces run by; nothing is kept."""
        return {record.node.name: record.output for record in self.records(subject)}

    def records(self, subject: Subject) -> Iterator[NodeRecord]:
        """Run a subject here and now, layer by layer; nothing is kept."""
        return _records(self.plans, subject)

    def plan(self, loaded: LoadedModel) -> Plan:
        """The plan that traces of a model run by."""
        spec = loaded.model.spec
        return _plan(self.plans, loaded, (1, spec.channels, spec.height, spec.width))

    def prepared(self, subject: Subject) -> tuple[Plan, Array]:
        """The plan that traces of a subject run by, and what it is run on."""
        return _prepared(self.plans, subject)

    def _start(self, subject: Subject) -> TraceRun:
        run = TraceRun()
        loop = asyncio.get_running_loop()
        future = self._pool.submit(_compute, self.plans, subject, self._known(subject), run, loop)
        self._under_way[subject.key] = run
        watch = loop.create_task(self._stop_if_unwanted(subject, run, future))

        def ended(done: Future[None]) -> None:
            loop.call_soon_threadsafe(self._end, subject, run, done, watch)

        future.add_done_callback(ended)
        return run

    def _end(self, subject: Subject, run: TraceRun, done: Future[None], watch: asyncio.Task[None]) -> None:
        watch.cancel()
        error = CancelledError() if done.cancelled() else done.exception()
        if self._under_way.get(subject.key) is run:
            del self._under_way[subject.key]
        run.end(error)
        if error is None:
            self._metrics.traces.inc()
            self.cache.put(subject.key, run, run.nbytes)
            self._forget_older_edits(subject)
        elif not run.abandoned.is_set():
            _log.error("trace of %s failed", subject.key, exc_info=error)

    def _forget_older_edits(self, subject: Subject) -> None:
        """Let go of what earlier edits gave for the same picture: the next ones run in their memory."""
        base = subject.loaded.base
        if base is None:
            return
        same_picture = [key for key in self.cache if key[1:] == subject.key[1:]]
        older = [key for key in same_picture if is_edit_of(key[0], base.fingerprint)][:-_EDITS_KEPT]
        self.cache.forget(lambda key: key in older)

    async def _stop_if_unwanted(self, subject: Subject, run: TraceRun, future: Future[None]) -> None:
        """End a run that nobody has followed between two looks."""
        wanted = True
        while wanted or run.followers:
            wanted = run.followers > 0
            try:
                await asyncio.sleep(_GRACE_SECONDS)
            except asyncio.CancelledError:
                # the run has ended; what is raised would keep it, and all its outputs, for the collector
                return
        # Whoever asks from now on gets a run of their own.
        del self._under_way[subject.key]
        run.abandoned.set()
        future.cancel()


def _compute(
    plans: PlanCache,
    subject: Subject,
    known: Mapping[str, LayerOutput],
    run: TraceRun,
    loop: asyncio.AbstractEventLoop,
) -> None:
    model = subject.loaded.model
    outputs = {name: layer.output for name, layer in known.items()}
    for index, record in enumerate(_records(plans, subject, outputs)):
        if run.abandoned.is_set():
            raise _Abandoned
        same = known.get(record.node.name)
        found = same.statistics if same else statistics(record.output)
        if not (isfinite(found.min) and isfinite(found.max)):
            raise not_finite(subject.loaded, record)
        layer = LayerOutput(
            node=record.node.name,
            kind=bare(record.node.layer).kind,
            index=index,
            count=len(model.graph),
            output=record.output,
            statistics=found,
            milliseconds=record.milliseconds,
        )
        loop.call_soon_threadsafe(run.publish, layer)


def _records(
    plans: PlanCache, subject: Subject, known: Mapping[str, Array] | None = None
) -> Iterator[NodeRecord]:
    plan, x = _prepared(plans, subject)
    return plan.records(x, known)


def _prepared(plans: PlanCache, subject: Subject) -> tuple[Plan, Array]:
    x = to_tensor(subject.image.pixels, subject.loaded.model.spec, subject.crop)
    return _plan(plans, subject.loaded, x.shape), x


def _plan(plans: PlanCache, loaded: LoadedModel, shape: Shape) -> Plan:
    """That of an edited network comes of that of the network before: the same kernels, the same bits."""
    before = None if loaded.base is None else _plan(plans, loaded.base, shape)
    return plans.get(loaded.fingerprint, loaded.model.graph, loaded.model.parameters, shape, before)


def not_finite(loaded: LoadedModel, record: NodeRecord) -> Problem:
    """What is said of a layer that is infinite or undefined somewhere.

    JSON has no infinity and no NaN, and 256 steps cannot be spread up to one.
    """
    missing = record.output.size - int(np.isfinite(record.output).sum())
    return Problem(
        500 if loaded.base is None else 422,
        "The network gives no numbers",
        f"Layer {record.node.name!r} of {loaded.model.title} comes out infinite or undefined at {missing} of "
        f"{record.output.size} values for this image; its weights or its sizes are unusable.",
    )
