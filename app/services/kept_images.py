"""Uploaded images where all processes find them: files named by the hash of their pixels.

Who brings an image waits until it is kept, and to make a PNG takes thirty times as long as to write what lies
in memory: the pixels are kept as they are, and packed a moment later. A sound lies beside its spectrogram.
"""

from __future__ import annotations

import io
import logging
import re
from typing import Final

import numpy as np
from PIL import Image

from cnn_core.errors import BadInput
from cnn_core.preprocess import Pixels, flatten_image

from .blobs import Blobs

__all__ = ["KeptImages"]

_log = logging.getLogger(__name__)

_ID: Final = re.compile(r"[0-9a-f]{32}")

_RAW: Final = ".npy"
_PACKED: Final = ".png"
_SOUND: Final = ".wav"

_LOOK_AFTER: Final = 64
"""How full the store is, is asked when so small a part of it was added: to list it takes time."""


class KeptImages:
    """Images of ``capacity`` bytes together, those used longest ago go first; all methods read or write."""

    def __init__(self, blobs: Blobs, capacity: int) -> None:
        self.blobs, self.capacity = blobs, capacity
        self._added: int | None = None

    def put(self, identity: str, pixels: Pixels) -> None:
        """Keep an image, in place of a damaged one of its name.

        Raises:
            OSError: it cannot be written.
        """
        if not self.capacity:
            return
        file = io.BytesIO()
        np.save(file, pixels, allow_pickle=False)
        self.blobs.write(identity + _RAW, file.getvalue())
        self._make_room(identity, file.tell())

    def put_sound(self, identity: str, data: bytes) -> None:
        """Keep the sound that an image is of.

        Raises:
            OSError: it cannot be written.
        """
        if self.capacity:
            self.blobs.write(identity + _SOUND, data)
            self._make_room(identity, len(data))

    def sound(self, identity: str) -> bytes | None:
        """The sound that an image is of; None where it is not kept."""
        if not self.capacity or not _ID.fullmatch(identity):
            return None
        try:
            return self.blobs.read(identity + _SOUND)
        except OSError:
            return None

    def pack(self, identity: str, pixels: Pixels) -> None:
        """Keep an image as a PNG, in place of its pixels as they were put.

        Raises:
            OSError: it cannot be written; the pixels stay.
        """
        if not self.capacity:
            return
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        self.blobs.write(identity + _PACKED, file.getvalue())
        self.blobs.remove(identity + _RAW)
        self._make_room(identity, file.tell())

    def get(self, identity: str) -> Pixels | None:
        """The pixels of an image, now the one used last; None where it is not kept or no image any more."""
        if not self.capacity or not _ID.fullmatch(identity):
            return None
        for kind, pixels_of in ((_PACKED, _unpacked), (_RAW, _read)):
            try:
                pixels = pixels_of(self.blobs.read(identity + kind))
            except FileNotFoundError:
                continue
            except (OSError, ValueError, SyntaxError, EOFError, BadInput) as error:
                _log.warning("%s cannot be read (%s)", self.blobs.where(identity + kind), error)
                continue
            self.touch(identity)
            return pixels
        return None

    def touch(self, identity: str) -> None:
        """This image is used now."""
        if self.capacity:
            self.blobs.touch(identity + _PACKED)
            self.blobs.touch(identity + _RAW)
            self.blobs.touch(identity + _SOUND)

    def _make_room(self, newest: str, added: int) -> None:
        if self._added is not None and self._added + added < self.capacity // _LOOK_AFTER:
            self._added += added
            return
        self._added = 0
        with self.blobs.alone():
            entries = self.blobs.entries()
            total = sum(entry.size for entry in entries)
            for entry in entries:
                if total <= self.capacity:
                    return
                if not entry.name.startswith(newest):
                    self.blobs.remove(entry.name)
                    total -= entry.size


def _unpacked(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
        return flatten_image(picture)


def _read(data: bytes) -> Pixels:
    pixels: Pixels = np.load(io.BytesIO(data), allow_pickle=False)
    return pixels
