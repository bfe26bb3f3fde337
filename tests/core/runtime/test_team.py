"""The threads that share a step's tasks."""

import threading

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from cnn_core.runtime.team import Team, single_threaded_blas, team, use_threads


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("count", [1, 2, 50])
def test_every_task_is_done_once_by_a_thread_of_its_own_number(threads, count):
    team = Team(threads)
    done: list[tuple[int, int]] = []
    at_once: list[int] = []
    busy = [threading.Lock() for _ in range(threads)]

    def task(number):
        def run(thread):
            with busy[thread]:
                at_once.append(threading.get_ident())
                done.append((number, thread))

        return run

    for _ in range(20):
        done.clear()
        team.run([task(number) for number in range(count)])
        assert sorted(number for number, _ in done) == list(range(count))
        assert {thread for _, thread in done} <= set(range(threads))


def test_helpers_do_take_part():
    team = Team(2)
    both = threading.Barrier(2, timeout=60)
    team.run([lambda _: both.wait(), lambda _: both.wait()])


@pytest.mark.parametrize("threads", [1, 2])
def test_what_a_task_raises_is_raised_to_the_caller_and_the_team_goes_on(threads):
    team = Team(threads)

    def fail(_):
        raise ValueError("no")

    for _ in range(3):
        with pytest.raises(ValueError, match="no"):
            team.run([lambda _: None, fail, lambda _: None])
    done = []
    team.run([done.append, done.append])
    assert len(done) == 2


def test_a_team_that_is_taken_leaves_the_caller_to_work_alone():
    team = Team(2)
    inner = []
    team.run([lambda _: team.run([inner.append, inner.append])])
    team.run([lambda _: team.run([inner.append, inner.append]), lambda _: None])
    assert inner == [0, 0, 0, 0]


def blas_threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_blas_has_one_thread_inside_and_what_it_had_outside():
    with threadpool_limits(2, "blas"):
        before = blas_threads()
        with single_threaded_blas():
            with single_threaded_blas():
                assert blas_threads() == {1}
            assert blas_threads() == {1}
        assert blas_threads() == before


def test_how_many_threads_there_are_is_told_by_the_program_or_by_the_environment(monkeypatch):
    try:
        monkeypatch.setenv("CONVSCOPE_PLAN_THREADS", "3")
        use_threads(None)
        assert team().threads == 3
        use_threads(5)
        assert team().threads == 5
        monkeypatch.setenv("CONVSCOPE_PLAN_THREADS", "many")
        use_threads(None)
        with pytest.raises(ValueError, match="PLAN_THREADS must be a whole number from 1 on, got 'many'"):
            team()
    finally:
        monkeypatch.undo()
        use_threads(None)
