"""What a network that knows a thousand things makes of the picture, for those that know a few of them."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.doubt import SecondOpinion, counterparts, second_opinion
from cnn_core.errors import ShapeError
from cnn_core.layers.base import Array
from cnn_core.models.base import find_architecture
from cnn_core.preprocess import Crop, crop_from, default_crop

from .cache import ByteLru
from .compute import WorkerPool
from .model_store import LoadedModel, ModelStore
from .stopping import Stop
from .trace_service import Subject, TraceService

__all__ = ["SECOND", "Opinion", "SecondOpinions"]

SECOND = "efficientnet_lite0"
"""The network that is asked, where it is installed."""

_MUCH = 4
"""So many times as many things the second network must know."""
_KEPT_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion, and the id, the title and the classes of the network whose it is."""

    found: SecondOpinion
    network: str
    title: str
    labels: tuple[str, ...]

    @property
    def sees(self) -> str:
        """What it takes the picture for."""
        return self.labels[self.found.best]


class SecondOpinions:
    """Answers of the second network, one a picture, kept for all networks that ask."""

    def __init__(self, pool: WorkerPool, models: ModelStore, traces: TraceService) -> None:
        self._pool, self._models, self._traces = pool, models, traces
        self._answers: ByteLru[tuple[str, str, Crop], Array] = ByteLru(_KEPT_BYTES)

    def known(self, loaded: LoadedModel) -> tuple[tuple[int, ...], ...] | None:
        """The second network's places of a network's classes; None where it has nothing to say of them."""
        name, labels = loaded.model.name, loaded.model.labels
        if SECOND not in self._models.packaged or name.partition("~")[0] == SECOND or not loaded.shares:
            return None
        names = find_architecture(SECOND).labels
        # one that knows as much says nothing of what the first one lacks
        return counterparts(labels, names) if _MUCH * len(labels) < len(names) else None

    async def of(self, subject: Subject, named: int) -> Opinion | None:
        """What the second network says of the part that the first one sees, and takes for class ``named``.

        It is computed layer by layer, and given up when nobody waits for it any more.

        Raises:
            Busy: the queue is full.
            BadModelFile: its weights cannot be used.
        """
        known = self.known(subject.loaded)
        if known is None:
            return None
        second = await self._models.get(SECOND)
        asked = Subject(second, subject.image, _same_part(second, subject))
        answer = self._answers.get(asked.key)
        if answer is None:
            key = ("second opinion", asked.key)
            answer = await self._pool.run_once_stoppable(key, self._answer, asked)
            self._answers.put(asked.key, answer, answer.nbytes)
        told = second.model
        return Opinion(second_opinion(answer, known, named), told.name, told.title, told.labels)

    def _answer(self, stop: Stop, subject: Subject) -> Array:
        output: Array | None = None
        for record in self._traces.records(subject):
            if stop.is_set:
                raise InterruptedError("nobody waits for this opinion")
            output = record.output
        assert output is not None
        return output.copy()


def _same_part(second: LoadedModel, subject: Subject) -> Crop:
    """The part that the first network sees, as far as the second takes parts of that aspect."""
    spec, image, crop = second.model.spec, subject.image, subject.crop
    try:
        return crop_from(spec, crop.left, crop.top, crop.width, image.width, image.height)
    except ShapeError:
        return default_crop(spec, image.width, image.height)
