"""Where a data set's files lie: a folder or a zip, read one bounded file at a time, never unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

from cnn_core.errors import BadDataset

__all__ = ["MAX_FILES", "MAX_FILE_BYTES", "Source", "open_source"]

MAX_FILES = 2_000_000
MAX_FILE_BYTES = 64 * 2**20
"""No photograph worth training on is larger; a zip member that claims or grows to more is not read."""


class Source(Protocol):
    """Files by their path relative to the data set, always with forward slashes."""

    def names(self) -> list[str]:
        """Every file, and every folder with a trailing slash, sorted."""

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            OSError: it cannot be read, or holds more than ``MAX_FILE_BYTES``.
        """

    def stamp(self, name: str) -> str:
        """What changes when a file does, told without reading it: size and time, or size and checksum."""


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """The folder or zip at ``path``.

    Raises:
        BadDataset: there is nothing, it is neither, it is damaged, or its member names leave it.
    """
    if path.is_dir():
        yield _Folder(path)
        return
    if not path.exists():
        raise BadDataset(f"data {str(path)!r}: no such file or folder")
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise BadDataset(
            f"data {str(path)!r}: wanted a folder, a zip of class folders or an npz ({error})"
        ) from error
    with archive:
        yield _Zip(archive)


class _Folder:
    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self) -> list[str]:
        found = []
        for path in self.root.rglob("*"):
            found.append(path.relative_to(self.root).as_posix() + ("/" if path.is_dir() else ""))
            _check_count(len(found))
        return sorted(found)

    def read(self, name: str) -> bytes:
        with (self.root / name).open("rb") as file:
            return _bounded(file.read(MAX_FILE_BYTES + 1))

    def stamp(self, name: str) -> str:
        try:
            found = (self.root / name).stat()
        except OSError:  # gone since it was listed, or a link to nothing: reading it will say so
            return ""
        return f"{found.st_size} {found.st_mtime_ns}"


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    def names(self) -> list[str]:
        names = self.archive.namelist()
        _check_count(len(names))
        for name in names:
            if name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts:
                raise BadDataset(f"data: zip member {name!r} points outside the archive")
        return sorted(names)

    def read(self, name: str) -> bytes:
        try:
            with self.archive.open(name) as file:
                return _bounded(file.read(MAX_FILE_BYTES + 1))
        # RuntimeError: the member is encrypted, or (NotImplementedError) packed by a method unknown here
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            raise OSError(f"damaged or locked zip member ({error})") from error

    def stamp(self, name: str) -> str:
        found = self.archive.getinfo(name)
        return f"{found.file_size} {found.CRC:08x}"


def _check_count(count: int) -> None:
    if count > MAX_FILES:
        raise BadDataset(f"data: more than {MAX_FILES:,} files")


def _bounded(data: bytes) -> bytes:
    if len(data) > MAX_FILE_BYTES:
        raise OSError(f"larger than {MAX_FILE_BYTES // 2**20} MiB")
    return data
