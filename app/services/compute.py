"""Where work runs: a bounded pool of threads with a bounded queue, each job done once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

from .fairness import FairQueue, visitor
from .stopping import Stop

__all__ = ["Busy", "SingleFlight", "WorkerPool", "limit_blas_threads"]

P = ParamSpec("P")
T = TypeVar("T")


class Busy(Exception):
    """The job was not taken, because the queue is full or the server stops."""

    @property
    def sentence(self) -> str:
        """Why, without its full stop."""
        why = str(self)
        return why[:1].upper() + why[1:]


class WorkerPool:
    """Threads for work that takes longer than the event loop may be held up.

    At most ``workers`` jobs run and ``queue_length`` wait; a further one is refused at once, so that a
    flood of requests costs answers, not memory. Which of those that wait is next is fair between visitors.
    """

    def __init__(self, name: str, workers: int, queue_length: int) -> None:
        self.workers, self.queue_length = workers, queue_length
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._taken = 0
        self._running = 0
        self._closed = False
        self._flights = SingleFlight()
        self._queue: FairQueue[_Job] = FairQueue()

    @property
    def running(self) -> int:
        """Jobs on a thread now."""
        return self._running

    @property
    def waiting(self) -> int:
        """Jobs taken that no thread has begun."""
        return max(0, self._taken - self._running)

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue a job; cancelling the future takes it out of the queue again.

        Raises:
            Busy: too many wait already, or the pool is closed.
        """
        with self._lock:
            if self._closed:
                raise _stopping()
            if self._taken >= self.workers + self.queue_length:
                raise Busy(f"all threads are at work and {self.queue_length} jobs are waiting")
            self._taken += 1
            job = _Job(partial(function, *args, **kwargs), Future())
            self._queue.put(visitor.get(), job)
            self._executor.submit(self._do_next)
        job.future.add_done_callback(self._release)
        return job.future

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do a job and wait for it; if the waiting task is cancelled, so is a job not yet begun."""
        return await asyncio.wrap_future(self.submit(function, *args, **kwargs))

    async def run_once(self, key: Hashable, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As ``run``, but everyone who asks for ``key`` while it is under way shares one job."""
        return await self._flights.do(key, lambda: self.run(function, *args, **kwargs))

    async def run_stoppable(self, function: Callable[..., T], *args: Any) -> T:
        """As ``run``, for a job that can be broken off: its first argument tells when nobody waits for it."""
        stop = Stop()
        try:
            return await self.run(function, stop, *args)
        finally:
            stop.set()

    async def run_once_stoppable(self, key: Hashable, function: Callable[..., T], *args: Any) -> T:
        """As ``run_once``, for a job that can be broken off."""
        return await self._flights.do(key, lambda: self.run_stoppable(function, *args))

    def close(self, patience: float = 1.0) -> bool:
        """Refuse what waits, and let what runs finish, for so many seconds; whether it has."""
        with self._lock:
            self._closed = True
            dropped = [self._queue.take()[1] for _ in range(len(self._queue))]
        self._executor.shutdown(wait=False, cancel_futures=True)
        for job in dropped:
            # not cancelled: who waits for it would take that for a fault of its own
            if job.future.set_running_or_notify_cancel():
                job.future.set_exception(_stopping())
        end = time.monotonic() + patience
        while self._running and time.monotonic() < end:
            time.sleep(0.01)
        return not self._running

    def _do_next(self) -> None:
        with self._lock:
            try:
                whose, job = self._queue.take()
            except LookupError:  # dropped at the end
                return
            if not job.future.set_running_or_notify_cancel():
                return
            self._running += 1
        started = time.perf_counter()
        failure: BaseException | None
        try:
            result, failure = job.work(), None
        except StopIteration as error:
            # no future can hold one: whoever waits would wait for ever
            result, failure = None, RuntimeError("a job ended with StopIteration")
            failure.__cause__ = error
        except BaseException as error:
            result, failure = None, error
        with self._lock:
            self._running -= 1
            self._queue.charge(whose, time.perf_counter() - started)
        if failure is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(failure)
            del failure

    def _release(self, _: Future[Any]) -> None:
        with self._lock:
            self._taken -= 1


def _stopping() -> Busy:
    return Busy("the server stops")


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], Any]
    future: Future[Any]


@dataclass(slots=True)
class _Flight:
    task: asyncio.Future[Any]
    waiters: int = 0


class SingleFlight:
    """Identical work under way is awaited by all who ask, and cancelled when nobody is left."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, _Flight] = {}

    async def do(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """The result of ``work``, begun only if nobody began the same ``key`` before."""
        flight = self._flights.get(key)
        if flight is None or flight.task.done():
            flight = self._flights[key] = _Flight(asyncio.ensure_future(work()))
        flight.waiters += 1
        try:
            result: T = await asyncio.shield(flight.task)
            return result
        finally:
            flight.waiters -= 1
            if flight.waiters == 0:
                flight.task.cancel()
                if self._flights.get(key) is flight:
                    del self._flights[key]


def limit_blas_threads(workers: int, cores: int) -> threadpool_limits:
    """Share the cores between the pool's threads; ``restore_original_limits()`` undoes it.

    BLAS libraries start a thread per core in each product; with a pool on top that makes cores squared.
    """
    return threadpool_limits(limits=max(1, cores // workers), user_api="blas")
