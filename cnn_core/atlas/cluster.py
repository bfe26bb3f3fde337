"""Shards made by Dask workers: processes of this machine, or of any cluster there is.

Reference: Rocklin 2015, Dask: Parallel Computation with Blocked Algorithms and Task Scheduling.
"""

from __future__ import annotations

import importlib
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cnn_core.atlas.jobs import Job
from cnn_core.atlas.shards import Shard, Surveyor
from cnn_core.atlas.survey import Made, Makers, Worker
from cnn_core.errors import CnnError

__all__ = ["NoCluster", "dask_workers"]

AHEAD = 2
"""Shards handed out for each thread at a time: one at work, one waiting."""

CONNECT_SECONDS = 15


class NoCluster(CnnError, RuntimeError):
    """Dask is not installed, or no scheduler answers at the address given."""


@contextmanager
def dask_workers(
    workers: int = 1, threads: int = 1, scheduler: str | None = None
) -> Iterator[tuple[Makers, str]]:
    """What ``survey`` wants as ``make``, and the address of Dask's dashboard.

    Without an address so many worker processes of this machine, each with so many threads, every one of
    which makes a shard at a time, in no more threads than that. A worker of another machine needs ConvScope,
    and the photos at the same path. One that is killed costs the shard it was at.

    Raises:
        NoCluster: Dask is not installed, or no scheduler answers.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise NoCluster(
            "Dask is not installed; pip install 'convscope[atlas]', or leave out workers"
        ) from error
    local = None
    if scheduler is None:
        local = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=threads,
            processes=True,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )
    try:
        client = distributed.Client(local or scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise NoCluster(f"no Dask scheduler answers at {scheduler} ({error})") from error
    try:
        yield _Crew(client).make, str(client.dashboard_link)
    finally:
        client.close()
        if local is not None:
            local.close()


class _Crew:
    def __init__(self, client: Any) -> None:
        self._client = client
        self._started = time.monotonic()
        self._photos: dict[str, int] = {}
        self._shards: dict[str, int] = {}
        self._names: dict[str, str] = {}

    def make(self, job: Job, numbers: Sequence[int]) -> Iterator[Made]:
        """Have shards made, few at a time, and hand each on as soon as it is there."""
        # a task's value and not scattered data: whoever holds it may die, and it is made again
        shared = self._client.submit(_given, job, key=f"job-{job.key}", pure=False)
        waiting = iter(numbers)
        running: Any = importlib.import_module("distributed").as_completed()
        for number in waiting:
            running.add(self._submit(shared, job, number))
            if running.count() >= AHEAD * self._threads():
                break
        for future in running:
            number, address, arrays = future.result()
            future.release()
            if (following := next(waiting, None)) is not None:
                running.add(self._submit(shared, job, following))
            self._shards[address] = self._shards.get(address, 0) + 1
            self._photos[address] = self._photos.get(address, 0) + len(job.photos_of(number))
            yield Made(Shard(number, arrays), self._workers())

    def _submit(self, shared: Any, job: Job, number: int) -> Any:
        return self._client.submit(_made, shared, number, key=f"shard-{job.key}-{number}", pure=False)

    def _threads(self) -> int:
        return int(max(1, sum(self._client.nthreads().values())))

    def _workers(self) -> tuple[Worker, ...]:
        """Those there are, and those there were."""
        alive = self._client.scheduler_info(n_workers=-1)["workers"]
        at = self._client.processing()
        for address, told in alive.items():
            self._names.setdefault(address, str(told.get("name", address)))
            self._shards.setdefault(address, 0)
        seconds = max(1e-9, time.monotonic() - self._started)
        return tuple(
            Worker(
                name=self._names.get(address, address),
                shards=count,
                photos_a_second=self._photos.get(address, 0) / seconds if address in alive else 0.0,
                now=_at_work(at.get(address, ())),
                lost=address not in alive,
            )
            for address, count in self._shards.items()
        )


_own = threading.local()
"""A worker thread's surveyor, kept for its next shard."""


def _given(job: Job) -> Job:
    return job


def _made(job: Job, number: int) -> tuple[int, str, dict[str, Any]]:
    surveyor: Surveyor | None = getattr(_own, "surveyor", None)
    if surveyor is None or surveyor.job.key != job.key:
        if surveyor is not None:
            surveyor.close()
        surveyor = _own.surveyor = Surveyor(job)
    return (
        number,
        str(importlib.import_module("distributed").get_worker().address),
        surveyor.survey(number).arrays,
    )


def _at_work(keys: Iterable[Any]) -> str:
    """The first shard that a worker has been given."""
    numbers = sorted(int(str(key).rsplit("-", 1)[1]) for key in keys if str(key).startswith("shard-"))
    return f"shard {numbers[0]}" if numbers else ""
