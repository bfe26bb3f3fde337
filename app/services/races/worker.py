"""The process of one race: it takes orders from the server, and tells it what happened.

BLAS settings and freed memory are a process's own, so a race slows what else the server does by the core it
takes and no more. When the server goes, the pipe ends; the race saves what it has and ends too.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from cnn_core.errors import CnnError
from cnn_core.training.memory import keep_freed_memory
from cnn_core.training.race.folder import About, ScoreRow, StepRow
from cnn_core.training.race.learner import NetState
from cnn_core.training.race.race import Failed, Race

from ..locks import locked

__all__ = ["News", "Order", "Reply", "work"]

NEWS_SECONDS = 0.08
"""Between two tellings: more than ten a second."""

SLOW_SECONDS = 0.4
"""A step of all networks takes so long where somebody wants to follow."""

IDLE_SECONDS = 120.0
"""A race that is not run for so long gives its memory back; it is taken up again when it is to go on."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a person wants of a race: ``name`` is a method of the worker, ``number`` names the order."""

    number: int
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An order was carried out, or could not be for a reason."""

    number: int
    problem: str | None


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What happened since the last telling. ``before`` are the states before each network's newest step.

    ``rewritten``: rows told earlier are no longer true, and ``rows`` and ``scores`` are all there are.
    """

    running: bool
    about: About
    total: int
    rows: list[StepRow]
    scores: list[ScoreRow]
    before: dict[str, NetState]
    rewritten: bool = False


def work(folder: Path, pipe: Connection) -> None:
    """Serve the race in this folder until the pipe ends or nobody wants anything for a while."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the pipe
    keep_freed_memory()
    # a server that was killed may have left a process that still saves what it has
    with locked(folder / ".trainer.lock"), threadpool_limits(1, "blas"):
        try:
            _Worker(Race(folder), pipe).serve()
        except CnnError as error:
            _tell(pipe, Reply(-1, str(error)))


def _tell(pipe: Connection, message: News | Reply) -> None:
    try:
        pipe.send(message)
    except OSError:
        raise SystemExit(0) from None


@dataclass(slots=True, eq=False)
class _Worker:
    race: Race
    pipe: Connection
    slow: bool = False
    steps: Iterator[StepRow | ScoreRow | Failed] | None = None
    rows: list[StepRow] = field(default_factory=list)
    scores: list[ScoreRow] = field(default_factory=list)
    before: dict[str, NetState] = field(default_factory=dict)
    told: float = 0.0

    def serve(self) -> None:
        """Carry out orders, and take steps between them while the race is to go on."""
        self.tell_all()
        while True:
            try:
                waiting = self.pipe.poll(0 if self.steps else IDLE_SECONDS)
                if waiting:
                    order = self.pipe.recv()
                    if order is None:
                        break
                    self.carry_out(order)
                    continue
            except (EOFError, OSError):
                break
            if self.steps is None:
                break
            self.advance()
        self.race.save()

    def carry_out(self, order: Order) -> None:
        """Do what is wanted, and say that it is done or why not."""
        problem = None
        try:
            getattr(self, f"order_{order.name}")(**order.arguments)
        except CnnError as error:
            problem = str(error)
        _tell(self.pipe, Reply(order.number, problem))

    def order_go(self) -> None:
        """Run on; a race at its end gets one more pass."""
        if self.race.step >= self.race.total:
            self.race.change("passes", self.race.timeline.latest.passes + 1)
            self.tell_all()
        self.steps = self.race.run()

    def order_pause(self) -> None:
        """Stop after the step that is done."""
        self.steps = None
        self.race.save()
        self.tell()

    def order_pace(self, slow: bool) -> None:
        """One step at a time to watch, or as fast as it goes."""
        self.slow = slow

    def order_step(self) -> None:
        """One step of every network."""
        self.steps = None
        goal = self.race.step + 1
        if goal > self.race.total:
            self.race.change("passes", self.race.timeline.latest.passes + 1)
        steps = self.race.run()
        while self.behind(goal) and self.take(steps) is not None:
            pass
        self.race.save()
        self.tell()

    def order_back(self, step: int) -> None:
        """Forget what came after a step."""
        self.rewriting(lambda: self.race.back(step))

    def order_change(self, name: str, value: Any) -> None:
        """Another setting from the next step on."""
        self.rewriting(lambda: self.race.change(name, value))

    def order_undo(self, change: int) -> None:
        """Back to before a change."""
        self.rewriting(lambda: self.race.undo(change))

    def order_enter(self, nets: list[str]) -> None:
        """Who runs."""
        self.rewriting(lambda: self.race.enter(nets))

    def rewriting(self, change: Callable[[], None]) -> None:
        """Change what the race is, and go on with it if it ran."""
        ran = self.steps is not None
        self.steps = None
        try:
            change()
        finally:
            self.steps = self.race.run() if ran else None
            self.tell_all()

    def advance(self) -> None:
        """One more step, test or failure; at the end, rest."""
        assert self.steps is not None
        event = self.take(self.steps)
        if event is None:
            self.steps = None
            self.tell()
        elif time.monotonic() - self.told > NEWS_SECONDS:
            self.tell()
        if self.slow and isinstance(event, StepRow) and not self.behind(self.race.step):
            self.tell()
            self.pipe.poll(SLOW_SECONDS)

    def behind(self, step: int) -> bool:
        """Whether a network that can has still to make this step."""
        return any(s.step < step for net, s in self.race.states.items() if net not in self.race.failed)

    def take(self, steps: Iterator[StepRow | ScoreRow | Failed]) -> StepRow | ScoreRow | Failed | None:
        """The next event, None at the end; it is told the next time, with the state that a step began at."""
        states = dict(self.race.states)
        event = next(steps, None)
        if isinstance(event, StepRow):
            self.rows.append(event)
            self.before[event.net] = states[event.net]
        elif isinstance(event, ScoreRow):
            self.scores.append(event)
        return event

    def tell(self) -> None:
        """What is new."""
        self._send(self.rows, self.scores, rewritten=False)

    def tell_all(self) -> None:
        """Everything anew: what was told no longer holds."""
        self._send(self.race.folder.steps(), self.race.folder.scores(), rewritten=True)

    def _send(self, rows: list[StepRow], scores: list[ScoreRow], *, rewritten: bool) -> None:
        news = News(
            self.steps is not None, self.race.about(), self.race.total, rows, scores, self.before, rewritten
        )
        _tell(self.pipe, news)
        self.rows, self.scores, self.before = [], [], {}
        self.told = time.monotonic()
