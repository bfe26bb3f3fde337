"""Making things before their turn."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from cnn_core.training.prefetch import prefetched

PATIENCE = 20


def counted(taken: list[int]) -> Iterator[int]:
    for number in range(100):
        taken.append(number)
        yield number


@pytest.mark.parametrize("ahead", [0, 1, 5, 200])
def test_everything_comes_once_and_in_order(ahead: int) -> None:
    assert list(prefetched(lambda key: key * key, range(50), ahead)) == [key * key for key in range(50)]


def test_no_more_than_so_many_are_begun_early() -> None:
    taken: list[int] = []
    items = prefetched(lambda key: key, counted(taken), 3)
    assert next(items) == 0
    assert taken == [0, 1, 2, 3]
    assert next(items) == 1
    assert taken == [0, 1, 2, 3, 4]
    items.close()


def test_the_next_is_made_while_the_one_before_is_in_use() -> None:
    made = [threading.Event() for _ in range(4)]

    def make(key: int) -> int:
        made[key].set()
        return key

    items = prefetched(make, range(4), 2)
    assert next(items) == 0
    assert made[1].wait(PATIENCE)
    assert made[2].wait(PATIENCE)
    assert not made[3].is_set()
    assert list(items) == [1, 2, 3]


def test_what_goes_wrong_surfaces_when_its_turn_comes() -> None:
    def make(key: int) -> int:
        if key == 2:
            raise OSError("the disk went away")
        return key

    items = prefetched(make, range(5), 4)
    assert [next(items), next(items)] == [0, 1]
    with pytest.raises(OSError, match="the disk went away"):
        next(items)
    assert threads() == []


def test_closing_makes_nothing_more_and_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    cancelled: list[bool] = []
    all_cancelled = threading.Event()

    def make(key: int) -> int:
        made.append(key)
        if key == 1:
            all_cancelled.wait(PATIENCE)
        return key

    def cancel(future: Future[int]) -> bool:
        cancelled.append(honest(future))
        if len(cancelled) == 10:
            all_cancelled.set()
        return cancelled[-1]

    honest = Future.cancel
    monkeypatch.setattr(Future, "cancel", cancel)
    items = prefetched(make, range(100), 10)
    assert next(items) == 0
    assert len(threads()) == 1
    items.close()
    assert threads() == []
    assert made in ([0], [0, 1])


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("prefetch")]
