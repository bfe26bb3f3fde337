"""Classes of one's own: a network's features of pictures, and its last layer learnt from them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadDataset
from cnn_core.layers.base import Array
from cnn_core.models.base import Accuracy, Card
from cnn_core.preprocess import InputSpec, crop_pixels, default_crop
from cnn_core.training.datasets import Dataset
from cnn_core.training.last_layer import (
    LEAST_PICTURES,
    LastLayer,
    feature_node,
    shares_of,
    solve,
    with_last_layer,
)
from cnn_core.training.race.brought import COLOUR_32, Brought

from .cache import ByteLru
from .compute import WorkerPool
from .image_store import StoredImage
from .model_records import Choices
from .model_store import LoadedModel
from .trace_service import Subject, TraceService

__all__ = ["Learnt", "Mistake", "OwnClasses", "OwnPictures"]


@dataclass(frozen=True, slots=True, eq=False)
class OwnPictures:
    """Pictures of one's own, class after class."""

    classes: tuple[str, ...]
    images: tuple[tuple[StoredImage, ...], ...]

    @property
    def all(self) -> list[StoredImage]:
        """Every picture."""
        return [image for part in self.images for image in part]

    @property
    def labels(self) -> Array:
        """The class of each, ``(N,)``."""
        return np.repeat(np.arange(len(self.classes)), [len(part) for part in self.images])

    def check(self) -> None:
        """Refuse what is learnt by heart.

        Raises:
            BadDataset: fewer than two classes, or one with fewer than ``LEAST_PICTURES``.
        """
        if len(self.classes) < 2:
            raise BadDataset("One class is nothing to tell apart: add another one")
        for name, part in zip(self.classes, self.images, strict=True):
            if len(part) < LEAST_PICTURES:
                raise BadDataset(
                    f"{name!r} has {len(part)} of at least {LEAST_PICTURES} pictures; with fewer a net "
                    f"learns them by heart: take {LEAST_PICTURES - len(part)} more"
                )

    def dataset(self, spec: InputSpec) -> Dataset:
        """The pictures at the size that a network takes."""
        pixels = [
            crop_pixels(each.pixels, spec, default_crop(spec, each.width, each.height)) for each in self.all
        ]
        labels = self.labels
        names = [f"{self.classes[label]}/{n:05d}" for n, label in enumerate(labels)]
        return Dataset(np.stack(pixels), labels.astype(np.int64), self.classes, tuple(names))


@dataclass(frozen=True, slots=True)
class Mistake:
    """The left out picture that is called something else with the largest probability."""

    name: str
    picture: int
    said: str
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """A last layer, how it does, and the milliseconds it took to solve."""

    layer: LastLayer
    milliseconds: float

    def surest_mistake(self, pictures: OwnPictures) -> Mistake | None:
        """None where every left out picture is called by its name."""
        shares, labels = self.layer.shares, self.layer.labels
        said = shares.argmax(axis=1)
        wrong = np.flatnonzero(said != labels)
        if not len(wrong):
            return None
        worst = int(wrong[shares[wrong, said[wrong]].argmax()])
        first = int(np.flatnonzero(labels == labels[worst])[0])
        names = pictures.classes
        return Mistake(
            names[labels[worst]], worst - first, names[said[worst]], float(shares[worst, said[worst]])
        )


class OwnClasses:
    """Features of pictures, kept while there is room; the last layer is solved anew each time."""

    def __init__(self, pool: WorkerPool, traces: TraceService, capacity: int) -> None:
        self.cache: ByteLru[tuple[str, str], Array] = ByteLru(capacity)
        self._pool = pool
        self._traces = traces

    async def learn(self, loaded: LoadedModel, pictures: OwnPictures) -> Learnt:
        """The last layer of a network for these pictures.

        Raises:
            BadInput: the network does not end with a dense layer.
            BadDataset: as ``solve``.
        """
        if not pictures.all:
            raise BadDataset("own classes: wanted at least one picture, got none")
        features = await self.features(loaded, pictures.all)
        return await self._pool.run(_solved, features, pictures)

    async def features(self, loaded: LoadedModel, images: Sequence[StoredImage]) -> Array:
        """What the last layer reads of each picture, float32 ``(N, D)``."""
        node = feature_node(loaded.model.graph)
        missing = [image for image in images if (loaded.fingerprint, image.id) not in self.cache]
        for image in missing:
            found = await self._pool.run(self._of_one, loaded, image, node)
            self.cache.put((loaded.fingerprint, image.id), found, found.nbytes)
        kept = [self.cache.get((loaded.fingerprint, image.id)) for image in images]
        if any(each is None for each in kept):
            raise BadDataset("Too many pictures at once for the server's memory: take fewer")
        return np.stack([each for each in kept if each is not None])

    async def shares(self, loaded: LoadedModel, learnt: Learnt, image: StoredImage) -> list[float]:
        """How sure the network with this last layer is of each class."""
        features = await self.features(loaded, [image])
        return [float(share) for share in shares_of(learnt.layer.scores(features).astype(np.float64))[0]]

    def model(self, loaded: LoadedModel, pictures: OwnPictures, learnt: Learnt) -> tuple[bytes, Choices]:
        """The network with the new last layer as an ONNX file, and what is said of it among the models."""
        from cnn_core.onnx_export import export_model

        model = loaded.model
        graph, parameters = with_last_layer(model.graph, model.parameters, learnt.layer)
        title = f"{model.title} for {', '.join(pictures.classes)}"[:100]
        data = export_model(graph, parameters, name=title, labels=pictures.classes, spec=model.spec)
        return data, Choices(title, pictures.classes, card=_card(title, loaded, pictures, learnt.layer))

    def brought(self, pictures: OwnPictures) -> Brought:
        """The pictures as something to race on."""
        return Brought(", ".join(pictures.classes)[:60], pictures.dataset(COLOUR_32))

    def _of_one(self, loaded: LoadedModel, image: StoredImage, node: str) -> Array:
        crop = default_crop(loaded.model.spec, width=image.width, height=image.height)
        found = self._traces.outputs(Subject(loaded, image, crop))[node]
        return np.array(found.reshape(-1), np.float32)


def _solved(features: Array, pictures: OwnPictures) -> Learnt:
    began = time.perf_counter()
    layer = solve(features, pictures.labels, len(pictures.classes))
    return Learnt(layer, (time.perf_counter() - began) * 1e3)


def _card(title: str, loaded: LoadedModel, pictures: OwnPictures, layer: LastLayer) -> Card:
    rank = (layer.left_out > layer.left_out[np.arange(len(layer.labels)), layer.labels][:, None]).sum(axis=1)
    count = len(layer.labels)
    first, third = layer.right / count, float(np.mean(rank < 3))
    return Card(
        title=title,
        architecture=f"{loaded.model.title}, its last layer learnt anew",
        data=f"{count} own pictures of {', '.join(pictures.classes)}: these objects, this room",
        licence="Yours",
        command="The Training lab, own classes",
        seed=0,
        epochs=1,
        validation=Accuracy(first, max(first, third), count, "each left out once"),
        notes="Only the last layer is learnt, in closed form; all others are as they were.",
    )
