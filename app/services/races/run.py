"""One race on this server: what is known of it, and the process in which it runs."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Final

from cnn_core.training.race.folder import About, RunFolder, ScoreRow, StepRow
from cnn_core.training.race.learner import NetState
from cnn_core.training.race.tasks import Task

from ..locks import Held
from .elsewhere import RaceFiles, Standing
from .worker import News, Order, Reply, work

__all__ = ["OrderRefused", "RaceRun"]

_FRESH: Final = 8
"""States before the newest steps that are held in memory: a step that is watched needs no other."""


class OrderRefused(Exception):
    """A race cannot do what was wanted; the message says why."""


class RaceRun:
    """One race as the server knows it; lives on the event loop.

    It is this server's, or another's that shares the folder: then it is read from there.
    """

    def __init__(self, identity: str, folder: RunFolder, about: About, total: int) -> None:
        self.id, self.folder, self.about, self.total = identity, folder, about, total
        self.rows: list[StepRow] = []
        self.scores: list[ScoreRow] = []
        self.losses: dict[tuple[str, int], float] = {}
        self.fresh: dict[tuple[str, int], NetState] = {}
        self._steps: dict[str, int] = {}
        self.running = False
        self.queued = False
        self.place = 0
        """Its place in the queue of its server, from 1; 0 where it does not wait."""
        self.problem: str | None = None
        self.revision = 0
        """Another number whenever what was told before no longer holds."""
        self.version = 0
        """Another number whenever anything is new."""
        self.stop_alone = False
        self.watchers = 0
        self.task: Task | None = None
        self.files = RaceFiles(folder.path)
        self.held: Held | None = None
        """Held while it is this server's."""
        self.busy = 0
        """Orders that are being carried out."""
        self.signature: tuple[Any, ...] = ()
        self.told = -1
        """The version that other servers were told of."""
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

    def adopt(self, read: RaceRun) -> None:
        """Take over what was read anew from its folder."""
        self.about, self.total, self.scores = read.about, read.total, read.scores
        self.rows, self.losses, self._steps = read.rows, read.losses, read._steps
        if self.revision != read.revision:
            self.fresh = {}
        self.running, self.place, self.problem = read.running, read.place, read.problem
        self.revision, self.stop_alone, self.signature = read.revision, read.stop_alone, read.signature
        self.changed()

    def standing(self) -> Standing:
        """What other servers are told."""
        return Standing(self.running, self.place, self.problem, self.revision, self.stop_alone)

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
        """Have the process save what it has, and end."""
        if self._pipe is not None:
            # to close the pipe would not be enough: the thread that reads from it holds it open
            with suppress(OSError):
                self._pipe.send(None)
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
        except (EOFError, OSError, RuntimeError):  # the process has ended, or the server meanwhile
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._ended, pipe)
        finally:
            pipe.close()

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
        threading.Thread(target=process.join, daemon=True).start()
        for waiting in self._replies.values():
            if not waiting.done():
                waiting.set_result(self.problem or "the race's process has ended")
        self._replies.clear()
        self.changed()
