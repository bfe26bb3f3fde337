"""Surveys as all processes of a machine see them: who makes one, how far it is, and that it is to stop.

Beside the atlases lie, for every network that is surveyed, a lock that its maker holds and a file that says
how far it is; a third one, when it is there, asks for the end.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from cnn_core.atlas import Photos, Progress

from .locks import Held, is_held, try_lock

__all__ = ["Survey", "SurveyFiles", "SurveyState"]

SurveyState = Literal["none", "computing", "stopped", "done"]


@dataclass(slots=True)
class Survey:
    """A survey of one network, as far as it has come; ``problem`` says what stopped it.

    ``photos`` are what it is of; of a set that was sent, ``source`` is the id.
    """

    progress: Progress
    state: SurveyState = "computing"
    problem: str | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    photos: Photos | None = None
    source: str | None = None


class SurveyFiles:
    """What processes tell each other of the survey of one network."""

    def __init__(self, folder: Path, network: str) -> None:
        self._lock, self._told, self._stop = (
            folder / f".survey-{network}.{kind}" for kind in ("lock", "json", "stop")
        )

    def begin(self) -> Held | None:
        """Make it, if nobody does."""
        held = try_lock(self._lock)
        if held is not None:
            self._stop.unlink(missing_ok=True)
            self._told.unlink(missing_ok=True)
        return held

    def tell(self, progress: Progress) -> bool:
        """Say how far it is; whether it is to go on."""
        told = {**asdict(progress), "workers": ()}
        part = self._told.with_suffix(".part")
        part.write_text(json.dumps(told))
        part.replace(self._told)
        return not self._stop.exists()

    def elsewhere(self) -> Survey | None:
        """The survey that another process makes now."""
        if not is_held(self._lock):
            return None
        try:
            told = json.loads(self._told.read_text())
            return Survey(Progress(**{**told, "workers": ()}))
        except (OSError, ValueError, TypeError):
            return Survey(Progress(0, 0, 0.0, None))

    def end(self) -> None:
        """Have its maker end it."""
        if is_held(self._lock):
            self._stop.touch()
