"""The form that brings pictures to learn from: one file of them, or many with folders in their names."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from .errors import Problem, shortened
from .multipart import FormLimits

__all__ = ["MAX_FILES", "ReceivedFiles", "received_files"]

MAX_FILES = 6000

_FORM_OVERHEAD = 4 * 1024 * 1024
"""Bytes that boundaries and the headers of so many parts may take beside the files."""


@dataclass(frozen=True, slots=True)
class ReceivedFiles:
    """Where files lie that were received, in which folder, and what they are called."""

    folder: Path
    path: Path
    title: str

    def told(self, error: Exception) -> str:
        """What is wrong with them, without where they lie here."""
        words = str(error).removeprefix("data: ")
        for place in (f"{self.folder}/", str(self.folder)):
            words = words.replace(place, "")
        return f"{words}."


@asynccontextmanager
async def received_files(request: Request, limit: int) -> AsyncIterator[ReceivedFiles]:
    """The files of a multipart form, each a field ``file``, in a folder that stays to the end of the block.

    Raises:
        Problem: 415 no multipart form, 413 more than ``limit`` bytes, 422 no file, or a bad name.
    """
    limits = FormLimits("pictures", limit, _FORM_OVERHEAD, 1024, MAX_FILES, _too_large(limit))
    async with limits.received(request) as form:
        parts = [part for part in form.getlist("file") if isinstance(part, UploadFile)]
        names = [name for name, _ in form.multi_items()]
        if not parts or len(parts) != len(names):
            raise limits.refused(names, "The form must hold files in fields named 'file'")
        files = [(_path(part.filename or ""), part.file) for part in parts]
        with tempfile.TemporaryDirectory(prefix="convscope-") as folder:
            await run_in_threadpool(_write, Path(folder), files)
            yield _received(Path(folder), [path for path, _ in files])


def _write(folder: Path, files: list[tuple[PurePosixPath, BinaryIO]]) -> None:
    for path, file in files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as out:
            shutil.copyfileobj(file, out)


def _received(folder: Path, paths: list[PurePosixPath]) -> ReceivedFiles:
    if len(paths) == 1 and len(paths[0].parts) == 1:
        return ReceivedFiles(folder, folder / paths[0], _title(paths[0].name))
    tops = {path.parts[0] for path in paths if len(path.parts) > 2}
    return ReceivedFiles(folder, folder, tops.pop() if len(tops) == 1 else "Own pictures")


def _title(name: str) -> str:
    return name.removesuffix(".gz").rpartition(".")[0] or name


def _path(name: str) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    parts = path.parts
    outside = not parts or path.is_absolute() or ".." in parts
    if outside or len(parts) > 8 or max(map(len, parts)) > 200:
        raise Problem(422, "No such file name", f"A file cannot be called {shortened(name)}.")
    return path


def _too_large(limit: int) -> Problem:
    return Problem(
        413,
        "Too many bytes",
        f"These pictures take more than {limit:,} bytes, the limit (the setting "
        "CONVSCOPE_TRAINING_UPLOAD_BYTES). Bring fewer, or smaller ones: 64 pixels a side are enough.",
    )
