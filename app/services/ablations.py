"""What channels and edits are worth: a layer muted channel by channel, a folder seen before and after."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Iterator
from typing import TypeVar

from cnn_core.ablation import Asked, Muted, Mutes, Total, class_score

from .compute import Busy, WorkerPool
from .folders import Counts, Folder, seen
from .trace_service import Subject, TraceRun, TraceService

__all__ = ["Ablations", "likeliest"]

T = TypeVar("T")

_TURN_SECONDS = 0.05
"""Of work on a thread, after which others get their turn and the reader is told what there is."""


class Ablations:
    """Work in the pool, a turn at a time, so that a reader may leave; at most ``most`` readers at once."""

    def __init__(self, pool: WorkerPool, traces: TraceService, most: int) -> None:
        self.open = 0
        self._pool, self._traces, self._most = pool, traces, most

    def check_room(self) -> None:
        """Refuse one reader too many.

        Raises:
            Busy: as many as may be are served.
        """
        if self.open >= self._most:
            raise Busy(f"{self.open} sweeps are under way")

    async def opened(self, subject: Subject, run: TraceRun, node: str, asked: Asked) -> Mutes:
        """The mutes of a node, ready to begin, from the finished run of the same subject.

        Raises:
            CnnError: the node does not lead to what is asked.
            Busy: the queue is full.
        """
        return await self._pool.run(self._opened, subject, run, node, asked)

    def _opened(self, subject: Subject, run: TraceRun, node: str, asked: Asked) -> Mutes:
        plan, x = self._traces.prepared(subject)
        return Mutes(plan, x, node, asked, run.outputs)

    def sweep(self, mutes: Mutes) -> AsyncGenerator[list[Muted] | Total]:
        """The channels as they are done, a few at a time, and what they come to; ending it ends the work."""
        return self._follow(_turns(mutes))

    def folder(self, folder: Folder) -> AsyncGenerator[Counts]:
        """Counts of a folder as they grow, the last of them of all photos; ending it ends the work."""
        return self._follow(seen(self._traces, folder))

    async def _follow(self, turns: Iterator[T]) -> AsyncGenerator[T]:
        self.open += 1
        try:
            while (turn := await self._pool.run(next, turns, None)) is not None:
                yield turn
        finally:
            self.open -= 1


def likeliest(subject: Subject, run: TraceRun) -> Asked:
    """The score of the class that a run finds likeliest."""
    graph = subject.loaded.model.graph
    return class_score(graph, int(run.layer(graph.output).output[0].argmax()))


def _turns(mutes: Mutes) -> Iterator[list[Muted] | Total]:
    values: list[float] = []
    turn: list[Muted] = []
    end = time.perf_counter() + _TURN_SECONDS
    for found in mutes.each():
        turn.append(found)
        values.append(found.value)
        if time.perf_counter() >= end:
            yield turn
            turn, end = [], time.perf_counter() + _TURN_SECONDS
    yield turn
    yield mutes.total(values)
