"""A table that grows while it is read: every line is read once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

__all__ = ["Tail"]

_PART: Final = 1 << 22
"""Bytes that are read at once; the rest comes with the next reading."""


class Tail:
    """The lines of a file behind its first, which names the columns."""

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        self._path = path
        self._file, self._read = 0, 0

    def more(self) -> tuple[list[str], bool]:
        """Whole lines that are new; and whether the file is another one now, of which these are the first.

        A file that is not there has none.
        """
        try:
            with self._path.open("rb") as file:
                told = os.fstat(file.fileno())
                # a file that takes another's place has another number
                anew = told.st_ino != self._file or told.st_size < self._read
                if anew:
                    self._file, self._read = told.st_ino, 0
                file.seek(self._read)
                data = file.read(_PART)
        except FileNotFoundError:
            return [], False
        whole = data[: data.rfind(b"\n") + 1]
        lines = whole.decode(errors="replace").splitlines()
        header = self._read == 0 and bool(lines)
        self._read += len(whole)
        return lines[1:] if header else lines, anew
