"""What servers that share a folder tell each other of a race: whose it is, how it stands, what it is to do.

The server that orders a race about holds a lock in its folder and writes how it stands; another one reads
that, and leaves orders, which the first one carries out and answers. All of it is files.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ..locks import Held, is_held, try_lock

__all__ = ["NoServer", "RaceFiles", "Standing", "Wish"]

_ASK_SECONDS: Final = 0.05

_PATIENCE_SECONDS: Final = 30.0


class NoServer(Exception):
    """The race is no server's."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a race stands, besides what its tables say; ``place`` is that in its server's queue, 0 for none."""

    running: bool = False
    place: int = 0
    problem: str | None = None
    revision: int = 0
    stop_alone: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """An order that another server left, by the name of its file."""

    file: str
    order: str
    arguments: Mapping[str, Any]


class RaceFiles:
    """The files of one race that servers write for each other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock, self._now, self._orders = path / ".server.lock", path / "now.json", path / "orders"

    def claim(self) -> Held | None:
        """Make it this server's, if it is no other's."""
        return try_lock(self._lock)

    def claimed(self) -> bool:
        """Whether it is a server's."""
        return is_held(self._lock)

    def tell(self, standing: Standing) -> None:
        """Say how it stands."""
        _write(self._now, asdict(standing))

    def standing(self) -> Standing:
        """How it stands, by its server; what was, where it has none."""
        try:
            return Standing(**json.loads(self._now.read_bytes()))
        except (OSError, ValueError, TypeError):
            return Standing()

    def signature(self) -> tuple[Any, ...]:
        """Another one whenever anything of it is new."""
        found: list[Any] = [self.claimed()]
        for name in ("run.json", "steps.csv", "scores.csv", "now.json"):
            try:
                told = (self._path / name).stat()
                found += [told.st_mtime_ns, told.st_size]
            except OSError:
                found.append(None)
        return tuple(found)

    def wishes(self) -> list[Wish]:
        """What other servers want of it, the oldest first; each is told once."""
        try:
            files = sorted(path for path in self._orders.iterdir() if path.suffix == ".json")
        except OSError:
            return []
        found = []
        for path in files:
            try:
                told = json.loads(path.read_bytes())
                path.unlink()
                found.append(Wish(path.stem, str(told["order"]), dict(told["arguments"])))
            except (OSError, ValueError, KeyError, TypeError):
                path.unlink(missing_ok=True)
        return found

    def answer(self, wish: Wish, problem: str | None) -> None:
        """An order was carried out, or could not be for a reason."""
        _write(self._orders / f"{wish.file}.done", {"problem": problem})

    async def ask(self, order: str, arguments: Mapping[str, Any]) -> str | None:
        """Have its server carry out an order; the reason why it could not, if so.

        Raises:
            NoServer: it has none.
            TimeoutError: its server does not answer.
        """
        name = f"{time.time_ns()}-{secrets.token_hex(4)}"
        asked, done = self._orders / f"{name}.json", self._orders / f"{name}.done"
        self._orders.mkdir(exist_ok=True)
        _write(asked, {"order": order, "arguments": dict(arguments)})
        end = time.monotonic() + _PATIENCE_SECONDS
        try:
            while self.claimed():
                if done.exists():
                    problem = json.loads(done.read_bytes())["problem"]
                    return None if problem is None else str(problem)
                if time.monotonic() > end:
                    raise TimeoutError("the server that runs this race does not answer; try again")
                await asyncio.sleep(_ASK_SECONDS)
        finally:
            asked.unlink(missing_ok=True)
            done.unlink(missing_ok=True)
        raise NoServer(f"race {self._path.name} is no server's")


def _write(path: Path, told: Any) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_text(json.dumps(told))
    os.replace(part, path)
