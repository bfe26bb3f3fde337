"""Small texts that a link names: kept by their hash where all processes find them."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from .blobs import Blobs

__all__ = ["KeptTexts", "UnknownText", "id_of"]

_DIGITS: Final = 32
_LOOK_AFTER: Final = 16
"""To list them takes time: it is done when so small a part of them is new."""

_ID: Final = re.compile(rf"[0-9a-f]{{{_DIGITS}}}")


class UnknownText(LookupError):
    """No such text, or not any more."""


class KeptTexts:
    """So many of them, those used longest ago go first; every method reads or writes a file."""

    def __init__(self, blobs: Blobs, most: int) -> None:
        """Nothing is read yet."""
        self.blobs, self.most = blobs, most
        self._added = most

    def keep(self, text: bytes) -> str:
        """Keep a text; equal ones have one id.

        Raises:
            OSError: it cannot be written.
        """
        identity = id_of(text)
        self.blobs.write(identity, text)
        self._added += 1
        if self._added > self.most // _LOOK_AFTER:
            self._make_room()
        return identity

    def get(self, identity: str) -> bytes:
        """What was kept.

        Raises:
            UnknownText: it never was, had to go, or is not what its name says.
        """
        if not _ID.fullmatch(identity):
            raise UnknownText(identity)
        try:
            text = self.blobs.read(identity)
        except OSError as error:
            raise UnknownText(identity) from error
        if id_of(text) != identity:
            raise UnknownText(identity)
        self.blobs.touch(identity)
        return text

    def _make_room(self) -> None:
        self._added = 0
        for entry in self.blobs.entries()[: -self.most]:
            self.blobs.remove(entry.name)


def id_of(text: bytes) -> str:
    """What a text is named by."""
    return hashlib.sha256(text).hexdigest()[:_DIGITS]
