"""What is told of a race, in JSON and on the live socket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from cnn_core.training.race.brought import recipe_for
from cnn_core.training.race.gradient import watched_layers
from cnn_core.training.race.learner import Learner
from cnn_core.training.race.nets import RUNNERS, find_runner
from cnn_core.training.race.tasks import Task

from ..services.races.followers import RowsPart
from ..services.races.run import RaceRun
from ..services.races.tasks import KeptTask
from .race_schemas import ChangeSchema, NetSchema, RaceSchema, RaceTask, SettingsSchema

__all__ = ["drawn_told", "pictures_told", "race_news", "race_told", "task_told"]

_NAMED = 5
"""So many files that cannot be read are told by name."""


def race_told(run: RaceRun) -> RaceSchema:
    """A race as it stands."""
    about, task = run.about, run.task
    assert task is not None
    return RaceSchema(
        id=run.id,
        title=about.title,
        task=task.name,
        classes=list(task.classes),
        picture=list(task.shape),
        train=len(task.train),
        test=len(task.test),
        nets=[_net(run, task, net) for net in about.nets],
        first=SettingsSchema(**asdict(about.timeline.first)),
        settings=SettingsSchema(**asdict(about.timeline.latest)),
        changes=[ChangeSchema(**asdict(change)) for change in about.timeline.changes],
        step=run.step,
        total=run.total,
        running=run.running,
        queued=run.place,
        problem=run.problem,
        stop_alone=run.stop_alone,
        revision=run.revision,
        created=about.created,
    )


def _net(run: RaceRun, task: Task, net: str) -> NetSchema:
    learner = Learner(find_runner(net), task)
    runner = learner.runner
    layers = watched_layers(learner)
    shapes = learner.graph.parameter_shapes()
    return NetSchema(
        id=runner.id,
        title=runner.title,
        kind=runner.kind,
        shuffled=runner.shuffled,
        parameters=learner.graph.total_cost().parameters,
        layers={layer: list(shapes[f"{layer}.weight"]) for layer in layers},
        places={layer: list(learner.graph.shapes[layer][2:]) or [1, 1] for layer in layers},
        step=run.steps_of(net),
        failed=(run.about.failed or {}).get(net),
    )


def race_news(run: RaceRun, part: RowsPart, seq: int) -> dict[str, Any]:
    """How the race stands, with rows that were not told yet."""
    nets = [runner.id for runner in RUNNERS]
    return {
        "type": "race",
        "seq": seq,
        "run": race_told(run).model_dump(),
        "from_rows": part.first_row,
        "from_scores": part.first_score,
        "nets": np.array([nets.index(row.net) for row in part.rows], np.uint8),
        "steps": np.array([row.step for row in part.rows], np.float32),
        "losses": np.array([row.loss for row in part.rows], np.float32),
        "milliseconds": np.array([row.milliseconds for row in part.rows], np.float32),
        "scores": [[row.net, row.step, row.right, row.count] for row in part.scores],
    }


def drawn_told(name: str, title: str, classes: Sequence[str]) -> RaceTask:
    """A task that is drawn from a seed."""
    return RaceTask(
        id=name,
        title=title,
        classes=list(classes),
        counts=[],
        picture=[1, 28, 28],
        drawn=True,
        settings={},
        skipped=[],
        skipped_count=0,
    )


def task_told(kept: KeptTask) -> RaceTask:
    """Pictures that somebody brought."""
    data = kept.brought.train
    height, width, channels = data.images.shape[1:]
    return RaceTask(
        id=kept.id,
        title=kept.brought.title,
        classes=list(data.classes),
        counts=list(kept.brought.counts.values()),
        picture=[channels, height, width],
        drawn=False,
        settings=dict(recipe_for(channels)),
        skipped=[each[:200] for each in data.skipped[:_NAMED]],
        skipped_count=len(data.skipped),
    )


def pictures_told(classes: Sequence[str], images: Any, labels: Any) -> dict[str, Any]:
    """Pictures from 0 to 1 as bytes, and their labels."""
    return {
        "classes": list(classes),
        "shape": list(images.shape),
        "pixels": (images * 255).round().astype("uint8"),
        "labels": labels.astype("uint8"),
    }
