"""Following a race: its rows as they are made, and every change of how it stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from cnn_core.training.race.folder import ScoreRow, StepRow

from .run import RaceRun
from .runs import RaceRuns

__all__ = ["Follower", "RowsPart"]

_SIGN_OF_LIFE: Final = 15.0
"""Seconds after which a race at rest says that it is still there."""

_ROWS: Final = 4000
"""At once; the rest follows."""

_LEAVING: set[asyncio.Task[None]] = set()
"""Held here, since the event loop holds no task itself."""


@dataclass(frozen=True, slots=True)
class RowsPart:
    """Rows that were not told yet, and how many came before them."""

    first_row: int
    rows: list[StepRow]
    first_score: int
    scores: list[ScoreRow]


class Follower:
    """Somebody who looks at one race at a time."""

    def __init__(self, races: RaceRuns) -> None:
        self._races = races
        self._watched: RaceRun | None = None

    async def follow(
        self, run: RaceRun, revision: int, rows: int, scores: int
    ) -> AsyncGenerator[RowsPart, None]:
        """What is new, as it comes, for one who has so many rows of this revision; it never ends."""
        self._watch(run)
        while True:
            version = run.version
            if revision != run.revision:
                revision, rows, scores = run.revision, 0, 0
            part = RowsPart(rows, run.rows[rows : rows + _ROWS], scores, run.scores[scores:])
            rows, scores = rows + len(part.rows), scores + len(part.scores)
            yield part
            if rows == len(run.rows):
                try:
                    await asyncio.wait_for(run.news(version), _SIGN_OF_LIFE)
                except TimeoutError:
                    continue

    def leave(self) -> None:
        """Look no more."""
        if self._watched is not None:
            task = asyncio.ensure_future(self._races.leave(self._watched))
            _LEAVING.add(task)
            task.add_done_callback(_LEAVING.discard)
            self._watched = None

    def _watch(self, run: RaceRun) -> None:
        if self._watched is not run:
            self.leave()
            self._races.watch(run)
            self._watched = run
