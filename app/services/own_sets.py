"""Own classes that a link names: which pictures stand for which class, kept by their hash."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from .blobs import Blobs

__all__ = ["OwnSets", "UnknownSet"]

_ID: Final = re.compile(r"[0-9a-f]{16}")

_MOST: Final = 300
"""So many are kept; those used longest ago go."""


class UnknownSet(LookupError):
    """No such classes."""


class OwnSets:
    """Small files; every method reads or writes one. The pictures themselves are kept as all images are."""

    def __init__(self, blobs: Blobs) -> None:
        """Nothing is read yet."""
        self._blobs = blobs

    def keep(self, told: bytes) -> str:
        """Keep a set; equal ones have one id.

        Raises:
            OSError: it cannot be written.
        """
        identity = hashlib.sha256(told).hexdigest()[:16]
        self._blobs.write(f"{identity}.json", told)
        for entry in self._blobs.entries()[:-_MOST]:
            self._blobs.remove(entry.name)
        return identity

    def get(self, identity: str) -> bytes:
        """What was kept.

        Raises:
            UnknownSet: it never was, or had to go.
        """
        if not _ID.fullmatch(identity):
            raise UnknownSet(identity)
        try:
            told = self._blobs.read(f"{identity}.json")
        except OSError as error:
            raise UnknownSet(identity) from error
        if hashlib.sha256(told).hexdigest()[:16] != identity:
            raise UnknownSet(identity)
        self._blobs.touch(f"{identity}.json")
        return told
