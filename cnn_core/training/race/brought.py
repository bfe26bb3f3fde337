"""Pictures that somebody brings: read whatever form they have, kept in one file, made a task of the race."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from cnn_core.errors import BadDataset
from cnn_core.layers.base import Array
from cnn_core.preprocess import InputSpec
from cnn_core.training.datasets import Dataset, read_dataset
from cnn_core.training.idx import is_idx, pair_up
from cnn_core.training.race.settings import Value
from cnn_core.training.race.tasks import LEAST_PICTURES, Task, task_of_datasets
from cnn_core.training.sources import Source, open_source

__all__ = [
    "MOST_PICTURES",
    "Brought",
    "load_pictures",
    "read_pictures",
    "recipe_for",
    "save_pictures",
    "task_of",
    "task_of_data",
]

GREY_28 = InputSpec(1, 28, 28)
COLOUR_32 = InputSpec(3, 32, 32)

MOST_PICTURES = 12_000
"""Kept of what somebody brings, chosen at random from a seed."""

TRAIN, TEST = 5000, 1000
"""At most so many of them are learnt from and tested on."""

_LOOKED_AT = 8
"""So many pictures tell whether all are grey."""

_CHOICE = 3
"""What a random stream is for; part of its seed."""

_DIGITS: Mapping[str, Value] = {
    "rate": 0.01,
    "batch": 64,
    "optimizer": "adam",
    "schedule": "cosine",
    "decay": 0.01,
    "passes": 12,
}
_PHOTOS: Mapping[str, Value] = {
    "rate": 0.006,
    "batch": 32,
    "optimizer": "adam",
    "schedule": "cosine",
    "init": "small",
    "decay": 0.3,
    "passes": 10,
}

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Brought:
    """Labelled pictures of one size; ``test`` is None where all are to learn from."""

    title: str
    train: Dataset
    test: Dataset | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many pictures to learn from each class has."""
        found = np.bincount(self.train.labels, minlength=len(self.train.classes))
        return dict(zip(self.train.classes, map(int, found), strict=True))


def read_pictures(
    path: Path, title: str | None = None, progress: Progress = lambda done, total: None
) -> Brought:
    """A folder or zip of class folders, an npz of ``images`` and ``labels``, or the files of MNIST.

    Grey pictures are made 28 pixels high and wide, coloured ones 32.

    Raises:
        BadDataset: it is none of these; the message names what is wrong with it.
    """
    title = title or path.stem
    if path.suffix.lower() == ".npz":
        return Brought(title, _some(read_dataset(path, _npz_spec(path))))
    if path.is_file() and not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            if is_idx(file.read(1024)):
                return _of_idx(title, {path.name: path.read_bytes()})
    with open_source(path) as source:
        names = source.names()
        files = {name: data for name in _loose(names) if is_idx(data := source.read(name))}
        spec = _spec_of(source, names) if not files else GREY_28
    if files:
        return _of_idx(title, files)
    return Brought(title, _some(read_dataset(path, spec, progress=progress)))


