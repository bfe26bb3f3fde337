"""Races on this server: where they lie, which of them run, and who waits for a core."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import re
import secrets
import shutil
import threading
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from cnn_core.training.race.folder import About, RunFolder, ScoreRow, StepRow
from cnn_core.training.race.learner import NetState
from cnn_core.training.race.race import Race
from cnn_core.training.race.settings import Settings
from cnn_core.training.race.tasks import Task

from ..compute import Busy, WorkerPool
from .worker import News, Order, Reply, work

__all__ = ["OrderRefused", "RaceRun", "RaceRuns", "UnknownRace"]

_log = logging.getLogger(__name__)

_ID: Final = re.compile(r"[a-z0-9]{12}")
_FRESH: Final = 8
"""States before the newest steps that are held in memory: a step that is watched needs no other."""

_LOADED: Final = 32
"""Races whose rows are held in memory; the one asked for longest ago is read again."""

_ALONE_SECONDS: Final = 5.0
"""A page that is reloaded is back by then."""


class UnknownRace(LookupError):
    """No such race."""


class OrderRefused(Exception):
    """A race cannot do what was wanted; the message says why."""


class RaceRun:
    """One race as the server knows it; lives on the event loop."""

    def __init__(self, identity: str, folder: RunFolder, about: About, total: int) -> None:
        self.id, self.folder, self.about, self.total = identity, folder, about, total
        self.rows: list[StepRow] = []
        self.scores: list[ScoreRow] = []
        self.losses: dict[tuple[str, int], float] = {}
        self.fresh: dict[tuple[str, int], NetState] = {}
        self._steps: dict[str, int] = {}
        self.running = False
        self.queued = False
        self.problem: str | None = None
        self.revision = 0
        """Another number whenever what was told before no longer holds."""
        self.version = 0
        """Another number whenever anything is new."""
        self.stop_alone = False
        self.watchers = 0
        self.task: Task | None = None
        self._news = asyncio.Event()
        self._process: Any = None
        self._pipe: Connection | None = None
        self._replies: dict[int, asyncio.Future[str | None]] = {}
        self._numbers = 0

    @property
    def alive(self) -> bool:
        """Whether it has a process."""
        return self._pipe is not None

    @property
    def step(self) -> int:
        """How far the farthest network is."""
        return max(self._steps.values(), default=0)

    def steps_of(self, net: str) -> int:
        """How many steps a network has made."""
        return self._steps.get(net, 0)

    def add(self, rows: Sequence[StepRow]) -> None:
        """Steps that were made."""
        self.rows += rows
        for row in rows:
            self.losses[row.net, row.step] = row.loss
            self._steps[row.net] = row.step

    def forget(self) -> None:
        """What was told no longer holds."""
        self.revision += 1
        self.rows, self.scores, self.fresh = [], [], {}
        self.losses, self._steps = {}, {}

    def start(self) -> None:
        """Give it a process; what that tells arrives on the event loop."""
        loop = asyncio.get_running_loop()
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(self.folder.path, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self.problem = None
        listening = threading.Thread(target=self._listen, args=(self._pipe, loop), daemon=True)
        listening.start()

    async def order(self, name: str, /, **arguments: Any) -> None:
        """Have the process do something.

        Raises:
            OrderRefused: it cannot; the message says why.
        """
        if self._pipe is None:
            raise OrderRefused(self.problem or "the race has no process")
        self._numbers += 1
        reply = self._replies[self._numbers] = asyncio.get_running_loop().create_future()
        try:
            self._pipe.send(Order(self._numbers, name, arguments))
        except OSError:
            self._ended(self._pipe)
        problem = await reply
        if problem is not None:
            raise OrderRefused(problem)

    async def news(self, version: int) -> None:
        """Wait until there is something newer than ``version``."""
        while self.version == version:
            await self._news.wait()

    def end(self) -> None:
        """Close the pipe: the process saves what it has, and ends."""
        if self._pipe is not None:
            self._ended(self._pipe)

    def changed(self) -> None:
        """Wake whoever waits for news."""
        self.version += 1
        self._news.set()
        self._news = asyncio.Event()

    def _listen(self, pipe: Connection, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread of its own: hand over what the process tells, until it is gone."""
        try:
            while True:
                message = pipe.recv()
                loop.call_soon_threadsafe(self._take, message, pipe)
        except (EOFError, OSError):
            try:
                loop.call_soon_threadsafe(self._ended, pipe)
            except RuntimeError:  # the server has ended meanwhile
                return

    def _take(self, message: News | Reply, pipe: Connection) -> None:
        if pipe is not self._pipe:
            return
        if isinstance(message, Reply):
            waiting = self._replies.pop(message.number, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message.problem)
            elif message.number < 0:
                self.problem = message.problem
            self.changed()
            return
        self.about, self.total, self.running = message.about, message.total, message.running
        if message.rewritten:
            self.forget()
        self.add(message.rows)
        self.scores += message.scores
        for net, state in message.before.items():
            self.fresh[net, state.step] = state
        for old in list(self.fresh)[:-_FRESH]:
            del self.fresh[old]
        self.changed()

    def _ended(self, pipe: Connection) -> None:
        if pipe is not self._pipe:
            return
        if self.running and self.problem is None:
            self.problem = "its process was ended from outside; go on, and it takes up where it was"
        self._pipe, self.running, process = None, False, self._process
        pipe.close()
        threading.Thread(target=process.join, daemon=True).start()
        for waiting in self._replies.values():
            if not waiting.done():
                waiting.set_result(self.problem or "the race's process has ended")
        self._replies.clear()
        self.changed()


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
        if not _ID.fullmatch(identity) or not (self.folder / identity / "run.json").is_file():
            raise UnknownRace(identity)
        run = await self._pool.run_once(("race", identity), self._read, identity)
        run = self._loaded.setdefault(identity, run)
        for old, other in list(self._loaded.items())[:-_LOADED]:
            if not other.alive and not other.watchers and not other.queued:
                del self._loaded[old]
        return run

    def ids(self) -> list[str]:
        """Every race, the one used last first."""
        found = [path.parent for path in self.folder.glob("*/run.json") if _ID.fullmatch(path.parent.name)]
        return [path.name for path in sorted(found, key=_used, reverse=True)]

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
        self._make_room()
        Race.create(self.folder / identity, task, settings, nets, created=time.time())

    def _read(self, identity: str) -> RaceRun:
        folder = RunFolder(self.folder / identity)
        about, task = folder.about(), folder.task()
        run = RaceRun(identity, folder, about, about.timeline.total(len(task.train)))
        run.scores, run.task = folder.scores(), task
        run.add(folder.steps())
        return run

    def _make_room(self) -> None:
        ids = self.ids()
        sizes = {name: _folder_bytes(self.folder / name) for name in ids}
        drafts = [
            name
            for name in ids
            if not (self.folder / name / "states").is_dir() or _is_draft(self.folder / name)
        ]
        oldest = [*reversed(drafts), *(name for name in reversed(ids) if name not in drafts)]
        for name in oldest:
            busy = name in self._loaded and (self._loaded[name].alive or self._loaded[name].watchers)
            if sum(sizes.values()) <= self.capacity and len(drafts) < 16:
                return
            if not busy:
                shutil.rmtree(self.folder / name, ignore_errors=True)
                sizes.pop(name)
                drafts = [draft for draft in drafts if draft != name]


def _is_draft(path: Path) -> bool:
    """Whether no step was ever made in it."""
    try:
        return (path / "steps.csv").stat().st_size < 100
    except OSError:
        return True


def _used(path: Path) -> float:
    try:
        return (path / "steps.csv").stat().st_mtime
    except OSError:
        return 0.0


def _folder_bytes(path: Path) -> int:
    total = 0
    for file in path.rglob("*"):
        try:
            total += file.stat().st_size
        except OSError:  # gone meanwhile
            continue
    return total
