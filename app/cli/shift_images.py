"""The images of a shift report: any folder or zip of pictures, an npz, or one picture."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from cnn_core.errors import BadDataset, BadInput, CnnError
from cnn_core.layers.base import Array
from cnn_core.preprocess import InputSpec, image_formats, read_image, to_tensor
from cnn_core.training.datasets import normalise, read_dataset, to_tensors
from cnn_core.training.sources import Source, open_source

__all__ = ["Pictures", "open_pictures"]


@dataclass(slots=True)
class Pictures:
    """Tensors ``(1, C, H, W)`` one by one, each image cut to its largest centred crop.

    ``skipped`` fills up while they are read: files that are no readable image, each with the reason.
    """

    count: int
    tensors: Iterator[Array]
    skipped: list[str] = field(default_factory=list)


def open_pictures(path: Path, spec: InputSpec, most: int | None) -> Pictures:
    """The pictures at ``path``, at most ``most`` of them, evenly spread.

    Raises:
        BadDataset: there is nothing, no picture, or a damaged archive.
        BadInput: a single file that is no readable image.
    """
    if path.suffix.lower() == ".npz":
        stored = read_dataset(path, spec, least_classes=1).images
        kept = stored[_spread(len(stored), most)]
        return Pictures(len(kept), (normalise(to_tensors(image[None], spec), spec) for image in kept))
    if path.is_file() and not zipfile.is_zipfile(path):
        return Pictures(1, iter([to_tensor(read_image(path), spec)]))
    with open_source(path) as source:
        names = [name for name in source.names() if _looks_like_an_image(name)]
    if not names:
        raise BadDataset(f"data {str(path)!r}: no images in it; wanted {', '.join(image_formats())}")
    chosen = [names[i] for i in _spread(len(names), most)]
    pictures = Pictures(len(chosen), iter(()))
    pictures.tensors = _read(path, chosen, spec, pictures.skipped)
    return pictures


def _spread(count: int, most: int | None) -> Array:
    return np.linspace(0, count - 1, min(count, most or count)).round().astype(np.intp)


def _looks_like_an_image(name: str) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in name.split("/"))
    return not hidden and Path(name).suffix.lower() in Image.registered_extensions()


def _read(path: Path, names: list[str], spec: InputSpec, skipped: list[str]) -> Iterator[Array]:
    with open_source(path) as source:
        for name in names:
            try:
                yield to_tensor(_decoded(source, name), spec)
            except (CnnError, OSError) as error:
                skipped.append(f"{name}: {error}")


def _decoded(source: Source, name: str) -> Array:
    try:
        with Image.open(io.BytesIO(source.read(name)), formats=image_formats()) as picture:
            return read_image(picture)
    except (ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput(f"not a readable image ({error})") from error
