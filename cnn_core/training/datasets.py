"""Labelled images in memory: from a folder or zip of class folders, or an npz of images and labels.

Sounds are images too, for a network that takes them: their spectrograms.
"""

from __future__ import annotations

import hashlib
import io
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from cnn_core.errors import BadDataset, BadInput
from cnn_core.layers.base import Array
from cnn_core.preprocess import InputSpec, crop_pixels, default_crop, flatten_image, image_formats
from cnn_core.sound import read_sound, sound_pixels
from cnn_core.training.sources import Source, open_source

__all__ = [
    "MAX_IMAGE_PIXELS",
    "MAX_NPZ_BYTES",
    "Dataset",
    "class_folders",
    "normalise",
    "photo_pixels",
    "read_dataset",
    "to_tensors",
]

MAX_IMAGE_PIXELS = 50_000_000
MAX_NPZ_BYTES = 4 * 2**30

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Images decoded once, at the size of the network they are for.

    Shape:
        images: uint8 ``(N, H, W, C)``; labels: int64 ``(N,)``, indices into ``classes``.
    """

    images: Array
    labels: Array
    classes: tuple[str, ...]
    names: tuple[str, ...]
    """Where each image came from, ``class/file``."""
    skipped: tuple[str, ...] = ()
    """Files that are no readable image, each with the reason."""

    def __len__(self) -> int:
        """The number of images."""
        return len(self.labels)

    def take(self, indices: Array) -> Dataset:
        """The images at these indices, in their order; classes stay as they are."""
        names = tuple(self.names[i] for i in indices)
        return replace(self, images=self.images[indices], labels=self.labels[indices], names=names)

    def split(self, holdout: int) -> tuple[Dataset, Dataset]:
        """Training and validation part: the last ``holdout`` images of each class by name are held back.

        Where file names begin with who speaks, as ``SPEAKER_nohash_0.wav`` does in Speech Commands, whole
        speakers are: the last by name, as many as it takes to have ``holdout`` of each class, so that nobody
        who was learnt from is measured on.

        Raises:
            BadDataset: a class has not more than that.
        """
        held = self._last_speakers(holdout) if self.speakers else self._last_of_each(holdout)
        return self.take(np.flatnonzero(~held)), self.take(np.flatnonzero(held))

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks in each, by the names of Speech Commands; empty where names do not say so of all."""
        parts = [name.rpartition("/")[2].partition("_nohash_") for name in self.names]
        return tuple(speaker for speaker, *_ in parts) if all(found for _, found, _ in parts) else ()

    def _last_speakers(self, holdout: int) -> Array:
        speakers, kinds = np.array(self.speakers), len(self.classes)
        held = np.zeros(len(self), bool)
        for speaker in np.unique(speakers)[::-1]:
            if np.bincount(self.labels[held], minlength=kinds).min() >= holdout:
                break
            held |= speakers == speaker
        if np.bincount(self.labels[~held], minlength=kinds).min() == 0:
            raise BadDataset(f"data: too few speakers to hold back {holdout} sounds of each class")
        return held

    def _last_of_each(self, holdout: int) -> Array:
        held = np.zeros(len(self), bool)
        for label, name in enumerate(self.classes):
            members = sorted(np.flatnonzero(self.labels == label), key=lambda i: self.names[i])
            if len(members) <= holdout:
                raise BadDataset(
                    f"data: class {name!r} has {len(members)} images, too few to hold back {holdout}"
                )
            held[members[len(members) - holdout :]] = True
        return held

    def relabel(self, classes: Sequence[str]) -> Dataset:
        """The same images with labels that index ``classes``, matched by name.

        Raises:
            BadDataset: classes here that are not among those; the message lists them.
        """
        if unknown := [name for name in self.classes if name not in classes]:
            raise BadDataset(
                f"data: the model does not know {', '.join(unknown)}; it knows {', '.join(classes)}"
            )
        places = np.array([list(classes).index(name) for name in self.classes], np.int64)
        return replace(self, labels=places[self.labels], classes=tuple(classes))

    def only(self, classes: Sequence[str]) -> Dataset:
        """The images of these classes alone; the others are forgotten, and the labels count anew."""
        kept = [name for name in self.classes if name in classes]
        places = np.array([kept.index(name) if name in kept else -1 for name in self.classes], np.int64)
        chosen = self.take(np.flatnonzero(places[self.labels] >= 0))
        return replace(chosen, labels=places[chosen.labels], classes=tuple(kept))

    def digest(self) -> str:
        """A fingerprint of pixels, labels and classes: the same data, the same digest."""
        found = hashlib.blake2b(repr(self.classes).encode(), digest_size=16)
        found.update(np.ascontiguousarray(self.images).data)
        found.update(np.ascontiguousarray(self.labels).data)
        return found.hexdigest()


