"""One run of ``convscope train``: what its folder says of it, read again as it grows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from cnn_core.errors import TrainingFailed
from cnn_core.training.race.folder import RunFolder, ScoreRow, StepRow
from cnn_core.training.run_about import RunAbout

from ..locks import is_held
from .tail import Tail

__all__ = ["TRAINER_LOCK", "RunPart", "TrainingRun"]

TRAINER_LOCK: Final = ".trainer.lock"
"""Held by whoever trains in the folder."""

_MOST_ROWS: Final = 1_000_000

_PART_ROWS: Final = 20_000
"""At once; the rest follows."""

Row = TypeVar("Row", StepRow, ScoreRow)


@dataclass(frozen=True, slots=True)
class RunPart:
    """Rows that were not told yet, and how many came before them; of another ``revision`` all are new."""

    revision: int
    first_step: int
    steps: list[StepRow]
    first_score: int
    scores: list[ScoreRow]


class TrainingRun:
    """A folder that ``convscope train`` writes; for any threads."""

    def __init__(self, path: Path) -> None:
        """Read what the run is.

        Raises:
            TrainingFailed: the folder is damaged, or another version's.
        """
        self.id, self.folder = path.name, RunFolder(path)
        self.about = RunAbout.read(path)
        self.revision = 0
        self.steps: list[StepRow] = []
        self.scores: list[ScoreRow] = []
        self._lock = threading.Lock()
        self._tails = Tail(path / "steps.csv"), Tail(path / "scores.csv")

    @property
    def running(self) -> bool:
        """Whether somebody trains in its folder now."""
        return is_held(self.folder.path / TRAINER_LOCK)

    @property
    def step(self) -> int:
        """How far it is."""
        return self.steps[-1].step if self.steps else 0

    def refresh(self) -> TrainingRun:
        """Read what is new; tables that were cut, as by a run that is taken up, from the first row.

        Raises:
            TrainingFailed: it is damaged, or too long to be shown.
        """
        with self._lock:
            while self._more():
                if len(self.steps) > _MOST_ROWS:
                    raise TrainingFailed(f"{self.id}: more than {_MOST_ROWS:,} steps cannot be shown")
        return self

    def _more(self) -> bool:
        """Whether there was anything new."""
        (steps, cut), (scores, cut_too) = (tail.more() for tail in self._tails)
        if cut or cut_too:
            self.about = RunAbout.read(self.folder.path)
            self.revision += 1
            self.steps = [] if cut else self.steps
            self.scores = [] if cut_too else self.scores
        self.steps += _rows(steps, _step_row)
        self.scores += _rows(scores, _score_row)
        return bool(steps or scores)

    def part(self, revision: int, steps: int, scores: int) -> RunPart:
        """What is new for one who has so many rows of this revision."""
        with self._lock:
            if revision != self.revision:
                steps = scores = 0
            new = self.steps[steps : steps + _PART_ROWS], self.scores[scores:]
            return RunPart(self.revision, steps, new[0], scores, new[1])


def _rows(lines: list[str], read: Callable[[list[str]], Row]) -> list[Row]:
    """A line that is no row, as a disk that was full may leave one, is left out."""
    found = []
    for line in lines:
        try:
            found.append(read(line.split(",")))
        except (ValueError, TypeError):
            continue
    return found


def _step_row(cells: list[str]) -> StepRow:
    net, step, *numbers = cells
    return StepRow(net, int(step), *map(float, numbers))


def _score_row(cells: list[str]) -> ScoreRow:
    net, *numbers = cells
    return ScoreRow(net, *map(int, numbers))
