"""Shards on disk while an atlas is being made: what is done stays done, whatever is killed."""

from __future__ import annotations

import errno
import io
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cnn_core.atlas.jobs import Job
from cnn_core.atlas.shards import Shard
from cnn_core.errors import DiskFull

__all__ = ["WorkFolder"]

BYTES_A_CHANNEL = 2_200
"""What a shard says of a channel, about, besides its strongest values photo by photo."""


class WorkFolder:
    """The shards of one job, ``<folder>/.<key>/<number>.npz``."""

    def __init__(self, job: Job, folder: Path) -> None:
        """Make the folder; shards already in it are taken over.

        Raises:
            DiskFull: there is clearly not enough room for all shards.
            OSError: it cannot be made.
        """
        self.job, self.folder = job, folder
        self.path = folder / f".{job.key}"
        self.path.mkdir(parents=True, exist_ok=True)
        self._check_room()

    def done(self) -> list[int]:
        """The numbers of the finished shards, in order."""
        return sorted(int(path.stem) for path in self.path.glob("*.npz") if path.stem.isdigit())

    def save(self, shard: Shard) -> None:
        """Write a finished shard; it appears whole or not at all.

        Raises:
            DiskFull: there is no room for it.
        """
        file = io.BytesIO()
        np.savez(file, **shard.arrays)  # type: ignore[arg-type]
        path = self.path / f"{shard.number:06d}.npz"
        part = path.with_suffix(".part")
        try:
            part.write_bytes(file.getbuffer())
            os.replace(part, path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _explained(error, self.folder, self._missing()) from error

    def load(self, number: int) -> Shard:
        """A finished shard.

        Raises:
            OSError: its file is damaged; it is removed, so that the next try makes it again.
        """
        path = self.path / f"{number:06d}.npz"
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return Shard(number, {name: arrays[name] for name in arrays.files})
        except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            path.unlink(missing_ok=True)
            raise OSError(
                f"shard {number} was damaged ({error}); start again, it will be made anew"
            ) from error

    def __iter__(self) -> Iterator[Shard]:
        """All shards, one after another in the order of their numbers."""
        return (self.load(number) for number in range(self.job.shards))

    def remove(self) -> None:
        """Forget the shards."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _missing(self) -> int:
        """Bytes that the shards still to be made, and then the atlas, will take, about."""
        job = self.job
        peaks = 4 * job.channels * (job.total // job.keep_every + 1)
        shards = (job.shards - len(self.done())) * job.channels * BYTES_A_CHANNEL
        return shards + 2 * peaks

    def _check_room(self) -> None:
        free, needed = shutil.disk_usage(self.path).free, self._missing()
        if free < needed:
            raise _full(self.folder, needed - free)


def _explained(error: OSError, folder: Path, needed: int) -> Exception:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return _full(folder, needed) if full else error


def _full(folder: Path, needed: int) -> DiskFull:
    size = f"{max(1, needed // 2**20):,} MB"
    return DiskFull(
        f"Disk full: about {size} more are needed in {folder}. Make room, then start again: "
        "what is done stays done."
    )