def task_of(
    brought: Brought,
    name: str | None = None,
    classes: Sequence[str] | None = None,
    *,
    train: int = TRAIN,
    test: int = TEST,
    seed: int = 0,
) -> Task:
    """A task of at most ``train`` and ``test`` of the pictures; of fewer, a fifth is for the test.

    ``classes`` are those that take part; ``name`` tells the task from others.

    Raises:
        BadDataset: fewer than two classes, one that there is not, or one with fewer than ``LEAST_PICTURES``.
    """
    data, held = brought.train, brought.test
    wanted = data.classes if classes is None else tuple(c for c in data.classes if c in classes)
    if unknown := [each for each in classes or () if each not in data.classes]:
        raise BadDataset(f"data: no class {', '.join(map(repr, unknown))}; it has {', '.join(data.classes)}")
    if len(wanted) < 2:
        raise BadDataset(f"data: at least two classes are needed, got {len(wanted)}")
    for each in wanted:
        if (count := brought.counts[each]) < LEAST_PICTURES:
            raise BadDataset(
                f"data: class {each!r} has {count} of at least {LEAST_PICTURES} pictures; "
                "with fewer a network learns them by heart"
            )
    data = data.only(wanted)
    order = np.random.default_rng((seed, _CHOICE)).permutation(len(data))
    if held is None:
        chosen = order[: train + test]
        share = min(test, len(chosen) // 5)
        return task_of_datasets(
            name or brought.title, brought.title, data.take(chosen[share:]), data.take(chosen[:share])
        )
    held = held.only(wanted)
    some = np.random.default_rng((seed, _CHOICE)).permutation(len(held))[:test]
    return task_of_datasets(name or brought.title, brought.title, data.take(order[:train]), held.take(some))


def task_of_data(path: str | Path, *, train: int = TRAIN, test: int = TEST, seed: int = 0) -> Task:
    """A task of the pictures at a path.

    Raises:
        BadDataset: as ``read_pictures`` and ``task_of``.
    """
    return task_of(read_pictures(Path(path)), train=train, test=test, seed=seed)


def recipe_for(channels: int) -> Mapping[str, Value]:
    """Settings that were measured to work: for grey pictures on MNIST, for coloured ones on photos."""
    return _DIGITS if channels == 1 else _PHOTOS


def save_pictures(path: Path, brought: Brought) -> None:
    """Keep the pictures in one npz file."""
    parts = {"train": brought.train} | ({"test": brought.test} if brought.test is not None else {})
    arrays = {
        f"{part}_{what}": getattr(data, what) for part, data in parts.items() for what in ("images", "labels")
    }
    told = json.dumps({"title": brought.title, "classes": list(brought.train.classes)})
    skipped = json.dumps(list(brought.train.skipped))
    with path.open("wb") as file:
        np.savez(file, told=np.array(told), skipped=np.array(skipped), **arrays)


def load_pictures(path: Path) -> Brought:
    """The pictures that are kept in a file.

    Raises:
        BadDataset: it is gone or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            told, skipped = json.loads(str(file["told"])), tuple(json.loads(str(file["skipped"])))
            classes = tuple(told["classes"])
            train = _dataset(file["train_images"], file["train_labels"], classes, skipped)
            test = (
                _dataset(file["test_images"], file["test_labels"], classes) if "test_images" in file else None
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise BadDataset(
            f"data: {path.name} is gone or damaged ({error}); bring the pictures again"
        ) from error
    return Brought(told["title"], train, test)


def _dataset(
    images: Array, labels: Array, classes: tuple[str, ...], skipped: tuple[str, ...] = ()
) -> Dataset:
    return Dataset(images, labels, classes, ("",) * len(labels), skipped)


def _some(data: Dataset) -> Dataset:
    if len(data) <= MOST_PICTURES:
        return data
    return data.take(np.sort(np.random.default_rng((0, _CHOICE)).permutation(len(data))[:MOST_PICTURES]))


def _loose(names: Sequence[str]) -> list[str]:
    """Files that may be MNIST's: none of theirs has an ending of pictures, and nobody has many."""
    found = [name for name in names if not name.endswith("/") and not name.rpartition("/")[2].startswith(".")]
    likely = [name for name in found if "ubyte" in name or "idx" in name or name.endswith(".gz")]
    return likely[:8]


def _of_idx(title: str, files: Mapping[str, bytes]) -> Brought:
    pairs = pair_up(files)
    _, first = next(iter(pairs.values()))
    classes = tuple(map(str, np.unique(first)))
    for images, labels in pairs.values():
        if images.shape[1:] != (GREY_28.height, GREY_28.width):
            raise BadDataset(f"data: pictures are {images.shape[1:]} pixels; wanted (28, 28)")
        if unknown := sorted(set(map(str, np.unique(labels))) - set(classes)):
            raise BadDataset(
                f"data: pictures to test on are of {', '.join(unknown)}, of which none is learnt"
            )
    sets = [_some(_labelled(images, labels, classes)) for images, labels in pairs.values()]
    return Brought(title, sets[0], sets[1] if len(sets) > 1 else None)


def _labelled(images: Array, labels: Array, classes: tuple[str, ...]) -> Dataset:
    places = np.searchsorted(np.array([int(name) for name in classes]), labels)
    return _dataset(images[..., None], places.astype(np.int64), classes)


def _npz_spec(path: Path) -> InputSpec:
    try:
        with zipfile.ZipFile(path) as archive, archive.open("images.npy") as file:
            np.lib.format.read_magic(file)
            shape, _, _ = np.lib.format.read_array_header_1_0(file)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return GREY_28  # read_dataset says what is wrong with it
    return GREY_28 if len(shape) == 3 or shape[-1] == 1 else COLOUR_32


def _spec_of(source: Source, names: Sequence[str]) -> InputSpec:
    """Grey only where every picture looked at is."""
    files = [name for name in names if not name.endswith("/")]
    grey = []
    for at in np.linspace(0, len(files) - 1, min(_LOOKED_AT, len(files))).astype(int):
        try:
            with Image.open(io.BytesIO(source.read(files[at]))) as picture:
                grey.append(picture.mode in ("1", "L", "LA", "I;16"))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            continue
    return GREY_28 if grey and all(grey) else COLOUR_32
