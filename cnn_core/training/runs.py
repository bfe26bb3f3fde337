"""A training run in a folder: its checkpoint and its metrics, begun or taken up again."""

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
from cnn_core.training.loop import EpochEnd, Step, train
from cnn_core.training.recipes import Recipe

__all__ = ["CHECKPOINT", "METRICS", "run_in"]

CHECKPOINT = "checkpoint.safetensors"
METRICS = "metrics.csv"
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
    validation: Dataset | None = None,
    resume: bool = False,
    threads: int = 1,
) -> Iterator[Step | EpochEnd]:
    """Train in ``folder``; every finished epoch is on disk before it is yielded.

    With ``resume`` a run found there goes on to exactly the weights it would have had without the break;
    where there is none, one begins. A run that had finished yields
    nothing: its state is in the checkpoint.

    Raises:
        TrainingFailed: the folder holds a run and ``resume`` is not set, its run had another recipe, other
            data or another network, its checkpoint is damaged or cannot be written, or the loss diverged.
    """
    about = _about(graph, data, recipe)
    checkpoint = folder / CHECKPOINT
    state = _state(checkpoint, about, resume)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _trim(folder / METRICS, state.epoch if state else 0)
    except OSError as error:
        raise TrainingFailed(f"{folder}: cannot be written to ({reason(folder, error)})") from error
    for record in train(graph, spec, data, recipe, validation=validation, state=state, threads=threads):
        if isinstance(record, EpochEnd):
            _append(folder / METRICS, record)
            save_checkpoint(checkpoint, record.state, about)
        yield record


def _about(graph: Graph, data: Dataset, recipe: Recipe) -> dict[str, Any]:
    # in the order in which differences are told: another network has another recipe as well
    about = {"network": graph.to_config(), "data": data.digest(), **recipe.to_config()}
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
