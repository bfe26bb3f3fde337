"""Shards made by several threads of this process: NumPy lets go of the interpreter while it computes."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Iterator, Sequence

from cnn_core.atlas.jobs import Job
from cnn_core.atlas.shards import Shard, Surveyor
from cnn_core.atlas.survey import Made, Makers, Worker

__all__ = ["in_threads"]


def in_threads(count: int) -> Makers:
    """What ``survey`` wants as ``make``: so many threads, each at a shard of its own.

    The numbers are those of one thread, in the bits: a shard is computed by one.
    """

    def make(job: Job, numbers: Sequence[int]) -> Iterator[Made]:
        return _Crew(job, numbers, count).make()

    return make


class _Crew:
    def __init__(self, job: Job, numbers: Sequence[int], count: int) -> None:
        self._job, self._numbers, self._count = job, numbers, min(count, len(numbers))
        self._started = time.monotonic()
        self._next = itertools.count()
        self._stop = threading.Event()
        # room for one shard a thread: who is ahead waits until the last one is on disk
        self._made: queue.Queue[Shard | BaseException] = queue.Queue(self._count)
        self._at = [""] * self._count
        self._shards, self._photos = [0] * self._count, [0] * self._count

    def make(self) -> Iterator[Made]:
        """All shards, in the order in which they are done; ending the iteration ends the threads."""
        threads = [threading.Thread(target=self._work, args=(i,), daemon=True) for i in range(self._count)]
        for thread in threads:
            thread.start()
        try:
            for _ in self._numbers:
                found = self._made.get()
                if isinstance(found, BaseException):
                    raise found
                yield Made(found, self._workers())
        finally:
            self._stop.set()
            for thread in threads:
                self._join(thread)

    def _work(self, thread: int) -> None:
        try:
            surveyor = Surveyor(self._job)
            try:
                while (number := next(self._next)) < len(self._numbers) and not self._stop.is_set():
                    shard = self._numbers[number]
                    self._at[thread] = f"shard {shard}"
                    made = surveyor.survey(shard)
                    self._shards[thread] += 1
                    self._photos[thread] += len(self._job.photos_of(shard))
                    self._made.put(made)
                self._at[thread] = ""
            finally:
                surveyor.close()
        except BaseException as failure:  # told to whoever waits, in their thread
            self._made.put(failure)

    def _join(self, thread: threading.Thread) -> None:
        """Wait for the shard it is at; what nobody takes any more is dropped."""
        while thread.is_alive():
            while not self._made.empty():
                self._made.get_nowait()
            thread.join(0.05)

    def _workers(self) -> tuple[Worker, ...]:
        seconds = max(1e-9, time.monotonic() - self._started)
        return tuple(
            Worker(f"thread {i + 1}", self._shards[i], self._photos[i] / seconds, self._at[i])
            for i in range(self._count)
        )
