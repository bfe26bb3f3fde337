"""A disk that fills up: it is named, and what was whole before stays whole."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_core.errors import TrainingFailed
from cnn_core.training import disk
from cnn_core.training.augment import Augmentation
from cnn_core.training.checkpoint import load_checkpoint
from cnn_core.training.disk import append_line, reason, replace_file
from cnn_core.training.loop import EpochEnd
from cnn_core.training.race import race as racing
from cnn_core.training.race.folder import StepRow
from cnn_core.training.race.race import Race
from cnn_core.training.race.settings import Settings
from cnn_core.training.race.tasks import drawn_task
from cnn_core.training.recipes import Recipe
from cnn_core.training.runs import CHECKPOINT, run_in
from tests.core.training.problems import SPEC, small_network, stripes

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
RECIPE = Recipe(epochs=3, batch=16, rate=0.02, augmentation=Augmentation())


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_named_by_where_it_is_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mount = tmp_path / "disk"
    monkeypatch.setattr(disk.os.path, "ismount", lambda path: Path(path) == mount)
    assert reason(mount / "runs" / "a.csv", FULL) == f"the disk at {mount} is full"
    assert reason(mount / "a.csv", PermissionError(errno.EACCES, "Permission denied")) == "Permission denied"


def test_a_line_is_added_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    append_line(path, "a,1")
    with small_files(6), pytest.raises(OSError, match=r"No space left|too large"):
        append_line(path, "bb,22")
    assert path.read_text() == "a,1\n"
    append_line(path, "c,3")
    assert path.read_text() == "a,1\nc,3\n"


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "state"
    replace_file(path, b"before")
    with small_files(10), pytest.raises(OSError, match="too large"):
        replace_file(path, b"after" * 10)
    assert path.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["state"]


def test_a_race_on_a_full_disk_stops_and_goes_on_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = drawn_task("shapes")
    few = replace(task, train=task.train[:96], train_labels=task.train_labels[:96], test=task.test[:20])
    few = replace(few, test_labels=task.test_labels[:20])
    settings = Settings(passes=4)
    monkeypatch.setattr(racing, "SAVE_SECONDS", 0.0)
    unbroken = Race.create(tmp_path / "unbroken", few, settings, ("mlp",))
    list(unbroken.run())

    race = Race.create(tmp_path / "broken", few, settings, ("mlp",))
    steps = race.run()
    while race.step < 5:
        next(steps)
    with small_files(20_000), pytest.raises(TrainingFailed, match=r"cannot be written \(File too large\)"):
        list(steps)
    race = Race(tmp_path / "broken")
    assert race.step >= 4
    list(race.run())
    found, wanted = race.states["mlp"], unbroken.states["mlp"]
    assert all(np.array_equal(found.parameters[name], value) for name, value in wanted.parameters.items())
    assert [row.step for row in race.folder.steps()] == list(range(1, 13))

    monkeypatch.setattr(disk.os, "write", _full)
    with pytest.raises(TrainingFailed, match=r"the race cannot be written \(the disk at .* is full\)"):
        race.folder.append(StepRow("mlp", 13, 1.0, 0.5, 0.1, 2.0))
    assert [row.step for row in race.folder.steps()] == list(range(1, 13))


def _full(handle: int, data: bytes) -> int:
    raise FULL


def test_a_training_on_a_full_disk_keeps_its_last_whole_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = small_network()
    records = run_in(tmp_path, graph, SPEC, stripes(40), RECIPE)
    while not isinstance(next(records), EpochEnd):
        pass
    with monkeypatch.context() as patched:
        patched.setattr(disk.os, "fsync", lambda handle: _full(handle, b""))
        with pytest.raises(
            TrainingFailed, match=r"checkpoint\.safetensors cannot be written \(the disk at /"
        ):
            list(records)
    state, _ = load_checkpoint(tmp_path / CHECKPOINT)
    assert state.epoch == 1
    *_, end = run_in(tmp_path, graph, SPEC, stripes(40), RECIPE, resume=True)
    *_, whole = run_in(tmp_path / "other", graph, SPEC, stripes(40), RECIPE)
    assert isinstance(end, EpochEnd)
    assert isinstance(whole, EpochEnd)
    assert all(np.array_equal(end.state.average[n], value) for n, value in whole.state.average.items())