def read_dataset(
    path: str | Path,
    spec: InputSpec,
    classes: Sequence[str] | None = None,
    *,
    least_classes: int = 2,
    progress: Progress = lambda done, total: None,
) -> Dataset:
    """Read the data set at ``path`` for a network that takes ``spec``.

    Class folders become classes in sorted order; an npz holds ``images`` ``(N, H, W[, C])`` uint8 and
    ``labels`` ``(N,)``, whose sorted distinct values, written as text, become classes. ``classes``
    restricts it to those. Every image is cut to its largest centred crop of the network's aspect and
    resized; a file that is no readable image is left out and named in ``skipped``. ``progress`` is told
    after each file how many of how many are done.

    Raises:
        BadDataset: nothing there, neither form, fewer than ``least_classes``, a class without a readable
            image, or one in ``classes`` that the data has not.
    """
    path = Path(path)
    if path.suffix.lower() == ".npz":
        data = _from_npz(path, spec, classes)
    else:
        with open_source(path) as source:
            data = _from_source(source, spec, classes, progress)
    if len(data.classes) < least_classes:
        raise BadDataset(f"data: at least {least_classes} classes are needed, got only {data.classes[0]!r}")
    return data


def to_tensors(images: Array, spec: InputSpec) -> Array:
    """uint8 ``(N, H, W, C)`` to float32 ``(N, C, H, W)`` in 0..1, not yet normalised."""
    if images.shape[1:] != (spec.height, spec.width, spec.channels):
        raise BadDataset(
            f"data: images must be {(spec.height, spec.width, spec.channels)}, got {images.shape[1:]}"
        )
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2), np.float32) / np.float32(255)


def normalise(batch: Array, spec: InputSpec) -> Array:
    """``(N, C, H, W)`` in 0..1 to what the network takes: ``(value - mean) / std``."""
    mean, std = (np.asarray(v, np.float32).reshape(-1, 1, 1) for v in (spec.mean, spec.std))
    out: Array = (batch - mean) / std
    return out


def _from_source(
    source: Source, spec: InputSpec, classes: Sequence[str] | None, progress: Progress
) -> Dataset:
    members = class_folders(source.names())
    chosen = _choose(sorted(members), classes)
    total = sum(len(members[folder]) for folder in chosen)
    images, labels, names, skipped = [], [], [], []
    for label, folder in enumerate(chosen):
        for name in members[folder]:
            try:
                images.append(_fit(_pixels(source.read(name), spec), spec))
            except UnidentifiedImageError:
                skipped.append(f"{name}: not an image in one of {', '.join(image_formats())}")
            except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
                skipped.append(f"{name}: {error}")
            else:
                labels.append(label)
                names.append(name)
            progress(len(labels) + len(skipped), total)
        if not labels or labels[-1] != label:
            kind = "sound" if spec.takes == "sound" else "image"
            raise BadDataset(f"data: class {folder!r} has no readable {kind}")
    return Dataset(np.stack(images), np.array(labels, np.int64), chosen, tuple(names), tuple(skipped))


