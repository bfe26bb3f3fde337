"""Threads that share the tasks of one step, and BLAS held to one thread meanwhile."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from queue import SimpleQueue

import numpy as np
from threadpoolctl import LibController, ThreadpoolController

__all__ = ["MOST_THREADS", "Task", "Team", "single_threaded_blas", "team", "use_threads"]

Task = Callable[[int], None]
"""Called with the number of the thread that runs it, 0 being the caller."""

MOST_THREADS = 8
"""Beyond that the interpreter's lock, taken between NumPy's calls, eats what another thread brings."""


VARIABLE = "CONVSCOPE_PLAN_THREADS"

_told: list[int] = []


class _Job:
    """Tasks that any thread may take the next one of; ``finished`` is free once all are done."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tasks
        self._next, self._done = itertools.count(), itertools.count(1)
        self.finished = threading.Lock()
        self.finished.acquire()
        self.failure: BaseException | None = None

    def help(self, thread: int) -> None:
        """Do tasks until none is left; counting is atomic, one C call under the interpreter's lock."""
        tasks, count = self._tasks, len(self._tasks)
        while (number := next(self._next)) < count:
            try:
                tasks[number](thread)
            except BaseException as failure:  # told to whoever waits, in their thread
                self.failure = failure
            if next(self._done) == count:
                self.finished.release()


class Team:
    """The caller and ``threads - 1`` helpers, which start with the first job and end with the process.

    One job at a time has the helpers; a caller who finds them taken does its tasks alone. A helper that comes
    too late finds nothing left to do, so nobody waits for one that the system has not let run.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._queues: list[SimpleQueue[_Job]] = []
        self._free = threading.Lock()

    def run(self, tasks: Sequence[Task]) -> None:
        """Do all tasks; raises what one of them raised."""
        if len(tasks) == 1 or self.threads == 1 or not self._free.acquire(blocking=False):
            for task in tasks:
                task(0)
            return
        try:
            self._start()
            job = _Job(tasks)
            for queue in self._queues[: len(tasks) - 1]:
                queue.put(job)
            job.help(0)
            job.finished.acquire()
        finally:
            self._free.release()
        if job.failure is not None:
            raise job.failure

    def _start(self) -> None:
        while len(self._queues) < self.threads - 1:
            queue: SimpleQueue[_Job] = SimpleQueue()
            self._queues.append(queue)
            number = len(self._queues)
            threading.Thread(target=_serve, args=(queue, number), name=f"plan-{number}", daemon=True).start()


def _serve(queue: SimpleQueue[_Job], number: int) -> None:
    np.seterr(over="ignore")
    while True:
        queue.get().help(number)


@cache
def team() -> Team:
    """The process's one team: as many threads as ``use_threads`` or ``CONVSCOPE_PLAN_THREADS`` says, else one
    for every core that it may use, within reason.

    Raises:
        ValueError: the environment says something else than a whole number from 1 on.
    """
    told = _told[-1] if _told else os.environ.get(VARIABLE)
    if told is None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return Team(min(cores, MOST_THREADS))
    if not str(told).isdecimal() or int(told) < 1:
        raise ValueError(f"{VARIABLE} must be a whole number from 1 on, got {told!r}")
    return Team(int(told))


def use_threads(threads: int | None) -> None:
    """How many share a run of plans compiled from now on; None: as the environment says, or the cores."""
    _told[:] = [] if threads is None else [threads]
    team.cache_clear()


os.register_at_fork(after_in_child=team.cache_clear)


class _Pin:
    """How many steps want BLAS on one thread, and what it had before the first of them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.before: list[tuple[LibController, int]] = []


_pin = _Pin()


@cache
def _libraries() -> list[LibController]:
    found: list[LibController] = ThreadpoolController().select(user_api="blas").lib_controllers
    return found


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Every BLAS on one thread, for all who are inside at once; then as it was."""
    with _pin.lock:
        _pin.users += 1
        if _pin.users == 1:
            _pin.before = [(library, library.num_threads) for library in _libraries()]
            for library, threads in _pin.before:
                if threads != 1:
                    library.set_num_threads(1)
    try:
        yield
    finally:
        with _pin.lock:
            _pin.users -= 1
            if _pin.users == 0:
                for library, threads in _pin.before:
                    if threads != 1:
                        library.set_num_threads(threads)
