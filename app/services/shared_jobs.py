"""Trainings in the background as all servers that share a folder see them: files, a lock while one runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .locks import Held, is_held, try_lock

__all__ = ["SharedJobs"]


class SharedJobs:
    """Files ``<id>.json`` that say how a job stands, ``<id>.lock`` its server's, ``<id>.stop`` a wish."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, identity: str) -> Held | None:
        """Be its server."""
        return try_lock(self._folder / f"{identity}.lock")

    def place(self, most: int) -> Held | None:
        """The right to run one of as many as there may be in all servers."""
        held = (try_lock(self._folder / f".running-{number}") for number in range(most))
        return next((each for each in held if each is not None), None)

    def tell(self, identity: str, told: Mapping[str, Any]) -> None:
        """Say how it stands."""
        part = self._folder / f".{identity}.part"
        part.write_text(json.dumps(told))
        part.replace(self._folder / f"{identity}.json")

    def told(self, identity: str) -> dict[str, Any] | None:
        """How it stands by its server, ``alive`` while there is one; None where there was no such job."""
        try:
            found: dict[str, Any] = json.loads((self._folder / f"{identity}.json").read_bytes())
        except (OSError, ValueError):
            return None
        return {**found, "alive": is_held(self._folder / f"{identity}.lock")}

    def ask_to_stop(self, identity: str) -> None:
        """Have its server end it."""
        (self._folder / f"{identity}.stop").touch()

    def is_to_stop(self, identity: str) -> bool:
        """Whether another server wants its end."""
        return (self._folder / f"{identity}.stop").exists()

    def ended(self, identity: str) -> None:
        """Clear away what only a job that runs needs; how it ended stays to be read."""
        for kind in ("stop", "lock"):
            with suppress(OSError):  # Windows removes no file that is open
                (self._folder / f"{identity}.{kind}").unlink(missing_ok=True)