def class_folders(names: Iterable[str]) -> dict[str, list[str]]:
    """Files under each class folder; a single folder around all of them, as zip tools add, is passed over."""
    parts = {
        name: name.strip("/").split("/")
        for name in names
        if not any(part.startswith((".", "__MACOSX")) for part in name.split("/") if part)
    }
    folders = {path[0] for name, path in parts.items() if len(path) > 1 or name.endswith("/")}
    wrapped = len(folders) == 1 and any(len(path) > 2 for path in parts.values())
    depth = 1 if wrapped else 0
    members: dict[str, list[str]] = {}
    for name, path in parts.items():
        if len(path) > depth + (0 if name.endswith("/") else 1):
            members.setdefault(path[depth], [])
            if not name.endswith("/"):
                members[path[depth]].append(name)
    return members


def _choose(found: Sequence[str], classes: Sequence[str] | None) -> tuple[str, ...]:
    if not found:
        raise BadDataset("data: no class folders in it; wanted one folder of images for each class")
    if missing := [name for name in classes or () if name not in found]:
        raise BadDataset(f"data: no class {', '.join(map(repr, missing))}; it has {', '.join(found)}")
    return tuple(name for name in found if not classes or name in classes)


def _pixels(data: bytes, spec: InputSpec) -> Array:
    """What a network is shown of one file: of a sound its spectrogram.

    Raises:
        UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError: not readable.
    """
    return sound_pixels(read_sound(data)) if spec.takes == "sound" else photo_pixels(data)


def photo_pixels(data: bytes) -> Array:
    """One file as uint8 ``(H, W, C)``; the size is checked before any pixel is decoded.

    Raises:
        UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError: it is no
            readable image.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=image_formats()) as image:
            if image.width * image.height > MAX_IMAGE_PIXELS:
                raise OSError(f"{image.width} x {image.height} pixels, the limit is {MAX_IMAGE_PIXELS:,}")
            return flatten_image(image)


def _fit(image: Array, spec: InputSpec) -> Array:
    return crop_pixels(image, spec, default_crop(spec, image.shape[1], image.shape[0]))


def _from_npz(path: Path, spec: InputSpec, classes: Sequence[str] | None) -> Dataset:
    images, raw = _load_npz(path)
    if images.ndim == 3:
        images = images[..., None]
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] not in (1, 3) or 0 in images.shape:
        raise BadDataset(
            f"data: images must be uint8 (N, H, W) or (N, H, W, 3), got {images.dtype} {images.shape}"
        )
    if raw.shape != images.shape[:1] or raw.dtype.kind not in "iuU":
        raise BadDataset(
            f"data: labels must be {images.shape[0]} whole numbers or names, got {raw.dtype} {raw.shape}"
        )
    values, labels = np.unique(raw, return_inverse=True)
    found = [str(value) for value in values]
    chosen = _choose(found, classes)
    places = np.array([chosen.index(name) if name in chosen else -1 for name in found], np.int64)
    kept = np.flatnonzero(places[labels] >= 0)
    names = tuple(f"{found[labels[i]]}/{i:09d}" for i in kept)
    return Dataset(_fit_all(images[kept], spec), places[labels[kept]], chosen, names)


def _load_npz(path: Path) -> tuple[Array, Array]:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > MAX_NPZ_BYTES:
            raise OSError(f"it unpacks to {size:,} bytes, the limit is {MAX_NPZ_BYTES:,}")
        with np.load(path, allow_pickle=False) as arrays:
            return arrays["images"], arrays["labels"]
    except KeyError as error:
        raise BadDataset(f"data {str(path)!r}: an npz must hold images and labels ({error})") from error
    except (OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise BadDataset(f"data {str(path)!r}: this npz cannot be read ({error})") from error


def _fit_all(images: Array, spec: InputSpec) -> Array:
    if images.shape[1:] == (spec.height, spec.width, spec.channels):
        return np.ascontiguousarray(images)
    try:
        return np.stack([_fit(image, spec) for image in images])
    except BadInput as error:
        raise BadDataset(f"data: {error}") from error
