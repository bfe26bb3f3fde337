"""Where an atlas's photos come from: a folder or zip of files, or pictures cut into pieces."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image, UnidentifiedImageError

from cnn_core.errors import BadDataset
from cnn_core.input_spec import InputSpec
from cnn_core.preprocess import Crop, Pixels, crop_pixels, default_crop, flatten_image, image_formats
from cnn_core.training.sources import Source, open_source

__all__ = ["MAX_PHOTO_PIXELS", "CutPictures", "FolderPhotos", "PhotoReader", "Photos"]

MAX_PHOTO_PIXELS = 50_000_000
"""Checked before any pixel is decoded."""

CUT_SIDES = (1.0, 0.7, 0.5, 0.35)
"""Sides of the pieces of a picture, as parts of its shorter side."""


class Photos(Protocol):
    """An ordered set of photos, small enough to be handed to a worker elsewhere."""

    @property
    def names(self) -> Sequence[str]:
        """What to call each photo."""

    @property
    def labels(self) -> Sequence[int]:
        """The class of each, -1 for none."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes' names."""

    @property
    def digest(self) -> str:
        """What changes when the set does."""

    def open(self) -> PhotoReader:
        """Begin to read; close the reader when done."""


class PhotoReader(Protocol):
    """Reads photos of a set."""

    def view(self, index: int, spec: InputSpec) -> Pixels:
        """What a network of this input would get of a photo: uint8 ``(H, W, C)``.

        Raises:
            OSError: it is no readable image; the message says why.
        """

    def close(self) -> None:
        """Let files go."""


@dataclass(frozen=True)
class FolderPhotos:
    """The files of a folder or zip, each of which should be an image; a folder in it is a class.

    A single folder around all others is passed over, as zip tools add one. Hidden files are no photos.
    """

    path: str
    names: tuple[str, ...]
    labels: tuple[int, ...]
    classes: tuple[str, ...]
    digest: str

    @classmethod
    def at(cls, path: str | Path) -> FolderPhotos:
        """List what is there; nothing is decoded yet.

        Raises:
            BadDataset: there is nothing of that name, it is neither folder nor zip, or holds no files.
        """
        with open_source(Path(path)) as source:
            names = [name for name in source.names() if not name.endswith("/") and not _hidden(name)]
            digest = hashlib.blake2b(digest_size=16)
            for name in names:
                digest.update(f"{name}\0{source.stamp(name)}\0".encode())
        if not names:
            raise BadDataset(
                f"photos {str(path)!r}: wanted a folder or zip of images, there is no file in it"
            )
        folders = _classes_of(names)
        classes = tuple(sorted({folder for folder in folders if folder}))
        classes = classes if len(classes) > 1 else ()  # one class tells nothing apart
        number = {name: place for place, name in enumerate(classes)}
        labels = tuple(number.get(folder, -1) for folder in folders)
        return cls(str(Path(path).resolve()), tuple(names), labels, classes, digest.hexdigest())

    def open(self) -> PhotoReader:
        """Begin to read."""
        return _Files(self)


class _Files:
    def __init__(self, photos: FolderPhotos) -> None:
        self._names = photos.names
        self._stack = ExitStack()
        self._source: Source = self._stack.enter_context(open_source(Path(photos.path)))

    def view(self, index: int, spec: InputSpec) -> Pixels:
        try:
            return _decoded(self._source.read(self._names[index]), spec)
        except UnidentifiedImageError:
            raise OSError(f"not an image in one of {', '.join(image_formats())}") from None
        except (ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise OSError(str(error)) from error

    def close(self) -> None:
        self._stack.close()


@dataclass(frozen=True)
class CutPictures:
    """Few pictures made into many: each cut into pieces of several sizes, its name the class of all of them.

    For a first look where there are no photos at hand.
    """

    pictures: tuple[Pixels, ...]
    titles: tuple[str, ...]
    pieces: int = 40

    @property
    def names(self) -> tuple[str, ...]:
        """Title and box of every piece."""
        return tuple(
            f"{self.titles[label]} {crop.left},{crop.top},{crop.width}"
            for label, crop in (self.piece(i) for i in range(len(self.pictures) * self.pieces))
        )

    @property
    def labels(self) -> tuple[int, ...]:
        """The picture of every piece."""
        return tuple(label for label in range(len(self.pictures)) for _ in range(self.pieces))

    @property
    def classes(self) -> tuple[str, ...]:
        """The pictures' titles."""
        return self.titles

    @property
    def digest(self) -> str:
        """Changes with any pixel."""
        found = hashlib.blake2b(repr((self.titles, self.pieces, CUT_SIDES)).encode(), digest_size=16)
        for picture in self.pictures:
            found.update(repr(picture.shape).encode() + picture.tobytes())
        return found.hexdigest()

    def piece(self, index: int) -> tuple[int, Crop]:
        """The picture of a piece, and a square box in it; places spread by the golden ratio (no chance)."""
        label, number = divmod(index, self.pieces)
        height, width = self.pictures[label].shape[:2]
        side = max(1, int(CUT_SIDES[number % len(CUT_SIDES)] * min(height, width)))
        across, down = (number * 0.7548776662466927) % 1, (number * 0.5698402909980532) % 1
        return label, Crop(round(across * (width - side)), round(down * (height - side)), side, side)

    def open(self) -> PhotoReader:
        """Begin to read."""
        return _Pieces(self)


class _Pieces:
    def __init__(self, photos: CutPictures) -> None:
        self._photos = photos

    def view(self, index: int, spec: InputSpec) -> Pixels:
        label, crop = self._photos.piece(index)
        box = self._photos.pictures[label][
            crop.top : crop.top + crop.height, crop.left : crop.left + crop.width
        ]
        return crop_pixels(box, spec, default_crop(spec, crop.width, crop.height))

    def close(self) -> None:
        pass


def _decoded(data: bytes, spec: InputSpec) -> Pixels:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=image_formats()) as image:
            if image.width * image.height > MAX_PHOTO_PIXELS:
                raise OSError(f"{image.width} x {image.height} pixels, the limit is {MAX_PHOTO_PIXELS:,}")
            pixels = flatten_image(image)
    return crop_pixels(pixels, spec, default_crop(spec, width=pixels.shape[1], height=pixels.shape[0]))


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _classes_of(names: Sequence[str]) -> list[str]:
    """The class folder of every file, empty where there is none."""
    paths = [name.split("/")[:-1] for name in names]
    wrapped = len({tuple(path[:1]) for path in paths}) == 1 and any(len(path) > 1 for path in paths)
    depth = 1 if wrapped else 0
    return [path[depth] if len(path) > depth else "" for path in paths]
