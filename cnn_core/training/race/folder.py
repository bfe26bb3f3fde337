"""A race on disk: what it is, a row for every step, and states from which all others are computed again."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from cnn_core.errors import TrainingFailed
from cnn_core.layers.base import Array
from cnn_core.training.disk import append_line, reason, replace_file
from cnn_core.training.race.learner import NetState
from cnn_core.training.race.settings import Timeline
from cnn_core.training.race.tasks import Task

__all__ = ["About", "RunFolder", "ScoreRow", "StepRow", "is_kept"]

ALL_KEPT = 32
"""The first steps, in which most happens, are all kept."""

THINNING = 1.8
"""Then those near ``k ** THINNING``: as the axis of the film is spaced."""


def is_kept(step: int) -> bool:
    """Whether the state after this step stays on disk.

    >>> [step for step in range(30, 80) if is_kept(step)]
    [30, 31, 32, 33, 42, 52, 63, 75]
    """
    return step <= ALL_KEPT or step == round(round(step ** (1 / THINNING)) ** THINNING)


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of one network: loss and accuracy are the batch's, before the update."""

    net: str
    step: int
    loss: float
    accuracy: float
    rate: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """Test pictures named right by a network after ``step`` steps."""

    net: str
    step: int
    right: int
    count: int


@dataclass(frozen=True, slots=True)
class About:
    """What a race is: who runs, with which settings, and which of them failed at which step."""

    title: str
    nets: tuple[str, ...]
    timeline: Timeline
    created: float = 0.0
    failed: Mapping[str, int] | None = None

    def to_config(self) -> dict[str, Any]:
        """As plain JSON values."""
        rest = {"title": self.title, "nets": list(self.nets), "created": self.created}
        return {**rest, "failed": dict(self.failed or {}), "timeline": self.timeline.to_config()}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> About:
        """The inverse of ``to_config``."""
        timeline = Timeline.from_config(config["timeline"])
        return cls(config["title"], tuple(config["nets"]), timeline, config["created"], config["failed"])


