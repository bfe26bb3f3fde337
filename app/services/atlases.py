"""Atlases of the data folder, found by weights, and surveys of photos that make new ones."""

from __future__ import annotations

import re
import threading
from concurrent.futures import CancelledError, Future
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from cnn_core.atlas import (
    Atlas,
    Photos,
    Progress,
    find_atlases,
    in_threads,
    open_atlas,
    survey,
    surveyed_layers,
    weights_digest,
)
from cnn_core.atlas.layers import SurveyedLayer
from cnn_core.atlas.quiz import quiz_pair
from cnn_core.errors import BadAtlas, CnnError
from cnn_core.layers.base import Array
from cnn_core.preprocess import scale_batch
from cnn_core.runtime import PlanCache

from .compute import Busy, WorkerPool
from .model_store import LoadedModel
from .photo_sets import PhotoSets, UnknownPhotoSet

__all__ = ["Atlases", "Survey", "SurveyState", "patch_side", "peak_on"]

SurveyState = Literal["none", "computing", "stopped", "done"]

MOST_SIDE = 64
"""Pixels of a patch, at most: larger ones are reduced."""

_OPEN = 16
"""Atlases held open: each maps files into memory, and holds none of them."""


@dataclass(slots=True)
class Survey:
    """A survey of one network, as far as it has come; ``problem`` says what stopped it.

    ``photos`` are what it is of; of a set that was sent, ``source`` is the id.
    """

    progress: Progress
    state: SurveyState = "computing"
    problem: str | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    photos: Photos | None = None
    source: str | None = None


