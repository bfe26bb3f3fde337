"""A training run in a folder: its checkpoint, its tables and its snapshots, begun or taken up again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnn_core.errors import TrainingFailed
from cnn_core.graph.graph import Graph
from cnn_core.preprocess import InputSpec
from cnn_core.training.checkpoint import TrainingState, load_checkpoint, save_checkpoint
from cnn_core.training.datasets import Dataset
from cnn_core.training.disk import reason, replace_file
from cnn_core.training.loop import EpochEnd, Step, initial_state, train
from cnn_core.training.race.folder import RunFolder, ScoreRow, StepRow, is_kept
from cnn_core.training.race.learner import NetState
from cnn_core.training.recipes import Recipe
from cnn_core.training.run_about import ABOUT, RunAbout

__all__ = ["CHECKPOINT", "METRICS", "SNAPSHOTS", "run_in"]

CHECKPOINT = "checkpoint.safetensors"
METRICS = "metrics.csv"

SNAPSHOTS = 1 << 28
"""Bytes that snapshots of one run may take together."""

COLUMNS = (
    "epoch",
    "step",
    "loss",
    "accuracy",
    "rate",
    "seconds",
    "validation_loss",
    "validation_top1",
    "validation_top3",
)


def run_in(
    folder: Path,
    graph: Graph,
    spec: InputSpec,
    data: Dataset,
    recipe: Recipe,
    *,
    name: str = "net",
    command: str = "",
    validation: Dataset | None = None,
    resume: bool = False,
    threads: int = 1,
) -> Iterator[Step | EpochEnd]:
    """Train in ``folder``; every step and every finished epoch is on disk before it is yielded.

    Beside the checkpoint and a row an epoch there are the files of a race, under the net's ``name``: a row a
    step in ``steps.csv``, one a test in ``scores.csv``, and in ``states`` parameters from the first on,
    thinned as a race thins them, up to ``SNAPSHOTS`` bytes; ``run.json`` says what the run is and which
    ``command`` repeats it.

    With ``resume`` a run found there goes on to exactly the weights it would have had without the break;
    where there is none, one begins. A run that had finished yields
    nothing: its state is in the checkpoint.

    Raises:
        TrainingFailed: the folder holds a run and ``resume`` is not set, its run had another recipe, other
            data or another network, its checkpoint is damaged or cannot be written, or the loss diverged.
    """
    digest, measured = data.digest(), len(validation or ())
    told = RunAbout(name, command, graph, spec, data.classes, len(data), measured, digest, recipe.to_config())
    about = _about(graph, digest, recipe)
    checkpoint = folder / CHECKPOINT
    state = _state(checkpoint, about, resume)
    files = RunFolder(folder)
    try:
        files.open(name, state.step if state else -1)
        _trim(folder / METRICS, state.epoch if state else 0)
        replace_file(folder / ABOUT, json.dumps(told.to_config()).encode())
    except OSError as error:
        raise TrainingFailed(f"{folder}: cannot be written to ({reason(folder, error)})") from error
    if state is None:
        state = initial_state(graph, spec, data, recipe)
        _keep(files, name, state)
    for record in train(graph, spec, data, recipe, validation=validation, state=state, threads=threads):
        if isinstance(record, EpochEnd):
            if record.validation:
                right = round(record.validation.top1 * record.validation.n)
                files.append(ScoreRow(name, record.step, right, record.validation.n))
            _append(folder / METRICS, record)
            save_checkpoint(checkpoint, record.state, about)
        else:
            row = (record.step, record.loss, record.accuracy, record.rate, record.milliseconds)
            files.append(StepRow(name, *row))
            _keep(files, name, record.state, last=record.step == told.total)
        yield record


def _keep(files: RunFolder, name: str, state: TrainingState, *, last: bool = False) -> None:
    """A snapshot, if one is due and there is room."""
    if last or is_kept(state.step):
        size = sum(value.nbytes for value in state.parameters.values())
        if (len(files.kept(name)) + 1) * size <= SNAPSHOTS:
            files.save(name, NetState(state.parameters, {}, state.step), keep=True)


def _about(graph: Graph, data: str, recipe: Recipe) -> dict[str, Any]:
    # in the order in which differences are told: another network has another recipe as well
    about = {"network": graph.to_config(), "data": data, **recipe.to_config()}
    found: dict[str, Any] = json.loads(json.dumps(about))  # tuples become lists, as they will be when read
    return found


def _state(checkpoint: Path, about: dict[str, Any], resume: bool) -> TrainingState | None:
    if not checkpoint.exists():
        return None
    if not resume:
        raise TrainingFailed(f"{checkpoint.parent}: a run is in there; resume it, or choose another folder")
    state, before = load_checkpoint(checkpoint)
    for name, wanted in about.items():
        if before.get(name) != wanted:
            detail = "" if name in ("data", "network") else f": it had {before.get(name)}, now {wanted}"
            raise TrainingFailed(f"{checkpoint.parent}: the run in there has another {name}{detail}")
    return state


def _trim(path: Path, epoch: int) -> None:
    """Leave the rows of the epochs the checkpoint has: one written just before a kill is run again."""
    rows: list[list[str]] = []
    if path.exists():
        with path.open(newline="") as file:
            rows = [row for row in csv.reader(file) if row[:1] and row[0].isdigit() and int(row[0]) <= epoch]
    table = io.StringIO(newline="")
    csv.writer(table).writerows([COLUMNS, *rows])
    replace_file(path, table.getvalue().encode())


def _append(path: Path, end: EpochEnd) -> None:
    scores = end.validation
    row: list[float | str] = [end.epoch, end.step, end.loss, end.accuracy, end.rate, end.milliseconds / 1e3]
    row += [scores.loss, scores.top1, scores.top3] if scores else ["", "", ""]
    try:
        with path.open("a", newline="") as file:
            csv.writer(file).writerow(row)
    except OSError as error:
        raise TrainingFailed(
            f"epoch {end.epoch}: {path.name} cannot be written ({reason(path, error)}); "
            "the last checkpoint is whole"
        ) from error