class RunFolder:
    """The files of one race; whoever trains writes them, anyone may read at any time.

    ``run.json`` says what it is, ``task.npz`` holds its pictures, ``steps.csv`` and ``scores.csv`` have a
    row a step and test, ``states/<net>-<step>.safetensors`` are the states that are kept,
    ``states/<net>-now.safetensors`` the newest.
    """

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        self.path = path
        self._states = path / "states"

    def create(self, about: About, task: Task) -> None:
        """Begin a new race here.

        Raises:
            TrainingFailed: one is in there, or it cannot be written.
        """
        if (self.path / "run.json").exists():
            raise TrainingFailed(f"{self.path}: a race is in there; choose another folder")
        try:
            self._states.mkdir(parents=True, exist_ok=True)
            _save_task(self.path / "task.npz", task)
            _write_rows(self.path / "steps.csv", StepRow, ())
            _write_rows(self.path / "scores.csv", ScoreRow, ())
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self.write_about(about)

    def open(self, net: str, step: int) -> None:
        """Make room for one network's tables and states, of which those after ``step`` are forgotten.

        Raises:
            OSError, TrainingFailed: it cannot be written.
        """
        self._states.mkdir(parents=True, exist_ok=True)
        self.cut({net: step})

    def about(self) -> About:
        """What the race is.

        Raises:
            TrainingFailed: there is none in the folder, or it is damaged.
        """
        try:
            return About.from_config(json.loads((self.path / "run.json").read_bytes()))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TrainingFailed(f"{self.path}: no race is in there, or it is damaged ({error})") from error

    def write_about(self, about: About) -> None:
        """Say what the race is now."""
        try:
            replace_file(self.path / "run.json", json.dumps(about.to_config(), indent=1).encode())
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def task(self) -> Task:
        """Its pictures.

        Raises:
            TrainingFailed: they are missing or damaged.
        """
        try:
            with np.load(self.path / "task.npz", allow_pickle=False) as file:
                names = json.loads(str(file["names"]))
                x = {part: file[part].astype(np.float32) / np.float32(255) for part in ("train", "test")}
                labels = {part: file[f"{part}_labels"] for part in x}
        except (OSError, ValueError, KeyError) as error:
            raise TrainingFailed(f"{self.path}: task.npz is missing or damaged ({error})") from error
        name, title, classes = names["name"], names["title"], tuple(names["classes"])
        return Task(name, title, classes, x["train"], labels["train"], x["test"], labels["test"])

    def append(self, row: StepRow | ScoreRow) -> None:
        """Add one row to its table."""
        name = "steps.csv" if isinstance(row, StepRow) else "scores.csv"
        try:
            append_line(self.path / name, _line(row))
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def steps(self) -> list[StepRow]:
        """Every step so far, in the order in which they were made."""
        return [StepRow(r[0], int(r[1]), *map(float, r[2:])) for r in _rows(self.path / "steps.csv", StepRow)]

    def scores(self) -> list[ScoreRow]:
        """Every test so far."""
        return [ScoreRow(r[0], *map(int, r[1:])) for r in _rows(self.path / "scores.csv", ScoreRow)]

    def kept(self, net: str) -> list[int]:
        """The steps after which a network's state is on disk, rising."""
        found = (path.stem.rpartition("-") for path in self._states.glob(f"{net}-*.safetensors"))
        return sorted(int(step) for name, _, step in found if name == net and step.isdigit())

    def save(self, net: str, state: NetState, *, keep: bool) -> None:
        """Write a state: to stay, or as the newest."""
        tensors = {f"parameters/{name}": np.ascontiguousarray(v) for name, v in state.parameters.items()}
        tensors |= {f"memory/{name}": np.array(v, order="C") for name, v in state.memory.items()}
        data = safetensors.numpy.save(tensors, {"step": str(state.step)})
        path = self._states / f"{net}-{f'{state.step:06d}' if keep else 'now'}.safetensors"
        part = path.with_suffix(".part")
        try:
            part.write_bytes(data)
            os.replace(part, path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _unwritable(self.path, error) from error

    def load(self, net: str, step: int) -> NetState:
        """The nearest state on disk that is not after ``step``.

        Raises:
            TrainingFailed: there is none, or it is damaged.
        """
        newest = self.newest(net)
        if newest is not None and newest.step == step:
            return newest
        before = [kept for kept in self.kept(net) if kept <= step]
        if newest is not None and newest.step <= step and (not before or newest.step > before[-1]):
            return newest
        if not before:
            raise TrainingFailed(f"{self.path}: no state of {net} at or before step {step}")
        return _read_state(self._states / f"{net}-{before[-1]:06d}.safetensors")

    def parameter(self, net: str, step: int, name: str) -> Array:
        """One parameter of a state that is kept: the rest of the file is not read.

        Raises:
            TrainingFailed: there is no such state, it is damaged, or has no such parameter.
        """
        path = self._states / f"{net}-{step:06d}.safetensors"
        try:
            with safetensors.safe_open(path, framework="numpy") as file:
                found: Array = file.get_tensor(f"parameters/{name}")
                return found
        except (OSError, safetensors.SafetensorError) as error:
            raise TrainingFailed(f"{path.name}: no whole state with {name} ({error})") from error

    def newest(self, net: str) -> NetState | None:
        """The state written last as the newest; None before there is one."""
        path = self._states / f"{net}-now.safetensors"
        return _read_state(path) if path.exists() else None

    def last(self, net: str) -> NetState:
        """The state from which a network goes on: the farthest on disk."""
        return self.load(net, 2**31)

    def cut(self, steps: Mapping[str, int]) -> None:
        """Forget, of each network, what came after its step."""
        try:
            for net, step in steps.items():
                if (newest := self.newest(net)) is not None and newest.step > step:
                    (self._states / f"{net}-now.safetensors").unlink()
                for kept in self.kept(net):
                    if kept > step:
                        (self._states / f"{net}-{kept:06d}.safetensors").unlink()
            fits = [row for row in self.steps() if row.step <= steps.get(row.net, -1)]
            scored = [row for row in self.scores() if row.step <= steps.get(row.net, -1)]
            _write_rows(self.path / "steps.csv", StepRow, fits)
            _write_rows(self.path / "scores.csv", ScoreRow, scored)
        except OSError as error:
            raise _unwritable(self.path, error) from error


def _unwritable(path: Path, error: OSError) -> TrainingFailed:
    why = reason(path, error)
    return TrainingFailed(f"{path.name}: the race cannot be written ({why}); what is on disk is whole")


def _line(row: StepRow | ScoreRow) -> str:
    return ",".join(map(str, astuple(row)))


def _rows(path: Path, record: type[StepRow] | type[ScoreRow]) -> Iterable[list[str]]:
    """Whole rows; one that is being written, or was when the process was killed, does not count."""
    if not path.exists():
        return []
    lines = path.read_text().split("\n")[1:-1]
    return [row for row in csv.reader(lines) if len(row) == len(fields(record)) and row[-1]]


def _write_rows(
    path: Path, record: type[StepRow] | type[ScoreRow], rows: Iterable[StepRow] | Iterable[ScoreRow]
) -> None:
    lines = [",".join(field.name for field in fields(record))]
    lines += [_line(row) for row in rows]
    replace_file(path, ("\n".join(lines) + "\n").encode())


def _read_state(path: Path) -> NetState:
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            step = int((file.metadata() or {})["step"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, KeyError, ValueError, safetensors.SafetensorError) as error:
        raise TrainingFailed(f"{path.name}: not a whole state ({error})") from error
    groups: dict[str, dict[str, Array]] = {"parameters": {}, "memory": {}}
    for key, value in tensors.items():
        group, _, name = key.partition("/")
        groups[group][name] = value
    return NetState(groups["parameters"], groups["memory"], step)


def _save_task(path: Path, task: Task) -> None:
    names = json.dumps({"name": task.name, "title": task.title, "classes": list(task.classes)})
    pixels = {part: np.round(255 * getattr(task, part)).astype(np.uint8) for part in ("train", "test")}
    np.savez_compressed(
        path, names=np.array(names), **pixels, train_labels=task.train_labels, test_labels=task.test_labels
    )
