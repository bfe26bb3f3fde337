"""Photos that were sent to have an atlas made of them, file by file or as a zip: a folder a set."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import zlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath

from cnn_core.atlas import FolderPhotos
from cnn_core.errors import CnnError

from .locks import Held, is_held, try_lock

__all__ = ["BadPhotoName", "PhotoSets", "TooManyPhotos", "UnknownPhotoSet"]

MOST_FILES = 100_000
"""In one set."""

LONGEST_NAME, LONGEST_PART = 400, 200
"""Of a file's path inside its set, and of each folder in it, in bytes."""


class UnknownPhotoSet(CnnError):
    """There is no set of that id: it was never begun, was cancelled, or has gone to make room."""


class BadPhotoName(CnnError):
    """A path that no file of a set can have."""


class TooManyPhotos(CnnError):
    """A set would grow beyond what is kept."""


class PhotoSets:
    """A set takes at most ``capacity`` bytes; when one is begun, old ones go until the others fit."""

    def __init__(self, folder: Path, capacity: int) -> None:
        self.folder, self.capacity = folder, capacity
        self._bytes: Counter[str] = Counter()
        self._files: Counter[str] = Counter()
        self._used: dict[str, Held] = {}

    def begin(self) -> str:
        """The id of a new, empty set.

        Raises:
            OSError: its folder cannot be made.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._make_room()
        name = secrets.token_hex(8)
        (self.folder / name).mkdir()
        return name

    async def put(self, name: str, path: str, chunks: AsyncIterator[bytes]) -> None:
        """Take in one file; it appears whole or not at all.

        Its time is made of its content, so that the same photos sent again are known to be the same.

        Raises:
            UnknownPhotoSet, BadPhotoName, TooManyPhotos: it cannot be taken.
            OSError: it cannot be written.
        """
        target = self._root(name) / _checked(path)
        self._files[name] += 1
        if self._files[name] > MOST_FILES:
            raise TooManyPhotos(f"photos: a set holds at most {MOST_FILES:,} files")
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{secrets.token_hex(4)}.part")
        try:
            checksum = await self._write(name, part, path, chunks)
            os.utime(part, (checksum, checksum))
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)

    def photos(self, name: str) -> FolderPhotos:
        """What was sent: a folder, or the one zip in it.

        Raises:
            UnknownPhotoSet: there is no such set.
            BadDataset: nothing is in it, or the zip is damaged.
        """
        return FolderPhotos.at(self.place(name))

    def place(self, name: str) -> Path:
        """Where what was sent lies: a folder, or the one zip in it.

        Raises:
            UnknownPhotoSet: there is no such set.
        """
        root = self._root(name)
        files = list(root.iterdir())
        zipped = len(files) == 1 and files[0].suffix.lower() == ".zip"
        return files[0] if zipped else root

    def use(self, name: str) -> None:
        """Keep a set until it is discarded, whatever else comes, here or to another server."""
        if name not in self._used and (held := try_lock(self._lock(name))):
            self._used[name] = held

    def discard(self, name: str) -> None:
        """Forget a set.

        Raises:
            UnknownPhotoSet: there is no such set.
        """
        shutil.rmtree(self._root(name), ignore_errors=True)
        if held := self._used.pop(name, None):
            held.release()
        self._lock(name).unlink(missing_ok=True)
        del self._bytes[name], self._files[name]

    def close(self) -> None:
        """Let go of what is in use."""
        for held in self._used.values():
            held.release()
        self._used.clear()

    def _lock(self, name: str) -> Path:
        """Held by whoever makes an atlas of the set."""
        return self.folder / f".{name}.lock"

    def _root(self, name: str) -> Path:
        root = self.folder / name
        if not re.fullmatch(r"[0-9a-f]{16}", name) or not root.is_dir():
            raise UnknownPhotoSet(f"photos: there is no set {name[:40]!r} here; begin another")
        return root

    async def _write(self, name: str, part: Path, path: str, chunks: AsyncIterator[bytes]) -> int:
        """The content's checksum."""
        checksum = 0
        with part.open("wb") as file:
            async for chunk in chunks:
                self._bytes[name] += len(chunk)
                if self._bytes[name] > self.capacity:
                    size = f"{self.capacity / 2**20:,.0f} MB"
                    raise TooManyPhotos(f"photos: no room for {path!r}: a set may take {size}")
                checksum = zlib.crc32(chunk, checksum)
                file.write(chunk)
        return checksum

    def _make_room(self) -> None:
        sets = sorted(
            (path for path in self.folder.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
        )
        sizes = {
            path: sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) for path in sets
        }
        for path in sets:
            if sum(sizes.values()) > self.capacity and not is_held(self._lock(path.name)):
                del sizes[path]
                self.discard(path.name)


def _checked(path: str) -> PurePosixPath:
    """A path inside the set's folder.

    >>> _checked("cats/1.jpg")
    PurePosixPath('cats/1.jpg')
    """
    parts = path.split("/")
    bad = any(
        part in ("", ".", "..") or len(part.encode()) > LONGEST_PART or re.search(r"[\x00-\x1f\\]", part)
        for part in parts
    )
    if bad or len(path.encode()) > LONGEST_NAME:
        raise BadPhotoName(f"photos: no file can be called {path[:80]!r}")
    return PurePosixPath(*parts)
