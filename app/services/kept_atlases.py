"""Atlases on this machine, where they are mapped into memory, and in a store that many machines share."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ..config import Settings
from .blobs import Blobs, is_remote, open_blobs

__all__ = ["KeptAtlases"]

_PART = "atlases"
"""Of the store."""

_MANIFEST = "manifest.json"


class KeptAtlases:
    """Atlases by id, ``<folder>/<id>/``; with a store, its files ``<id>.<file>`` are the truth."""

    def __init__(self, folder: Path, store: Blobs | None = None) -> None:
        self.folder, self._store = folder, store

    @classmethod
    def of(cls, settings: Settings) -> KeptAtlases:
        """Those of a server or a command line with these settings."""
        if is_remote(settings.store_address):
            return cls(settings.data_folder / _PART, open_blobs(settings.store_address, _PART))
        return cls(Path(settings.store_address) / _PART)

    def fetch(self, identity: str) -> None:
        """Bring an atlas to this machine if it is in the store alone; it appears whole or not at all."""
        if self._store is None or (self.folder / identity).is_dir():
            return
        names = [entry.name for entry in self._store.entries() if entry.name.startswith(f"{identity}.")]
        if f"{identity}.{_MANIFEST}" not in names:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".half-") as half:
            whole = Path(half) / identity
            whole.mkdir()
            for name in names:
                (whole / name.removeprefix(f"{identity}.")).write_bytes(self._store.read(name))
            try:
                os.replace(whole, self.folder / identity)
            except OSError:
                if not (self.folder / identity).is_dir():  # another process was first
                    raise

    def fetch_all(self, weights: str) -> None:
        """Bring every atlas of these weights to this machine."""
        if self._store is None:
            return
        ends = f".{_MANIFEST}"
        for entry in self._store.entries():
            if entry.name.endswith(ends) and entry.name.startswith(f"{weights[:16]}-"):
                self.fetch(entry.name.removesuffix(ends))

    def share(self, weights: str) -> None:
        """Put every atlas of these weights that is here alone into the store, its manifest last."""
        if self._store is None:
            return
        there = {entry.name for entry in self._store.entries()}
        for path in self.folder.glob(f"{weights[:16]}-*"):
            if f"{path.name}.{_MANIFEST}" in there:
                continue
            for file in sorted(path.iterdir(), key=lambda file: file.name == _MANIFEST):
                self._store.write(f"{path.name}.{file.name}", file.read_bytes())
