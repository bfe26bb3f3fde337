"""What people bring to learn from, kept in the data folder: a file each, named by its pictures' hash."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from cnn_core.errors import BadDataset
from cnn_core.training.race.brought import Brought, load_pictures, read_pictures, save_pictures, task_of
from cnn_core.training.race.tasks import Task

__all__ = ["BroughtTasks", "KeptTask"]

_ID: Final = re.compile(r"[0-9a-f]{16}")

_SECONDS: Final = 90.0
"""For reading what somebody brings: a small file may hold large pictures."""

_PREVIEW: Final = 16
"""Pictures that show what a task is about."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptTask:
    """Pictures that were brought, and the id under which they are kept."""

    id: str
    brought: Brought

    def task(self, classes: list[str] | None) -> Task:
        """A task of these classes, of all where it is None.

        Raises:
            BadDataset: as ``task_of``.
        """
        return task_of(self.brought, self.id, classes)

    def preview(self, count: int = _PREVIEW) -> tuple[np.ndarray, np.ndarray]:
        """Some of its pictures, ``(N, C, H, W)`` from 0 to 1, and their labels: class after class in turn."""
        data = self.brought.train
        rank = np.empty(len(data), np.int64)
        for label in range(len(data.classes)):
            members = np.flatnonzero(data.labels == label)
            rank[members] = np.arange(len(members))
        some = np.lexsort((data.labels, rank))[:count]
        images = data.images[some].transpose(0, 3, 1, 2).astype(np.float32) / np.float32(255)
        return images, data.labels[some]


class BroughtTasks:
    """Files ``<id>.npz`` in a folder; those used longest ago go once all take more than ``capacity`` bytes.

    Every method reads or writes files.
    """

    def __init__(self, folder: Path, capacity: int) -> None:
        self.folder, self.capacity = folder, capacity

    def take(self, path: Path, title: str) -> KeptTask:
        """Read what lies at a path, and keep it.

        Raises:
            BadDataset: it cannot be used; the message names what is wrong.
            OSError: the folder cannot be written to.
        """
        until = time.monotonic() + _SECONDS

        def in_time(done: int, total: int) -> None:
            if time.monotonic() > until:
                read = f"{done} of {total} pictures were read in {_SECONDS:.0f} s"
                raise BadDataset(f"data: {read}; bring fewer or smaller ones")

        return self.keep(read_pictures(path, title, in_time))

    def keep(self, brought: Brought) -> KeptTask:
        """Keep pictures that were read.

        Raises:
            OSError: the folder cannot be written to.
        """
        kept = KeptTask(brought.train.digest()[:16], brought)
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f".half-{kept.id}"
        try:
            save_pictures(part, brought)
            os.replace(part, self._path(kept.id))
        finally:
            part.unlink(missing_ok=True)
        self._make_room(kept.id)
        return kept

    def __contains__(self, identity: str) -> bool:
        """Whether there are pictures of that id."""
        return _ID.fullmatch(identity) is not None and self._path(identity).is_file()

    def ids(self) -> list[str]:
        """All there are, the one used last first."""
        found = [path for path in self.folder.glob("*.npz") if _ID.fullmatch(path.stem)]
        return [path.stem for path in sorted(found, key=_used, reverse=True)]

    def get(self, identity: str) -> KeptTask:
        """The pictures of that id, now the ones used last.

        Raises:
            BadDataset: they are gone or damaged.
        """
        brought = load_pictures(self._path(identity))
        os.utime(self._path(identity))
        return KeptTask(identity, brought)

    def all(self) -> list[KeptTask]:
        """Everything that was brought; what is damaged is left out."""
        found = []
        for identity in self.ids():
            try:
                found.append(KeptTask(identity, load_pictures(self._path(identity))))
            except BadDataset:
                continue
        return found

    def remove(self, identity: str) -> None:
        """Forget pictures; races that learnt from them keep their own."""
        self._path(identity).unlink(missing_ok=True)

    def _path(self, identity: str) -> Path:
        return self.folder / f"{identity}.npz"

    def _make_room(self, newest: str) -> None:
        sizes = {name: self._path(name).stat().st_size for name in self.ids()}
        for name in reversed(sizes):
            if sum(sizes.values()) <= self.capacity:
                return
            if name != newest:
                self.remove(name)
                sizes[name] = 0


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # gone meanwhile
        return 0.0
