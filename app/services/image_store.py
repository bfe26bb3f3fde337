"""Images by the hash of their pixels: a few photographs that stay, and uploads that come and go.

What is in memory stands in front of what is kept for all processes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from cnn_core.errors import BadInput
from cnn_core.preprocess import Pixels, read_image
from cnn_core.sound import Samples, read_sound, sound_pixels, wav_bytes

from .cache import ByteLru
from .compute import Busy, WorkerPool
from .digits import DIGITS, digit_pixels
from .kept_images import KeptImages
from .sounds import SOUNDS, sample_sound

__all__ = ["SAMPLES", "ImageStore", "SampleKind", "StoredImage", "UnknownImage"]

_log = logging.getLogger(__name__)

_TOUCH_SECONDS = 60.0
"""After so long an image that is used from memory is noted as used where it is kept."""

SampleKind = Literal["photo", "digit", "sound"]
"""``sound``: the picture is a sound's spectrogram."""

SAMPLES = {
    "coffee.png": "Espresso",
    "chelsea.png": "Cat",
    "astronaut.png": "Astronaut",
    "motorcycle_left.png": "Motorcycle",
    "rocket.jpg": "Rocket",
    "coins.png": "Coins",
    "hubble_deep_field.jpg": "Galaxies",
    "page.png": "Printed page",
    "brick.png": "Bricks",
    "grass.png": "Grass",
}
"""Photographs inside the scikit-image package (file name -> title); nothing is ever downloaded."""


class UnknownImage(LookupError):
    """No image of that id, or not any more."""


@dataclass(frozen=True, slots=True)
class StoredImage:
    """Decoded RGB pixels, uint8 ``(H, W, 3)``, and the hash that names them; samples have title and kind.

    Of a sound they are the spectrogram, and ``samples`` the sound itself, where it is known.
    """

    id: str
    pixels: Pixels
    title: str | None = None
    kind: SampleKind = "photo"
    samples: Samples | None = None

    @classmethod
    def of(cls, pixels: Pixels, title: str | None = None, kind: SampleKind = "photo") -> StoredImage:
        """Name pixels by their content: the shape counts, so that 2x3 and 3x2 differ, and being a sound."""
        pixels = np.ascontiguousarray(pixels)
        digest = hashlib.sha256(repr(pixels.shape).encode())
        if kind == "sound":
            digest.update(b"sound")
        digest.update(pixels.data)
        return cls(digest.hexdigest()[:32], pixels, title, kind)

    @classmethod
    def of_sound(cls, samples: Samples, title: str | None = None) -> StoredImage:
        """The spectrogram of a sound, with the sound."""
        return replace(cls.of(sound_pixels(samples), title, "sound"), samples=samples)

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])


class ImageStore:
    """Images in memory, bounded in bytes (least recently used go first), in front of those that are kept."""

    def __init__(
        self,
        pool: WorkerPool,
        capacity: int,
        kept: KeptImages | None = None,
        files: WorkerPool | None = None,
    ) -> None:
        self.uploads: ByteLru[str, StoredImage] = ByteLru(capacity)
        self._pool, self._kept, self._files = pool, kept, files or pool
        self._samples: dict[str, StoredImage] | None = None
        self._noted: dict[str, float] = {}

    async def add(self, image: StoredImage) -> None:
        """Keep an upload; where nothing can be written, in memory alone."""
        self._remember(image)
        if self._kept is not None:
            await self._files.run(self._keep, self._kept, image)
            with suppress(Busy):
                self._files.submit(self._pack, self._kept, image)

    async def samples(self) -> list[StoredImage]:
        """The pictures that always are here: photographs first, then digits, then sounds."""
        return list((await self._sample_index()).values())

    async def get(self, image_id: str) -> StoredImage:
        """The image of that id.

        Raises:
            UnknownImage: it never was here, or had to go.
        """
        found = self.uploads.get(image_id) or (await self._sample_index()).get(image_id)
        if found is None and self._kept is not None:
            found = await self._files.run_once(("image", image_id), _read_kept, self._kept, image_id)
            if found is not None:
                self._remember(found)
        if found is None:
            raise UnknownImage(image_id)
        await self._note(image_id)
        return found

    def _remember(self, image: StoredImage) -> None:
        heard = 0 if image.samples is None else image.samples.nbytes
        self.uploads.put(image.id, image, image.pixels.nbytes + heard)
        self._noted = {name: when for name, when in self._noted.items() if name in self.uploads}
        self._noted[image.id] = time.monotonic()

    async def _note(self, image_id: str) -> None:
        """Tell the store of an image that is used from memory, so that it is not the first to go there."""
        when = self._noted.get(image_id)
        if self._kept is not None and when is not None and time.monotonic() - when > _TOUCH_SECONDS:
            self._noted[image_id] = time.monotonic()
            await self._files.run(self._kept.touch, image_id)

    @staticmethod
    def _keep(kept: KeptImages, image: StoredImage) -> None:
        try:
            if image.samples is not None:
                kept.put_sound(image.id, wav_bytes(image.samples))
            kept.put(image.id, image.pixels)
        except OSError as error:
            _log.warning("image %s stays in memory alone: %s", image.id, error)

    @staticmethod
    def _pack(kept: KeptImages, image: StoredImage) -> None:
        try:
            kept.pack(image.id, image.pixels)
        except OSError as error:
            _log.warning("image %s is kept as it is: %s", image.id, error)

    async def _sample_index(self) -> dict[str, StoredImage]:
        if self._samples is None:
            images = await self._pool.run_once("samples", lambda: list(_read_samples()))
            self._samples = {image.id: image for image in images}
        return self._samples


def _read_kept(kept: KeptImages, image_id: str) -> StoredImage | None:
    """An image that is kept, if its pixels are those that its name stands for: as a photo, or as a sound."""
    pixels = kept.get(image_id)
    if pixels is None:
        return None
    if (photo := StoredImage.of(pixels)).id == image_id:
        return photo
    sound = StoredImage.of(pixels, kind="sound")
    return replace(sound, samples=_kept_samples(kept, image_id)) if sound.id == image_id else None


def _kept_samples(kept: KeptImages, image_id: str) -> Samples | None:
    data = kept.sound(image_id)
    try:
        return None if data is None else read_sound(data)
    except BadInput as error:
        _log.warning("the sound of %s cannot be read (%s)", image_id, error)
        return None


def _read_samples() -> Iterator[StoredImage]:
    spec = importlib.util.find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "data"
    for name, title in SAMPLES.items():
        yield StoredImage.of(read_image(folder / name), title)
    for digit in range(len(DIGITS)):
        yield StoredImage.of(digit_pixels(digit), f"Digit {digit}", "digit")
    for title in SOUNDS:
        yield StoredImage.of_sound(sample_sound(title), title)
