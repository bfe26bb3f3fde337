"""Locks between processes: files that one at a time holds, and that the system frees when a process ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

__all__ = ["Held", "is_held", "locked", "try_lock"]


_TRIES: Final = 3

_TRY_SECONDS: Final = 0.002
"""Whoever asks whether a lock is held holds it for a moment: that is not to be taken for an answer."""


class Held:
    """A lock that is held until it is let go of, or its process ends."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def release(self) -> None:
        """Let go of it."""
        self._file.close()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock for the length of the block, after whoever holds it now: threads and processes alike."""
    with _opened(path) as file:
        _lock(file, wait=True)
        yield


def try_lock(path: Path) -> Held | None:
    """The lock, or None where somebody else holds it."""
    file = _opened(path)
    for _ in range(_TRIES):
        try:
            _lock(file, wait=False)
            return Held(file)
        except OSError:
            time.sleep(_TRY_SECONDS)
    file.close()
    return None


def is_held(path: Path) -> bool:
    """Whether somebody holds it; to ask does not look like holding to others who ask."""
    try:
        with path.open("rb") as file:
            _look(file)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _opened(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("ab")


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO, *, wait: bool) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

    def _look(file: BinaryIO) -> None:
        _lock(file, wait=False)

else:
    import fcntl

    def _lock(file: BinaryIO, *, wait: bool) -> None:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _look(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
