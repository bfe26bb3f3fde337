"""Trainings in the background are told of, and ended, by any server that shares the folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.services.fine_tunings import FineTunings, Job, UnknownJob
from app.services.shared_jobs import SharedJobs
from cnn_core.training.fine_tune import FineTuning


def other(folder: Path) -> FineTunings:
    """Another server's view of the folder; it keeps nothing."""

    def keep(*_: Any) -> Any:
        raise AssertionError

    return FineTunings(keep, 1, folder)


def test_another_server_tells_of_a_training_and_ends_it(tmp_path: Path) -> None:
    own = SharedJobs(tmp_path)
    held = own.begin("0123456789ab")
    assert held is not None
    job = Job("0123456789ab", "Mine", now=FineTuning(3, 10, 0.5, 7, 9), before=6)
    other(tmp_path)._tell(job)
    seen = other(tmp_path).get(job.id)
    assert (seen.state, seen.now, seen.before) == ("running", job.now, 6)
    assert not own.is_to_stop(job.id)
    other(tmp_path).stop(seen)
    assert own.is_to_stop(job.id)
    held.release()
    left = other(tmp_path).get(job.id)
    assert (left.state, left.problem) == ("failed", "its server has ended")
    for name in ("ffffffffffff", "../0123456789ab", ""):
        with pytest.raises(UnknownJob):
            other(tmp_path).get(name)


def test_places_are_shared(tmp_path: Path) -> None:
    first, second = SharedJobs(tmp_path), SharedJobs(tmp_path)
    held = first.place(1)
    assert held is not None
    assert second.place(1) is None
    held.release()
    again = second.place(1)
    assert again is not None
    again.release()
