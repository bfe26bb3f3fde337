"""Whose job is next: that of the visitor who has had the least of the threads' time.

Start-time fair queueing (Goyal, Vin and Cheng 1996) with the time taken counted afterwards: every visitor has
a clock that goes on by the seconds of its jobs, and the job of the one whose clock is behind is next. Whoever
comes anew begins at the clock of those who wait, so that nobody saves up time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from contextvars import ContextVar
from typing import Generic, TypeVar

__all__ = ["FairQueue", "visitor"]

T = TypeVar("T")

visitor: ContextVar[Hashable] = ContextVar("visitor", default=None)
"""Who the present work is for: a connection. None: nobody in particular."""


class FairQueue(Generic[T]):
    """Jobs by visitor; for use under one lock.

    >>> queue: FairQueue[str] = FairQueue()
    >>> for job in ("a1", "a2", "a3", "b1"):
    ...     queue.put(job[0], job)
    >>> def take() -> str:
    ...     whose, job = queue.take()
    ...     queue.charge(whose, 1.0)
    ...     return job
    >>> take(), take(), take(), take()
    ('a1', 'b1', 'a2', 'a3')
    """

    def __init__(self) -> None:
        self._jobs: dict[Hashable, deque[T]] = {}
        self._clocks: dict[Hashable, float] = {}
        self._now = 0.0

    def __len__(self) -> int:
        return sum(map(len, self._jobs.values()))

    def put(self, whose: Hashable, job: T) -> None:
        """One more job of a visitor."""
        self._clocks[whose] = max(self._clocks.get(whose, 0.0), self._now)
        self._jobs.setdefault(whose, deque()).append(job)

    def take(self) -> tuple[Hashable, T]:
        """The next job, and whose it is; of those who are equally far the one who came first.

        Raises:
            LookupError: there is none.
        """
        if not self._jobs:
            raise LookupError("no job waits")
        whose = min(self._jobs, key=self._clocks.__getitem__)
        self._now = max(self._now, self._clocks[whose])
        job = self._jobs[whose].popleft()
        if self._jobs[whose]:
            self._jobs[whose] = self._jobs.pop(whose)  # behind those who are equally far
        else:
            del self._jobs[whose]
        return whose, job

    def charge(self, whose: Hashable, seconds: float) -> None:
        """A visitor had so much of a thread's time."""
        self._clocks[whose] = self._clocks.get(whose, self._now) + seconds
        self._clocks = {
            name: clock for name, clock in self._clocks.items() if clock > self._now or name in self._jobs
        }
