"""``convscope race``: small networks that learn side by side, in a folder that the Training lab opens."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from threadpoolctl import threadpool_limits

from cnn_core.errors import BadRecipe
from cnn_core.training.memory import keep_freed_memory
from cnn_core.training.race.brought import task_of_data
from cnn_core.training.race.folder import ScoreRow
from cnn_core.training.race.race import Failed, Race
from cnn_core.training.race.settings import Settings, Value
from cnn_core.training.race.tasks import Task, drawn_task

from ..config import load_settings
from .progress import progress_bar

__all__ = ["RaceOptions", "run_race"]


@dataclass(frozen=True, slots=True)
class RaceOptions:
    """What the command line asked for; with ``data`` its pictures take the place of the task's."""

    task: str
    data: Path | None
    nets: Sequence[str]
    settings: Mapping[str, str]
    resume: str | None


def run_race(options: RaceOptions) -> None:
    """Run a race to its end, and say how it came out.

    Raises:
        CnnError: no such task, setting or network, unusable data, or a folder that cannot be written to.
    """
    keep_freed_memory()
    console = Console()
    home = load_settings().data_folder / "races"
    identity = options.resume or secrets.token_hex(6)
    race = Race(home / identity) if options.resume else _begun(home / identity, options)
    with threadpool_limits(1, "blas"):
        _follow(console, race)
    for net, learner in race.learners.items():
        rows = [row for row in race.folder.scores() if row.net == net]
        right = f"{100 * rows[-1].right / rows[-1].count:.1f} % of {rows[-1].count} right" if rows else ""
        size = learner.graph.total_cost().parameters
        _say(console, f"{learner.runner.title}, {size:,} parameters: {right}")
    _say(console, f"convscope serve, then /train?run={identity} opens it")


def _begun(folder: Path, options: RaceOptions) -> Race:
    settings = Settings()
    for name, text in options.settings.items():
        settings = settings.with_value(name, _value(settings, name, text))
    return Race.create(folder, _task(options), settings, options.nets, created=time.time())


def _task(options: RaceOptions) -> Task:
    return task_of_data(options.data) if options.data else drawn_task(options.task)


def _value(settings: Settings, name: str, text: str) -> Value:
    """The text as the setting's own kind of value; what it cannot be is left to the settings to refuse."""
    if isinstance(getattr(settings, name, None), str):
        return text
    try:
        return float(text) if "." in text or "e" in text else int(text)
    except ValueError:
        raise BadRecipe(f"race: {name} must be a number, got {text!r}") from None


def _follow(console: Console, race: Race) -> None:
    with progress_bar(console, "steps") as progress:
        task = progress.add_task("", total=race.total * len(race.states))
        try:
            for event in race.run():
                if isinstance(event, Failed):
                    _say(progress.console, event.reason)
                elif isinstance(event, ScoreRow):
                    share = 100 * event.right / event.count
                    progress.update(task, description=f"{event.net}  {share:.1f} % right")
                progress.update(task, completed=sum(state.step for state in race.states.values()))
        except KeyboardInterrupt:
            race.save()
            name = race.folder.path.name
            _say(progress.console, f"stopped; convscope race --resume {name} goes on from here")
            raise typer.Exit(130) from None


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True, markup=False)
