"""The folders of all races: which there are, and which go when there is no room."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Final

__all__ = ["is_race", "make_room", "race_ids"]

_ID: Final = re.compile(r"[a-z0-9]{12}")

_DRAFTS: Final = 16
"""Races that were never begun: so many are kept at most."""


def is_race(folder: Path, identity: str) -> bool:
    """Whether a race of that id lies in the folder."""
    return _ID.fullmatch(identity) is not None and (folder / identity / "run.json").is_file()


def race_ids(folder: Path) -> list[str]:
    """Every race in the folder, the one used last first."""
    found = [path.parent for path in folder.glob("*/run.json") if _ID.fullmatch(path.parent.name)]
    return [path.name for path in sorted(found, key=_used, reverse=True)]


def make_room(folder: Path, capacity: int, busy: Collection[str]) -> None:
    """Remove races until all take at most ``capacity`` bytes: never begun ones first, ``busy`` ones never."""
    ids = race_ids(folder)
    sizes = {name: _folder_bytes(folder / name) for name in ids}
    drafts = [name for name in ids if not (folder / name / "states").is_dir() or _is_draft(folder / name)]
    oldest = [*reversed(drafts), *(name for name in reversed(ids) if name not in drafts)]
    for name in oldest:
        if sum(sizes.values()) <= capacity and len(drafts) < _DRAFTS:
            return
        if name not in busy:
            shutil.rmtree(folder / name, ignore_errors=True)
            sizes.pop(name)
            drafts = [draft for draft in drafts if draft != name]


def _is_draft(path: Path) -> bool:
    """Whether no step was ever made in it."""
    try:
        return (path / "steps.csv").stat().st_size < 100
    except OSError:
        return True


def _used(path: Path) -> float:
    try:
        return (path / "steps.csv").stat().st_mtime
    except OSError:
        return 0.0


def _folder_bytes(path: Path) -> int:
    total = 0
    for file in path.rglob("*"):
        try:
            total += file.stat().st_size
        except OSError:  # gone meanwhile
            continue
    return total
