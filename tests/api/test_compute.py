"""The pool is bounded, and identical work is done once."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.services.cache import ByteLru
from app.services.compute import Busy, SingleFlight, WorkerPool
from app.services.fairness import FairQueue, visitor
from app.services.patience import run_patiently
from tests import aside
from tests.api.live import PATIENCE, until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    made = WorkerPool("test", workers=1, queue_length=1)
    yield made
    made.close()


def test_a_job_above_the_queue_is_refused_and_a_finished_one_makes_room(pool: WorkerPool) -> None:
    gate = threading.Event()
    running, waiting = pool.submit(gate.wait, PATIENCE), pool.submit(gate.wait, PATIENCE)
    until(lambda: pool.running == 1)

    with pytest.raises(Busy):
        pool.submit(print)
    assert (pool.running, pool.waiting) == (1, 1)
    gate.set()
    assert running.result()
    assert waiting.result()
    until(lambda: pool.running + pool.waiting == 0)
    assert pool.submit(int, "7").result() == 7


def test_a_job_that_is_cancelled_while_it_waits_makes_room_and_never_runs(pool: WorkerPool) -> None:
    gate, ran = threading.Event(), threading.Event()
    first = pool.submit(gate.wait, PATIENCE)
    until(lambda: pool.running == 1)
    pool.submit(ran.set).cancel()
    last = pool.submit(int, "1")
    gate.set()

    assert (first.result(), last.result()) == (True, 1)
    assert not ran.is_set()


def test_whoever_asks_for_much_does_not_hold_up_who_asks_for_little() -> None:
    pool, gate = WorkerPool("fair", workers=1, queue_length=20), threading.Event()
    done: list[str] = []
    first = pool.submit(gate.wait, PATIENCE)
    until(lambda: pool.running == 1)
    visitor.set("much")
    jobs = [pool.submit(done.append, f"much {number}") for number in range(8)]
    visitor.set("little")
    jobs.append(pool.submit(done.append, "little"))
    visitor.set(None)
    gate.set()
    for job in (first, *jobs):
        job.result()
    pool.close()
    assert done.index("little") <= 1


def test_the_next_job_is_that_of_who_had_the_least_time() -> None:
    queue: FairQueue[str] = FairQueue()
    for _ in range(6):
        queue.put("heavy", "heavy")
        queue.put("light", "light")
    served = []
    for _ in range(8):
        whose, job = queue.take()
        queue.charge(whose, 3.0 if job == "heavy" else 1.0)
        served.append(job)
    # three seconds each after four turns of one and one of the other, and so on
    assert (served.count("heavy"), served.count("light")) == (2, 6)
    queue.put("new", "new")
    assert queue.take()[0] in ("new", "heavy")
    assert len(queue) == 4


def test_a_job_that_fails_frees_its_thread_and_tells_why(pool: WorkerPool) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        pool.submit(int, "seven").result()

    assert pool.submit(int, "7").result() == 7


def test_identical_work_under_way_is_done_once_and_later_again(pool: WorkerPool) -> None:
    calls: list[str] = []

    async def ask() -> list[int]:
        return await asyncio.gather(*(pool.run_once("key", job) for _ in range(5)))

    def job() -> int:
        calls.append("called")
        return len(calls)

    assert aside.run(ask()) == [1, 1, 1, 1, 1]
    assert aside.run(ask()) == [2, 2, 2, 2, 2]


def test_work_is_cancelled_when_the_last_of_those_who_wait_leaves() -> None:
    async def scene() -> tuple[bool, str]:
        flights, cancelled = SingleFlight(), False

        async def work() -> str:
            nonlocal cancelled
            try:
                await asyncio.sleep(PATIENCE)
            except asyncio.CancelledError:
                cancelled = True
                raise
            return "never"

        async def quick() -> str:
            return "new"

        waiting = [asyncio.create_task(flights.do("key", work)) for _ in range(2)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0.01)
        assert not cancelled
        waiting[1].cancel()
        await asyncio.sleep(0)
        # Someone who comes now must not be given what was just cancelled.
        return cancelled, await flights.do("key", quick)

    assert aside.run(scene())[1] == "new"


def test_the_least_recently_used_goes_first() -> None:
    cache: ByteLru[str, int] = ByteLru(10)
    cache.put("a", 1, 4)
    cache.put("b", 2, 4)
    cache.get("a")
    cache.put("c", 3, 4)

    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)
    cache.put("a", 4, 6)
    assert (cache.get("a"), cache.bytes, len(cache)) == (4, 10, 2)
    cache.put("huge", 5, 11)
    assert cache.get("huge") is None
    assert cache.bytes == 10


BLAS_THREADS = """
import sys
from threadpoolctl import threadpool_info
from app.config import Settings
from tests.api.live import served

def threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}

before = threads()
with served(Settings(workers=int(sys.argv[1]))):
    print(*threads())
assert threads() == before
"""


@pytest.mark.parametrize(("workers", "wanted"), [(256, 1), (1, os.cpu_count())])
def test_blas_shares_the_cores_with_the_pool_while_the_server_runs(workers: int, wanted: int) -> None:
    # In a process of its own: BLAS belongs to the whole process, where other tests' servers set it too.
    command = [sys.executable, "-c", BLAS_THREADS, str(workers)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert done.stdout.strip() == str(wanted), done.stderr


def test_work_that_nobody_waits_for_ends_at_its_next_step(pool: WorkerPool) -> None:
    begun, ended, abandoned = threading.Event(), threading.Event(), threading.Event()

    def work(each_step: Callable[[], None]) -> None:
        begun.set()
        try:
            while not abandoned.wait(0.005):
                each_step()
        finally:
            ended.set()

    async def give_up() -> None:
        task = asyncio.ensure_future(run_patiently(pool, "It", 60.0, work))
        await asyncio.to_thread(begun.wait, PATIENCE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(ended.wait, PATIENCE)

    try:
        aside.run(give_up())
    finally:
        abandoned.set()


def test_a_pool_that_closes_waits_only_so_long_for_a_job_that_runs() -> None:
    pool, gate = WorkerPool("test", workers=1, queue_length=1), threading.Event()
    job = pool.submit(gate.wait, PATIENCE)
    until(lambda: pool.running == 1)
    assert not pool.close(patience=0.1)
    assert not job.done()
    gate.set()
    assert job.result()
    assert pool.close()


def test_who_waits_when_a_pool_closes_is_told_that_it_is_refused_and_so_is_who_comes_later() -> None:
    pool, gate = WorkerPool("test", workers=1, queue_length=1), threading.Event()
    job, waiting = pool.submit(gate.wait, PATIENCE), pool.submit(int, "7")
    until(lambda: pool.running == 1)
    pool.close(patience=0)
    with pytest.raises(Busy, match="server stops"):
        waiting.result(PATIENCE)
    with pytest.raises(Busy, match="server stops"):
        pool.submit(int, "7")
    gate.set()
    assert job.result()
