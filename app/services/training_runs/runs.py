"""All runs of ``convscope train`` in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cnn_core.errors import TrainingFailed
from cnn_core.training.run_about import ABOUT, is_run_name

from ..compute import WorkerPool
from .run import TrainingRun

__all__ = ["TrainingRuns", "UnknownRun"]

_LOADED: Final = 8
"""Runs whose rows are held in memory; the one asked for longest ago is read again."""

_LISTED: Final = 50


class UnknownRun(LookupError):
    """No such run."""


class TrainingRuns:
    """The folders below one folder; each is named by its own name, so no address leads elsewhere."""

    def __init__(self, folder: Path, pool: WorkerPool) -> None:
        """Nothing is read yet."""
        self.folder = folder
        self._pool = pool
        self._loaded: dict[str, TrainingRun] = {}

    def has(self, identity: str) -> bool:
        """Whether a run of that name is there."""
        return is_run_name(identity) and (self.folder / identity / ABOUT).is_file()

    def listed(self) -> list[TrainingRun]:
        """The runs there are, the one written last first; what is damaged is left out."""
        found = [path.parent for path in self.folder.glob(f"*/{ABOUT}") if is_run_name(path.parent.name)]
        runs = []
        for path in sorted(found, key=_written, reverse=True)[:_LISTED]:
            try:
                runs.append(self._loaded.get(path.name) or TrainingRun(path))
            except TrainingFailed:
                continue
        return runs

    async def get(self, identity: str) -> TrainingRun:
        """The run of that name, as it stands.

        Raises:
            UnknownRun: there is none.
            TrainingFailed: its folder is damaged.
        """
        if not self.has(identity):
            self._loaded.pop(identity, None)
            raise UnknownRun(identity)
        run = await self._pool.run_once(("training run", identity), self._fresh, identity)
        self._loaded.pop(identity, None)
        self._loaded[identity] = run
        for old in list(self._loaded)[:-_LOADED]:
            del self._loaded[old]
        return run

    def _fresh(self, identity: str) -> TrainingRun:
        return (self._loaded.get(identity) or TrainingRun(self.folder / identity)).refresh()


def _written(path: Path) -> float:
    try:
        return (path / "steps.csv").stat().st_mtime
    except OSError:
        return 0.0
