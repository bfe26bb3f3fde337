"""Files that are whole at every moment, and what is said where they cannot be written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

__all__ = ["append_line", "reason", "replace_file"]

_FULL = (errno.ENOSPC, errno.EDQUOT)


def reason(path: Path, error: OSError) -> str:
    """Why ``path`` cannot be written; a disk that is full is named by where it is mounted."""
    if error.errno in _FULL:
        return f"the disk at {_mount_of(path)} is full"
    return error.strerror or str(error)


def _mount_of(path: Path) -> Path:
    place = path.absolute()
    while not os.path.ismount(place) and place != place.parent:
        place = place.parent
    return place


def append_line(path: Path, line: str) -> None:
    """Add a line, or nothing where there is no room for all of it.

    Raises:
        OSError: it cannot be written.
    """
    data = f"{line}\n".encode()
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        written = os.write(handle, data)
        if written < len(data):
            os.ftruncate(handle, os.fstat(handle).st_size - written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    finally:
        os.close(handle)


def replace_file(path: Path, data: bytes) -> None:
    """Write beside the target, force to disk and rename, so that a crash leaves the old file or the new one.

    Raises:
        OSError: it cannot be written; the old file is untouched.
    """
    part = path.with_name(f".{path.name}.part")  # one name, so that what a killed run left is written over
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Force the rename to disk, where folders can be opened (not on Windows)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
