"""Races on this server: where they lie, which of them run, and who waits for a core.

Several servers may share the folder: a race is that one's which ordered it about first, for as long as it has
a process; the others read it from its folder and hand orders on.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import shutil
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any, Final

from cnn_core.errors import CnnError
from cnn_core.training.race.folder import RunFolder
from cnn_core.training.race.race import Race
from cnn_core.training.race.settings import Settings
from cnn_core.training.race.tasks import Task

from ..compute import Busy, WorkerPool
from .cores import Cores
from .elsewhere import NoServer, RaceFiles, Wish
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

    At most ``slots`` run, in all servers that share the folder; the next ones wait in the order in which they
    came to their server. Once all folders together take more than ``capacity`` bytes, those used longest ago
    go, the ones that were never begun first.
    """

    def __init__(self, folder: Path, pool: WorkerPool, slots: int, capacity: int) -> None:
        self.folder, self.slots, self.capacity = folder, slots, capacity
        self._pool = pool
        self._loaded: dict[str, RaceRun] = {}
        self._cores = Cores(folder, slots, self._tell)
        self._making = asyncio.Lock()
        self._obeying: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> int:
        """Races that run now, by this server."""
        return sum(run.running and run.alive for run in self._loaded.values())

    @property
    def processes(self) -> int:
        """Processes there are: those of races that rest included."""
        return sum(run.alive for run in self._loaded.values())

    async def create(self, task: Task, settings: Settings, nets: Sequence[str]) -> RaceRun:
        """A new race, before its first step.

        Raises:
            CnnError: it cannot be, or not be kept.
        """
        identity = secrets.token_hex(6)
        await self._pool.run(self._make, identity, task, settings, nets)
        return await self.get(identity)

    async def get(self, identity: str) -> RaceRun:
        """The race of that id, as it stands.

        Raises:
            UnknownRace: there is none.
            TrainingFailed: its folder is damaged.
        """
        if not is_race(self.folder, identity):
            self._loaded.pop(identity, None)
            raise UnknownRace(identity)
        if identity in self._loaded:
            run = self._loaded[identity] = self._loaded.pop(identity)  # now the one asked for last
            await self._refresh(run)
            return run
        run = await self._pool.run_once(("race", identity), self._read, identity)
        run = self._loaded.setdefault(identity, run)
        for old, other in list(self._loaded.items())[:-_LOADED]:
            if not other.held and not other.watchers:
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
        if await self._elsewhere(run, "go"):
            return
        if run.running or run.queued:
            return
        if not self._cores.take(run):
            self._cores.wait(run)
            return
        await self.order(run, "go")

    async def pause(self, run: RaceRun) -> None:
        """Stop it after the step that is done, or take it out of the queue."""
        if await self._elsewhere(run, "pause"):
            return
        self._cores.leave(run)
        if run.alive:
            await run.order("pause")
        await self._next()

    async def stop_alone(self, run: RaceRun, stop: bool) -> None:
        """Whether it is to stop when nobody watches it any more."""
        if await self._elsewhere(run, "alone", stop=stop):
            return
        run.stop_alone = stop
        run.changed()

    async def order(self, run: RaceRun, order: str, /, **arguments: Any) -> None:
        """Have a race do something; one that rests is taken up first.

        Raises:
            OrderRefused: it cannot; the message says why.
            Busy: too many races rest in memory, and none can be put away.
        """
        if await self._elsewhere(run, order, **arguments):
            return
        run.busy += 1
        try:
            async with self._making:
                if not run.alive:
                    self._put_away()
                    run.start()
            await run.order(order, **arguments)
        finally:
            run.busy -= 1
        if order == "go":
            # told at once, so that nobody takes the core that is taken
            run.running = run.running or run.alive
        self._tell(run)

    def watch(self, run: RaceRun) -> None:
        """Somebody looks at it."""
        run.watchers += 1

    async def leave(self, run: RaceRun) -> None:
        """Somebody no longer does; a race that is to stop when it is alone soon does."""
        run.watchers -= 1
        if not run.stop_alone or run.watchers:
            return
        await asyncio.sleep(_ALONE_SECONDS)
        if not run.watchers and (run.running or run.place):
            try:
                await self.pause(run)
            except OrderRefused:
                _log.warning("race %s could not be paused", run.id)

    async def remove(self, run: RaceRun) -> None:
        """Forget a race."""
        await self._elsewhere(run, "end")
        self._cores.leave(run)
        run.end()
        self._loaded.pop(run.id, None)
        await self._pool.run(shutil.rmtree, run.folder.path, True)
        self._let_go(run)
        await self._next()

    async def tend(self) -> None:
        """Let those who wait have the cores that become free, and hear other servers, as long as it runs."""
        for turn in count():
            await asyncio.sleep(0.2)
            await self._next()
            for run in list(self._loaded.values()):
                try:
                    await self._hear(run, turn)
                except (OSError, CnnError, Busy):
                    _log.exception("race %s: its folder cannot be used", run.id)

    def close(self) -> None:
        """End every process."""
        for run in self._loaded.values():
            run.end()
            self._let_go(run)
        self._cores.close()

    async def _hear(self, run: RaceRun, turn: int) -> None:
        """Do what other servers want of a race, and tell them of it; look at one that is theirs."""
        if run.held is None:
            if run.watchers and turn % 2:
                await self._refresh(run)
            return
        for wish in run.files.wishes():
            task = asyncio.create_task(self._obey(run, wish))
            self._obeying.add(task)
            task.add_done_callback(self._obeying.discard)
        if run.told != run.version:
            self._tell(run)
        if not run.alive and not run.queued and not run.busy:
            self._let_go(run)

    async def _obey(self, run: RaceRun, wish: Wish) -> None:
        run.busy += 1
        problem = None
        try:
            await self._carry_out(run, wish)
        except (OrderRefused, Busy) as error:
            problem = str(error)
        except Exception:
            _log.exception("race %s: an order of another server failed", run.id)
            problem = "it failed; the log of the server that runs this race has the cause"
        finally:
            run.busy -= 1
        if run.folder.path.is_dir():
            self._tell(run)
            run.files.answer(wish, problem)

    async def _carry_out(self, run: RaceRun, wish: Wish) -> None:
        if wish.order == "go":
            await self.go(run)
        elif wish.order == "pause":
            await self.pause(run)
        elif wish.order == "alone":
            await self.stop_alone(run, bool(wish.arguments.get("stop")))
        elif wish.order == "end":
            self._cores.leave(run)
            run.end()
        else:
            await self.order(run, wish.order, **wish.arguments)

    async def _elsewhere(self, run: RaceRun, order: str, /, **arguments: Any) -> bool:
        """Have another server carry out an order, if the race is that one's; else it is this one's now.

        Raises:
            OrderRefused: the other one cannot; the message says why.
        """
        while not await self._is_ours(run):
            try:
                problem = await run.files.ask(order, arguments)
            except NoServer:  # it has let go of it meanwhile
                continue
            except TimeoutError as error:
                raise OrderRefused(str(error)) from error
            await self._refresh(run)
            if problem is not None:
                raise OrderRefused(problem)
            return True
        return False

    async def _is_ours(self, run: RaceRun) -> bool:
        """Whether this server may order it about: it takes it if nobody else has it."""
        if run.held is None:
            run.held = run.files.claim()
            if run.held is not None:
                run.busy += 1
                try:
                    run.adopt(await self._pool.run(self._read, run.id))
                finally:
                    run.busy -= 1
        return run.held is not None

    async def _refresh(self, run: RaceRun) -> None:
        """Read it again, if it is not this server's and anything is new."""
        if run.held is None and run.signature != run.files.signature() and run.folder.path.is_dir():
            read = await self._pool.run_once(("race", run.id), self._read, run.id)
            if run.held is None:
                run.adopt(read)

    def _tell(self, run: RaceRun) -> None:
        """Have other servers know how it stands."""
        run.told = run.version
        run.files.tell(run.standing())

    def _let_go(self, run: RaceRun) -> None:
        """Leave it to whoever wants it next."""
        if run.held is not None:
            run.held.release()
            run.held = None

    async def _next(self) -> None:
        self._cores.free()
        while (run := self._cores.first) and self._cores.take(run):
            self._cores.leave(run)
            try:
                await self.order(run, "go")
            except (OrderRefused, Busy) as error:
                run.problem = str(error)
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
        busy = [name for name, run in list(self._loaded.items()) if run.watchers]
        busy += [name for name in race_ids(self.folder) if RaceFiles(self.folder / name).claimed()]
        make_room(self.folder, self.capacity, busy)
        Race.create(self.folder / identity, task, settings, nets, created=time.time())

    def _read(self, identity: str) -> RaceRun:
        folder = RunFolder(self.folder / identity)
        about, task = folder.about(), folder.task()
        run = RaceRun(identity, folder, about, about.timeline.total(len(task.train)))
        run.signature, standing = run.files.signature(), run.files.standing()
        run.scores, run.task = folder.scores(), task
        run.add(folder.steps())
        claimed = bool(run.signature[0])
        run.running, run.place = standing.running and claimed, standing.place if claimed else 0
        run.problem, run.revision, run.stop_alone = standing.problem, standing.revision, standing.stop_alone
        return run
