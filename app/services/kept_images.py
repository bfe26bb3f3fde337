"""Uploaded images where all processes find them: PNG files, named by the hash of their pixels."""

from __future__ import annotations

import io
import logging
import re
from typing import Final

from PIL import Image

from cnn_core.errors import BadInput
from cnn_core.preprocess import Pixels, flatten_image

from .blobs import Blobs

__all__ = ["KeptImages"]

_log = logging.getLogger(__name__)

_ID: Final = re.compile(r"[0-9a-f]{32}")

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
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        data = file.getvalue()
        self.blobs.write(_file_name(identity), data)
        self._make_room(identity, len(data))

    def get(self, identity: str) -> Pixels | None:
        """The pixels of an image, now the one used last; None where it is not kept or no image any more."""
        if not self.capacity or not _ID.fullmatch(identity):
            return None
        name = _file_name(identity)
        try:
            with Image.open(io.BytesIO(self.blobs.read(name)), formats=("PNG",)) as picture:
                pixels = flatten_image(picture)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, SyntaxError, BadInput) as error:
            _log.warning("%s cannot be read (%s)", self.blobs.where(name), error)
            return None
        self.blobs.touch(name)
        return pixels

    def touch(self, identity: str) -> None:
        """This image is used now."""
        if self.capacity:
            self.blobs.touch(_file_name(identity))

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
                if entry.name != _file_name(newest):
                    self.blobs.remove(entry.name)
                    total -= entry.size


def _file_name(identity: str) -> str:
    return f"{identity}.png"
