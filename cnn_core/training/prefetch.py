"""The next batch is made while the step before it computes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["prefetched"]

Key = TypeVar("Key")
Made = TypeVar("Made")


def prefetched(make: Callable[[Key], Made], keys: Iterable[Key], ahead: int) -> Generator[Made, None, None]:
    """``make(key)`` for each key in order, made by one background thread up to ``ahead`` items early.

    No more than that are ever held. What ``make`` raises is raised when its item's turn comes. When the
    generator is closed, what has not begun is never made, and the thread has ended.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="prefetch") as worker:
        waiting: deque[Future[Made]] = deque()
        try:
            for key in keys:
                waiting.append(worker.submit(make, key))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
