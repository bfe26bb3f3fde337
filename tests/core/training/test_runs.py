"""A run in a folder: what it leaves there, and going on from it."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_core.errors import TrainingFailed
from cnn_core.graph import Graph
from cnn_core.training import runs
from cnn_core.training.augment import Augmentation
from cnn_core.training.checkpoint import load_checkpoint
from cnn_core.training.loop import EpochEnd, Step, train
from cnn_core.training.race.folder import RunFolder, ScoreRow, StepRow
from cnn_core.training.recipes import Recipe
from cnn_core.training.runs import CHECKPOINT, METRICS, run_in
from tests.core.training.problems import SPEC, small_network, stripes

RECIPE = Recipe(epochs=4, batch=16, rate=0.02, augmentation=Augmentation(zoom=(0.8, 1.1), flip=True))


def run(folder: Path, recipe: Recipe = RECIPE, resume: bool = False, steps: int | None = None) -> int:
    """Run to the end, or stop dead after so many steps; the epochs that were finished."""
    records = run_in(
        folder, small_network(), SPEC, stripes(), recipe, validation=stripes(20, seed=3), resume=resume
    )
    epochs = 0
    for record in records:
        epochs += isinstance(record, EpochEnd)
        if steps is not None and record.step >= steps:
            records.close()
            break
    return epochs


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / METRICS).open(newline="") as file:
        return [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(file)]


@pytest.mark.parametrize("steps", [2, 6, 11])
def test_a_run_stopped_after_some_steps_ends_as_an_unbroken_one(tmp_path: Path, steps: int) -> None:
    run(tmp_path / "whole")
    run(tmp_path / "broken", steps=steps)
    run(tmp_path / "broken", resume=True)
    whole, _ = load_checkpoint(tmp_path / "whole" / CHECKPOINT)
    broken, _ = load_checkpoint(tmp_path / "broken" / CHECKPOINT)
    for group in ("parameters", "average", "optimizer"):
        for name, value in getattr(whole, group).items():
            assert np.array_equal(getattr(broken, group)[name], value), name
    assert rows(tmp_path / "broken") == rows(tmp_path / "whole")
    assert raced(tmp_path / "broken") == raced(tmp_path / "whole")


def raced(folder: Path) -> tuple[list[StepRow], list[ScoreRow], list[int]]:
    """The tables and the kept steps, read as those of a race are; but for the time that steps took."""
    files = RunFolder(folder)
    return [replace(row, milliseconds=0) for row in files.steps()], files.scores(), files.kept("net")


def test_the_files_of_a_race_are_there_too(tmp_path: Path) -> None:
    graph, unseen = small_network(), stripes(20, seed=3)
    run(tmp_path / "whole")
    records = list(train(graph, SPEC, stripes(), RECIPE, validation=unseen))
    steps = [record for record in records if isinstance(record, Step)]
    ends = [record for record in records if isinstance(record, EpochEnd)]
    told, scores, kept = raced(tmp_path / "whole")
    assert told == [StepRow("net", s.step, s.loss, s.accuracy, s.rate, 0) for s in steps]
    assert [(row.step, row.right / row.count) for row in scores] == [
        (end.step, end.validation.top1) for end in ends if end.validation
    ]
    assert kept == list(range(17))
    files = RunFolder(tmp_path / "whole")
    for step in steps:
        found = files.load("net", step.step)
        assert found.step == step.step
        assert all(np.array_equal(found.parameters[n], value) for n, value in step.state.parameters.items())
    about = json.loads((tmp_path / "whole" / "run.json").read_bytes())
    assert about["nets"] == ["net"]
    assert Graph.from_config(about["network"]).to_config() == graph.to_config()


def test_snapshots_end_where_their_room_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = 4 * sum(int(np.prod(shape)) for shape in small_network().parameter_shapes().values())
    monkeypatch.setattr(runs, "SNAPSHOTS", 3 * size)
    run(tmp_path)
    assert RunFolder(tmp_path).kept("net") == [0, 1, 2]


def test_metrics_hold_a_row_an_epoch(tmp_path: Path) -> None:
    run(tmp_path)
    table = rows(tmp_path)
    assert [row["epoch"] for row in table] == ["1", "2", "3", "4"]
    assert [row["step"] for row in table] == ["4", "8", "12", "16"]
    assert all(0 <= float(row["validation_top1"]) <= 1 for row in table)


def test_a_row_written_just_before_a_kill_is_not_doubled(tmp_path: Path) -> None:
    run(tmp_path, steps=5)
    with (tmp_path / METRICS).open("a") as file:
        file.write("2,8,0.5,0.5,0.01,1.0,0.5,0.5,1.0\n")
    run(tmp_path, resume=True)
    assert [row["epoch"] for row in rows(tmp_path)] == ["1", "2", "3", "4"]


def test_resuming_where_nothing_is_begins_and_where_all_is_done_ends(tmp_path: Path) -> None:
    assert run(tmp_path, resume=True) == 4
    assert run(tmp_path, resume=True) == 0


def test_a_folder_with_a_run_is_not_overwritten_unasked(tmp_path: Path) -> None:
    run(tmp_path, steps=5)
    with pytest.raises(TrainingFailed, match="a run is in there; resume it, or choose another folder"):
        run(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rate": 0.5}, "another rate: it had 0.02, now 0.5"),
        ({"augmentation": Augmentation(jitter=0.3)}, r"another augmentation\.zoom"),
    ],
)
def test_a_run_is_not_taken_up_with_another_recipe(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    run(tmp_path, steps=5)
    with pytest.raises(TrainingFailed, match=message):
        run(tmp_path, replace(RECIPE, **change), resume=True)


def test_a_run_is_not_taken_up_with_other_data_or_another_network(tmp_path: Path) -> None:
    run(tmp_path, steps=5)
    with pytest.raises(TrainingFailed, match=r"another data$"):
        next(run_in(tmp_path, small_network(), SPEC, stripes(seed=9), RECIPE, resume=True))
    with pytest.raises(TrainingFailed, match=r"another network$"):
        next(run_in(tmp_path, small_network(classes=5), SPEC, stripes(), RECIPE, resume=True))


def test_a_loss_that_is_not_finite_keeps_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, steps=5)
    before = (tmp_path / CHECKPOINT).read_bytes()
    monkeypatch.setattr(Recipe, "make_schedule", lambda self, steps: lambda step: 1e38)
    with pytest.raises(TrainingFailed, match="the loss must be finite"):
        run(tmp_path, resume=True)
    assert (tmp_path / CHECKPOINT).read_bytes() == before


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TrainingFailed, match="cannot be written to"):
        run(tmp_path / "file" / "run")


def test_metrics_that_cannot_be_written_leave_the_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, steps=5)
    before = (tmp_path / CHECKPOINT).read_bytes()

    def full(*_: object) -> None:
        (tmp_path / METRICS).unlink()
        (tmp_path / METRICS).mkdir()

    monkeypatch.setattr(runs, "_trim", full)
    with pytest.raises(TrainingFailed, match=r"epoch 2: metrics\.csv cannot be written"):
        run(tmp_path, resume=True)
    assert (tmp_path / CHECKPOINT).read_bytes() == before
