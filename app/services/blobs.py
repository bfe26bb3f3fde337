"""Where files lie that all processes of all machines share: a folder, or any address that fsspec knows.

A file is whole or not there. Names say what is in a file, so that equal names hold equal bytes; what changes
is written last and read first. The folder is the truth: what a process holds in memory is a copy.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from .locks import locked

__all__ = ["Blobs", "Entry", "FolderBlobs", "NoSuchStore", "RemoteBlobs", "is_remote", "open_blobs"]

_HALF: Final = ".half-"
"""How the name of a file begins while it is written."""

_STALE_NANOSECONDS: Final = 600 * 10**9

_RECENT_SECONDS: Final = 1.0
"""For so long a small file from another machine is not asked for again."""

_SMALL_BYTES: Final = 64 * 1024


class NoSuchStore(ValueError):
    """An address that nothing can be kept at; the message says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file: its name, its bytes, and when it was used last, in nanoseconds."""

    name: str
    size: int
    used: int


class Blobs(Protocol):
    """Files by name; reading one that is not there raises FileNotFoundError, everything may raise OSError."""

    def where(self, name: str) -> str:
        """The whole address of a file, for sentences."""

    def read(self, name: str) -> bytes:
        """All of a file."""

    def write(self, name: str, data: bytes) -> None:
        """Keep a file, in place of one of that name; nobody ever reads half of it."""

    def remove(self, name: str) -> None:
        """Forget a file; one that is not there is forgotten already."""

    def touch(self, name: str) -> None:
        """This file is used now."""

    def entries(self) -> list[Entry]:
        """Every file, the one used longest ago first."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process of this machine is inside such a block for these files."""
        yield


class FolderBlobs:
    """Files of a folder, made when the first one is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def where(self, name: str) -> str:
        """Its path."""
        return str(self.folder / name)

    def read(self, name: str) -> bytes:
        """All of a file."""
        return (self.folder / name).read_bytes()

    def write(self, name: str, data: bytes) -> None:
        """Write beside the target and rename."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_HALF, delete=False) as file:
            try:
                file.write(data)
                file.flush()
                os.replace(file.name, path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise

    def remove(self, name: str) -> None:
        """Unlink it."""
        (self.folder / name).unlink(missing_ok=True)

    def touch(self, name: str) -> None:
        """Set its time; a folder that may only be read keeps the old one."""
        try:
            os.utime(self.folder / name)
        except OSError:
            return

    def entries(self) -> list[Entry]:
        """Every file, and none that is still written; what killed writers have left is cleared away."""
        found = []
        try:
            listed = list(os.scandir(self.folder))
        except FileNotFoundError:
            return []
        for each in listed:
            try:
                told = each.stat()
            except FileNotFoundError:  # another process has removed it meanwhile
                continue
            if each.name.startswith(_HALF) and told.st_mtime_ns < time.time_ns() - _STALE_NANOSECONDS:
                self.remove(each.name)
            elif not each.name.startswith(".") and each.is_file():
                found.append(Entry(each.name, told.st_size, told.st_mtime_ns))
        return sorted(found, key=lambda entry: entry.used)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder's lock, which lies beside it."""
        with locked(self.folder.with_name(f".{self.folder.name}.lock")):
            yield


class RemoteBlobs:
    """Files at an address of fsspec, such as ``s3://bucket/path``; there is no lock between machines.

    Object stores put a file in place at once and whole, and know when it was written, not when it was read:
    there the ones brought longest ago go first.
    """

    def __init__(self, files: Any, root: str) -> None:
        self._files, self._root = files, root.rstrip("/")
        self._recent: dict[str, tuple[float, bytes]] = {}

    def where(self, name: str) -> str:
        """Its address."""
        return str(self._files.unstrip_protocol(self._path(name)))

    def read(self, name: str) -> bytes:
        """All of a file; a small one may be a second old."""
        when, data = self._recent.get(name, (0.0, b""))
        if time.monotonic() - when < _RECENT_SECONDS:
            return data
        data = bytes(self._files.cat_file(self._path(name)))
        self._remember(name, data)
        return data

    def write(self, name: str, data: bytes) -> None:
        """Put it there."""
        if not self._files.exists(self._root):
            self._files.makedirs(self._root, exist_ok=True)
        self._files.pipe_file(self._path(name), data)
        self._remember(name, data)

    def remove(self, name: str) -> None:
        """Remove it."""
        self._recent.pop(name, None)
        try:
            self._files.rm_file(self._path(name))
        except FileNotFoundError:
            return

    def touch(self, name: str) -> None:
        """Nothing: object stores have no time of use."""

    def entries(self) -> list[Entry]:
        """Every file, the one brought longest ago first."""
        self._files.invalidate_cache(self._root)
        try:
            listed = self._files.ls(self._root, detail=True)
        except FileNotFoundError:
            return []
        found = [
            Entry(str(each["name"]).rpartition("/")[2], int(each["size"] or 0), _when(each))
            for each in listed
            if each["type"] == "file"
        ]
        return sorted(found, key=lambda entry: entry.used)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nothing is held."""
        yield

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _remember(self, name: str, data: bytes) -> None:
        now = time.monotonic()
        for old in [old for old, (when, _) in self._recent.items() if now - when > _RECENT_SECONDS]:
            self._recent.pop(old, None)
        if len(data) <= _SMALL_BYTES:
            self._recent[name] = (now, data)


def is_remote(address: str) -> bool:
    """Whether an address is one of fsspec's, not a folder's."""
    return "://" in address


def open_blobs(address: str, part: str) -> Blobs:
    """The files of a part of a store: ``address`` is a folder, or an address of fsspec.

    Raises:
        NoSuchStore: nothing here can speak to such an address.
    """
    if not is_remote(address):
        return FolderBlobs(Path(address) / part)
    try:
        import fsspec

        files, root = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise NoSuchStore(
            f"CONVSCOPE_STORE: cannot open {address} ({error}); pip install 'convscope[remote]' brings S3, "
            "and https://filesystem-spec.readthedocs.io names the package of every other kind"
        ) from error
    return RemoteBlobs(files, f"{root.rstrip('/')}/{part}")


def _when(told: dict[str, Any]) -> int:
    """When a file was written, as far as its store tells: a number, or a date."""
    names = ("mtime", "LastModified", "created", "last_modified")
    found: Any = next((told[name] for name in names if told.get(name)), 0)
    seconds = found.timestamp() if hasattr(found, "timestamp") else float(found)
    return int(seconds * 1e9)
