"""What long work says of itself: a bar in a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

__all__ = ["counting", "name_skipped", "progress_bar"]

NAMED = 10
"""Unreadable files named one by one before the rest is only counted."""


class _Rate(ProgressColumn):
    """Things done per second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def render(self, task: Task) -> Text:
        """The speed of late, or of the whole when it is done."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f} {self.unit}/s")


def progress_bar(console: Console, unit: str) -> Progress:
    """A bar with rate and time left; it leaves no trace where the console is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        _Rate(unit),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


@contextmanager
def counting(console: Console, what: str) -> Iterator[Callable[[int, int], None]]:
    """A function to call with images done and images in all, while ``what`` goes on."""
    with progress_bar(console, "images") as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def name_skipped(skipped: Sequence[str]) -> None:
    """Say on standard error which files were left out."""
    for line in skipped[:NAMED]:
        print(f"skipped {line}", file=sys.stderr)
    if len(skipped) > NAMED:
        print(f"skipped {len(skipped) - NAMED} more files", file=sys.stderr)