class Atlases:
    """One survey a network, at most ``most`` at once; they go on when nobody looks."""

    def __init__(
        self, pool: WorkerPool, plans: PlanCache, folder: Path, sent: PhotoSets, most: int, threads: int
    ) -> None:
        self.folder = folder
        self._pool, self._plans, self._sent = pool, plans, sent
        self._most, self._threads = most, threads
        self._surveys: dict[str, Survey] = {}
        self._digests: dict[str, str] = {}
        self._layers: dict[str, tuple[SurveyedLayer, ...]] = {}
        self._open: dict[str, Atlas] = {}

    @property
    def running(self) -> int:
        """Surveys under way."""
        return sum(each.state == "computing" for each in self._surveys.values())

    def survey_of(self, loaded: LoadedModel) -> Survey | None:
        """The network's survey, if there was one."""
        return self._surveys.get(loaded.fingerprint)

    async def latest(self, loaded: LoadedModel) -> Atlas | None:
        """The newest atlas of exactly these weights."""
        return await self._pool.run(self._latest, loaded)

    async def layers(self, loaded: LoadedModel) -> tuple[SurveyedLayer, ...]:
        """The layers that an atlas of the network has."""
        if loaded.fingerprint not in self._layers:
            found = await self._pool.run(surveyed_layers, loaded.model.graph)
            self._layers[loaded.fingerprint] = found
        return self._layers[loaded.fingerprint]

    def get(self, atlas: str) -> Atlas:
        """The atlas of that id.

        Raises:
            BadAtlas: there is none, or it is damaged.
        """
        if atlas not in self._open:
            if not re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{16}", atlas):
                raise BadAtlas(f"no atlas {atlas!r}: an atlas's id is twice sixteen hexadecimal digits")
            if len(self._open) >= _OPEN:
                del self._open[next(iter(self._open))]
            self._open[atlas] = open_atlas(self.folder / atlas)
        return self._open[atlas]

    def start(self, loaded: LoadedModel, photos: Photos, source: str | None = None) -> Survey:
        """Begin a survey, or go on with one that was stopped; one under way stays as it is.

        Args:
            source: the set that was sent, if it is of one: it is kept until the atlas is done.

        Raises:
            Busy: others are under way, or the queue is full.
        """
        found = self.survey_of(loaded)
        if found is not None and found.state == "computing":
            return found
        if self.running >= self._most:
            raise Busy(f"{self.running} surveys are under way")
        begun = Survey(Progress(0, len(photos.labels), 0.0, None), photos=photos, source=source)
        if source is not None:
            self._sent.use(source)
        future = self._pool.submit(self._run, begun, loaded, photos)
        future.add_done_callback(lambda done: _ended(begun, done))
        self._surveys[loaded.fingerprint] = begun
        if found is not None and found.source != source:
            self._let_go(found)
        return begun

    def resume(self, loaded: LoadedModel) -> Survey | None:
        """Go on with the survey that was stopped; None if there is none.

        Raises:
            Busy: others are under way, or the queue is full.
        """
        found = self.survey_of(loaded)
        if found is None or found.photos is None or found.state == "done":
            return None
        return self.start(loaded, found.photos, found.source)

    def stop(self, loaded: LoadedModel) -> Survey | None:
        """End the network's survey after the shard it is at; what is done stays done."""
        if found := self.survey_of(loaded):
            found.stop.set()
        return found

    def close(self) -> None:
        """Stop all surveys."""
        for each in self._surveys.values():
            each.stop.set()

    def check(self, loaded: LoadedModel, atlas: Atlas) -> None:
        """Refuse an atlas of other weights.

        Raises:
            BadAtlas: it is.
        """
        if self._digest(loaded) != atlas.manifest["weights"]:
            title = atlas.manifest["title"]
            raise BadAtlas(f"atlas {atlas.id} is of {title}, not of the weights of {loaded.model.title}")

    async def quiz(
        self, loaded: LoadedModel, atlas: Atlas, node: str, channel: int, turn: int
    ) -> tuple[tuple[int, int], tuple[float, float]] | None:
        """Two photos, and what the network gives them now.

        Raises:
            BadAtlas: the atlas is of other weights, or has no such layer or channel.
        """
        return await self._pool.run(self._quiz, loaded, atlas, node, channel, turn)

    def _quiz(
        self, loaded: LoadedModel, atlas: Atlas, node: str, channel: int, turn: int
    ) -> tuple[tuple[int, int], tuple[float, float]] | None:
        self.check(loaded, atlas)
        pair = quiz_pair(atlas, node, channel, turn)
        if pair is None:
            return None
        first, second = (peak_on(loaded, self._plans, atlas.picture(photo), node, channel) for photo in pair)
        return pair, (first, second)

    def _run(self, found: Survey, loaded: LoadedModel, photos: Photos) -> None:
        with closing(survey(loaded.model, photos, self.folder, in_threads(self._threads))) as steps:
            for progress in steps:
                found.progress = progress
                if found.stop.is_set():
                    found.state = "stopped"
                    return
        self._let_go(found)
        found.state = "done"

    def _let_go(self, found: Survey) -> None:
        """The photos that cards show are in the atlas: those that were sent are needed no more."""
        if found.source is not None:
            with suppress(UnknownPhotoSet):
                self._sent.discard(found.source)

    def _latest(self, loaded: LoadedModel) -> Atlas | None:
        found = find_atlases(self.folder, self._digest(loaded))
        return found[0] if found else None

    def _digest(self, loaded: LoadedModel) -> str:
        if loaded.fingerprint not in self._digests:
            self._digests[loaded.fingerprint] = weights_digest(loaded.model)
        return self._digests[loaded.fingerprint]


def patch_side(atlas: Atlas, layer: SurveyedLayer) -> int:
    """Pixels of a layer's patches: one for each pixel that the layer sees, or ``MOST_SIDE``."""
    _, height, width = atlas.manifest["input"]
    return int(min(MOST_SIDE, max(layer.field.size), max(height, width)))


def peak_on(loaded: LoadedModel, plans: PlanCache, picture: Array, node: str, channel: int) -> float:
    """A channel's strongest value on a picture of the network's own size.

    Raises:
        BadAtlas: the picture was kept smaller than the network takes it.
    """
    spec = loaded.model.spec
    if picture.shape[:2] != (spec.height, spec.width):
        raise BadAtlas("this atlas keeps its photos smaller than the network takes them")
    x = scale_batch(picture[np.newaxis], spec)
    plan = plans.get(loaded.fingerprint, loaded.model.graph, loaded.model.parameters, x.shape)
    for record in plan.records(x):
        if record.node.name == node:
            return float(record.output[0].reshape(record.output.shape[1], -1)[channel].max())
    raise BadAtlas(f"{loaded.model.title} has no layer {node!r}")


def _ended(found: Survey, done: Future[None]) -> None:
    error: BaseException | None = CancelledError() if done.cancelled() else done.exception()
    if error is not None:
        found.state = "stopped"
        acted = isinstance(error, CnnError | OSError)
        found.problem = str(error) if acted else "The survey failed; the server's log has the cause."
        if not acted and not done.cancelled():
            raise error
