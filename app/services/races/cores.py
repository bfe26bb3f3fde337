"""The cores that races may take: so many in all servers that share a folder, and a line of those who wait."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..locks import Held, try_lock
from .run import RaceRun

__all__ = ["Cores"]


class Cores:
    """A lock a core, held for the race that runs on it; who waits is next in the order in which they came.

    ``told`` is called of every race whose place in the line is another one.
    """

    def __init__(self, folder: Path, count: int, told: Callable[[RaceRun], None]) -> None:
        """All are free."""
        self._folder, self._count, self._told = folder, count, told
        self._held: dict[str, tuple[RaceRun, Held]] = {}
        self._line: list[RaceRun] = []

    @property
    def first(self) -> RaceRun | None:
        """Whoever is next."""
        return self._line[0] if self._line else None

    def take(self, run: RaceRun) -> bool:
        """Take one for a race; whether it has one now."""
        self.free()
        for number in range(self._count):
            if run.id in self._held:
                break
            if held := try_lock(self._folder / f".running-{number}"):
                self._held[run.id] = run, held
        return run.id in self._held

    def free(self) -> None:
        """Let go of those whose races do not run."""
        for identity, (run, held) in list(self._held.items()):
            if not (run.running or run.busy):
                del self._held[identity]
                held.release()

    def wait(self, run: RaceRun) -> None:
        """Stand in line."""
        run.queued = True
        self._line.append(run)
        self._tell()

    def leave(self, run: RaceRun) -> None:
        """Out of the line; those behind move up."""
        if run in self._line:
            self._line.remove(run)
            run.queued, run.place = False, 0
            run.changed()
            self._tell()

    def close(self) -> None:
        """Let go of all."""
        for _, held in self._held.values():
            held.release()
        self._held.clear()

    def _tell(self) -> None:
        for place, run in enumerate(self._line, 1):
            run.place = place
            run.changed()
            self._told(run)
