"""Photos in class folders, listed at once and read one after another: any number of them in little memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from cnn_core.errors import BadDataset
from cnn_core.layers.base import Array
from cnn_core.preprocess import image_formats
from cnn_core.training.datasets import class_folders, photo_pixels
from cnn_core.training.sources import open_source

__all__ = ["ClassPhotos", "Photo"]


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One file: its pixels uint8 ``(H, W, C)``, or why it has none."""

    name: str
    label: int
    pixels: Array | None
    problem: str = ""


@dataclass(frozen=True)
class ClassPhotos:
    """The files of a folder or zip with one folder of photos a class; ``labels`` index ``classes``."""

    path: Path
    names: tuple[str, ...]
    labels: tuple[int, ...]
    classes: tuple[str, ...]

    @classmethod
    def at(cls, path: str | Path) -> ClassPhotos:
        """List what is there; nothing is decoded yet.

        Raises:
            BadDataset: there is nothing of that name, it is neither folder nor zip, or has no class folders.
        """
        with open_source(Path(path)) as source:
            members = class_folders(source.names())
        classes = tuple(sorted(name for name, files in members.items() if files))
        if not classes:
            raise BadDataset("data: no class folders in it; wanted one folder of images for each class")
        files = [(name, label) for label, folder in enumerate(classes) for name in members[folder]]
        return cls(Path(path), tuple(name for name, _ in files), tuple(label for _, label in files), classes)

    def __len__(self) -> int:
        """The number of files."""
        return len(self.names)

    def known_as(self, labels: Sequence[str]) -> tuple[ClassPhotos, tuple[str, ...]]:
        """The photos of the classes that a network knows, by its numbers, and the folders it does not know.

        A folder is called as the class; case does not count, nor whether ``_`` or a space joins words.

        Raises:
            BadDataset: it knows none of them.
        """
        places = {_folded(name): place for place, name in reversed(list(enumerate(labels)))}
        exact = {name: place for place, name in reversed(list(enumerate(labels)))}
        found = [exact.get(name, places.get(_folded(name))) for name in self.classes]
        unknown = tuple(name for name, place in zip(self.classes, found, strict=True) if place is None)
        if len(unknown) == len(self.classes):
            raise BadDataset(
                f"data: the network knows none of {_some(self.classes)}; it knows {_some(labels)}"
            )
        kept = [(name, found[label]) for name, label in zip(self.names, self.labels, strict=True)]
        own = [(name, label) for name, label in kept if label is not None]
        names, numbers = tuple(name for name, _ in own), tuple(label for _, label in own)
        return replace(self, names=names, labels=numbers, classes=tuple(labels)), unknown

    def read(self) -> Iterator[Photo]:
        """The photos in order; of a file that is no readable image the reason."""
        with open_source(self.path) as source:
            for name, label in zip(self.names, self.labels, strict=True):
                try:
                    yield Photo(name, label, photo_pixels(source.read(name)))
                except UnidentifiedImageError:
                    yield Photo(name, label, None, f"not an image in one of {', '.join(image_formats())}")
                except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
                    yield Photo(name, label, None, str(error))


def _folded(name: str) -> str:
    return name.casefold().replace("_", " ").strip()


def _some(names: Sequence[str], most: int = 20) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
