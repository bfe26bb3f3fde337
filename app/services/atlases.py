"""Atlases of the data folder, found by weights, and surveys of photos that make new ones."""

from __future__ import annotations

import re
from concurrent.futures import CancelledError, Future
from contextlib import closing, suppress

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
from .kept_atlases import KeptAtlases
from .locks import Held, try_lock
from .model_store import LoadedModel
from .photo_sets import PhotoSets, UnknownPhotoSet
from .surveys import Survey, SurveyFiles

__all__ = ["Atlases", "patch_side", "peak_on"]

MOST_SIDE = 64
"""Pixels of a patch, at most: larger ones are reduced."""

_OPEN = 16
"""Atlases held open: each maps files into memory, and holds none of them."""


class Atlases:
    """One survey a network, at most ``most`` at once in all processes; they go on when nobody looks."""

    def __init__(
        self, pool: WorkerPool, plans: PlanCache, kept: KeptAtlases, sent: PhotoSets, most: int, threads: int
    ) -> None:
        self.folder, self._kept = kept.folder, kept
        self._pool, self._plans, self._sent = pool, plans, sent
        self._most, self._threads = most, threads
        self._surveys: dict[str, Survey] = {}
        self._held: dict[str, tuple[Held, Held]] = {}
        self._digests: dict[str, str] = {}
        self._layers: dict[str, tuple[SurveyedLayer, ...]] = {}
        self._open: dict[str, Atlas] = {}

    @property
    def running(self) -> int:
        """Surveys under way."""
        return sum(each.state == "computing" for each in self._surveys.values())

    def survey_of(self, loaded: LoadedModel) -> Survey | None:
        """The network's survey, if there was one here, or is one in another process."""
        own = self._surveys.get(loaded.fingerprint)
        if loaded.fingerprint in self._held:
            return own
        return self._files(loaded).elsewhere() or own

    async def latest(self, loaded: LoadedModel) -> Atlas | None:
        """The newest atlas of exactly these weights."""
        return await self._pool.run(self._latest, loaded)

    async def layers(self, loaded: LoadedModel) -> tuple[SurveyedLayer, ...]:
        """The layers that an atlas of the network has."""
        if loaded.fingerprint not in self._layers:
            found = await self._pool.run(surveyed_layers, loaded.model.graph)
            self._layers[loaded.fingerprint] = found
        return self._layers[loaded.fingerprint]

    async def get(self, atlas: str) -> Atlas:
        """The atlas of that id.

        Raises:
            BadAtlas: there is none, or it is damaged.
        """
        if atlas not in self._open:
            if not re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{16}", atlas):
                raise BadAtlas(f"no atlas {atlas!r}: an atlas's id is twice sixteen hexadecimal digits")
            found = await self._pool.run(self._read, atlas)
            while len(self._open) >= _OPEN:
                del self._open[next(iter(self._open))]
            self._open[atlas] = found
            return found
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
        begun = Survey(Progress(0, len(photos.labels), 0.0, None), photos=photos, source=source)
        place, files = self._place(), self._files(loaded)
        held = files.begin()
        if held is None:  # another process has begun meanwhile
            place.release()
            return begun
        self._held[loaded.fingerprint] = held, place
        try:
            if source is not None:
                self._sent.use(source)
            future = self._pool.submit(self._run, begun, loaded, photos, files)
        except BaseException:
            self._release(loaded)
            raise
        future.add_done_callback(lambda done: self._ended(begun, loaded, done))
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
        """End the network's survey after the shard it is at, whoever makes it; what is done stays done."""
        self._files(loaded).end()
        if found := self._surveys.get(loaded.fingerprint):
            found.stop.set()
        return self.survey_of(loaded)

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

    def _place(self) -> Held:
        """The right to make one of as many surveys as there may be.

        Raises:
            Busy: others have them all.
        """
        for number in range(self._most):
            if held := try_lock(self.folder / f".surveying-{number}"):
                return held
        raise Busy(f"{self._most} surveys are under way")

    def _files(self, loaded: LoadedModel) -> SurveyFiles:
        return SurveyFiles(self.folder, loaded.fingerprint)

    def _run(self, found: Survey, loaded: LoadedModel, photos: Photos, files: SurveyFiles) -> None:
        done = self._surveyed(found, loaded, photos, files)
        # whoever reads that it is over may begin the next one
        self._release(loaded)
        found.state = "done" if done else "stopped"

    def _surveyed(self, found: Survey, loaded: LoadedModel, photos: Photos, files: SurveyFiles) -> bool:
        """Whether it was not stopped."""
        with closing(survey(loaded.model, photos, self.folder, in_threads(self._threads))) as steps:
            for progress in steps:
                found.progress = progress
                if not files.tell(progress) or found.stop.is_set():
                    return False
        self._kept.share(self._digest(loaded))
        self._let_go(found)
        return True

    def _release(self, loaded: LoadedModel) -> None:
        for held in self._held.pop(loaded.fingerprint, ()):
            held.release()

    def _ended(self, found: Survey, loaded: LoadedModel, done: Future[None]) -> None:
        self._release(loaded)
        error: BaseException | None = CancelledError() if done.cancelled() else done.exception()
        if error is None:
            return
        acted = isinstance(error, CnnError | OSError)
        found.problem = str(error) if acted else "The survey failed; the server's log has the cause."
        found.state = "stopped"
        if not acted and not done.cancelled():
            raise error

    def _let_go(self, found: Survey) -> None:
        """The photos that cards show are in the atlas: those that were sent are needed no more."""
        if found.source is not None:
            with suppress(UnknownPhotoSet):
                self._sent.discard(found.source)

    def _read(self, atlas: str) -> Atlas:
        self._kept.fetch(atlas)
        return open_atlas(self.folder / atlas)

    def _latest(self, loaded: LoadedModel) -> Atlas | None:
        self._kept.fetch_all(self._digest(loaded))
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
