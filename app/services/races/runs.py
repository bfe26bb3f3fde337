"""Races on this server: where they lie, which of them run, and who waits for a core."""

from __future__ import annotations

import asyncio
import logging
import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from cnn_core.training.race.folder import RunFolder
from cnn_core.training.race.race import Race
from cnn_core.training.race.settings import Settings
from cnn_core.training.race.tasks import Task

from ..compute import Busy, WorkerPool
from .room import is_race, make_room, race_ids
from .run import OrderRefused, RaceRun

__all__ = ["RaceRuns", "UnknownRace"]

_log = logging.getLogger(__name__)

_LOADED: Final = 32
"""Races whose rows are held in memory; the one asked for longest ago is read again."""

_ALONE_SECONDS: Final = 5.0
"""A page that is reloaded is back by then."""


class UnknownRace(LookupError):
    """No such race."""


class RaceRuns:
    """All races: folders below one folder, and a process for each that runs.

    At most ``slots`` run; the next ones wait in the order in which they came. Once all folders together take
    more than ``capacity`` bytes, those used longest ago go, the ones that were never begun first.
    """

    def __init__(self, folder: Path, pool: WorkerPool, slots: int, capacity: int) -> None:
        self.folder, self.slots, self.capacity = folder, slots, capacity
        self._pool = pool
        self._loaded: dict[str, RaceRun] = {}
        self._queue: list[RaceRun] = []
        self._making = asyncio.Lock()

    @property
    def running(self) -> int:
        """Races that run now."""
        return sum(run.running for run in self._loaded.values())

    @property
    def processes(self) -> int:
        """Processes there are: those of races that rest included."""
        return sum(run.alive for run in self._loaded.values())

    def place(self, run: RaceRun) -> int:
        """Its place in the queue, from 1; 0 where it does not wait."""
        return self._queue.index(run) + 1 if run in self._queue else 0

    async def create(self, task: Task, settings: Settings, nets: Sequence[str]) -> RaceRun:
        """A new race, before its first step.

        Raises:
            CnnError: it cannot be, or not be kept.
        """
        identity = secrets.token_hex(6)
        await self._pool.run(self._make, identity, task, settings, nets)
        return await self.get(identity)

    async def get(self, identity: str) -> RaceRun:
        """The race of that id.

        Raises:
            UnknownRace: there is none.
            TrainingFailed: its folder is damaged.
        """
        if identity in self._loaded:
            self._loaded[identity] = self._loaded.pop(identity)  # now the one asked for last
            return self._loaded[identity]
        if not is_race(self.folder, identity):
            raise UnknownRace(identity)
        run = await self._pool.run_once(("race", identity), self._read, identity)
        run = self._loaded.setdefault(identity, run)
        for old, other in list(self._loaded.items())[:-_LOADED]:
            if not other.alive and not other.watchers and not other.queued:
                del self._loaded[old]
        return run

    def ids(self) -> list[str]:
        """Every race, the one used last first."""
        return race_ids(self.folder)

    async def go(self, run: RaceRun) -> None:
        """Run it, or have it wait for its turn.

        Raises:
            OrderRefused: it cannot run; the message says why.
        """
        if run.running or run.queued:
            return
        if self.running >= self.slots:
            run.queued = True
            self._queue.append(run)
            self._wake_queue()
            return
        await self.order(run, "go")

    async def pause(self, run: RaceRun) -> None:
        """Stop it after the step that is done, or take it out of the queue."""
        if run in self._queue:
            self._queue.remove(run)
            run.queued = False
            self._wake_queue()
        if run.alive:
            await run.order("pause")
        await self._next()

    async def order(self, run: RaceRun, order: str, /, **arguments: Any) -> None:
        """Have a race do something; one that rests is taken up first.

        Raises:
            OrderRefused: it cannot; the message says why.
            Busy: too many races rest in memory, and none can be put away.
        """
        async with self._making:
            if not run.alive:
                self._put_away()
                run.start()
        await run.order(order, **arguments)
        if order == "go":
            # told at once, so that nobody takes the core that is taken
            run.running = run.running or run.alive

    def watch(self, run: RaceRun) -> None:
        """Somebody looks at it."""
        run.watchers += 1

    async def leave(self, run: RaceRun) -> None:
        """Somebody no longer does; a race that is to stop when it is alone soon does."""
        run.watchers -= 1
        if not run.stop_alone or run.watchers:
            return
        await asyncio.sleep(_ALONE_SECONDS)
        if not run.watchers and (run.running or run.queued):
            try:
                await self.pause(run)
            except OrderRefused:
                _log.warning("race %s could not be paused", run.id)

    async def remove(self, run: RaceRun) -> None:
        """Forget a race."""
        if run in self._queue:
            self._queue.remove(run)
        run.end()
        self._loaded.pop(run.id, None)
        await self._pool.run(shutil.rmtree, run.folder.path, True)
        await self._next()

    async def tend(self) -> None:
        """Let those who wait have the cores that become free; runs as long as the server does."""
        while True:
            await asyncio.sleep(0.2)
            await self._next()

    def close(self) -> None:
        """End every process."""
        for run in self._loaded.values():
            run.end()

    async def _next(self) -> None:
        while self._queue and self.running < self.slots:
            run = self._queue.pop(0)
            run.queued = False
            try:
                await self.order(run, "go")
            except (OrderRefused, Busy) as error:
                run.problem = str(error)
                run.changed()
            self._wake_queue()

    def _wake_queue(self) -> None:
        for run in self._queue:
            run.changed()

    def _put_away(self) -> None:
        """Make room for one more process: of those that rest, the one asked for longest ago ends."""
        if self.processes < 2 * self.slots + 2:
            return
        for run in self._loaded.values():
            if run.alive and not run.running:
                run.end()
                return
        raise Busy(f"{self.processes} races are in memory")

    def _make(self, identity: str, task: Task, settings: Settings, nets: Sequence[str]) -> None:
        busy = [name for name, run in list(self._loaded.items()) if run.alive or run.watchers]
        make_room(self.folder, self.capacity, busy)
        Race.create(self.folder / identity, task, settings, nets, created=time.time())

    def _read(self, identity: str) -> RaceRun:
        folder = RunFolder(self.folder / identity)
        about, task = folder.about(), folder.task()
        run = RaceRun(identity, folder, about, about.timeline.total(len(task.train)))
        run.scores, run.task = folder.scores(), task
        run.add(folder.steps())
        return run
