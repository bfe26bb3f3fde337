"""Long work ends when its time is over, or when nobody waits for it any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from ..errors import Problem
from .compute import WorkerPool

__all__ = ["run_patiently"]

T = TypeVar("T")


class _Abandoned(Exception):
    """Nobody wants the rest of this work."""


async def run_patiently(
    pool: WorkerPool, what: str, seconds: float, work: Callable[[Callable[[], None]], T]
) -> T:
    """Do ``work`` in the pool; it is given a function to call between its steps.

    Raises:
        Problem: it took longer than ``seconds``.
        Busy: the queue is full.
    """
    abandoned = threading.Event()
    try:
        return await pool.run(_timed, what, seconds, abandoned, work)
    finally:
        abandoned.set()


def _timed(
    what: str, seconds: float, abandoned: threading.Event, work: Callable[[Callable[[], None]], T]
) -> T:
    deadline = time.monotonic() + seconds

    def each_step() -> None:
        if abandoned.is_set():
            raise _Abandoned
        if time.monotonic() > deadline:
            raise Problem(
                503,
                "This takes too long",
                f"{what} was not done after {seconds:g} s; a smaller network may do.",
            )

    return work(each_step)
