"""What is told of a run of ``convscope train``, in JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import BaseModel, Field

from ..services.training_runs.run import RunPart, TrainingRun
from ..services.training_runs.views import layers_of

__all__ = ["TrainingRunName", "TrainingRunSchema", "run_named", "run_news", "run_told"]

Value = int | float | str | bool | list[int | float]


class TrainingRunName(BaseModel):
    """A run in the list of all."""

    id: str = Field(description="The name of its folder.")
    net: str
    running: bool


class TrainingRunSchema(BaseModel):
    """A run as it stands."""

    id: str
    net: str = Field(description="The network, as the command names it.")
    command: str = Field(description="What repeats the run.")
    classes: list[str]
    images: int = Field(description="Pictures to learn from.")
    measured: int = Field(description="Pictures held back to measure on.")
    recipe: dict[str, Value]
    parameters: int
    layers: dict[str, list[int]] = Field(
        description="Filters, kernels of each, their height and width, by the layer that has such weights."
    )
    kept: list[int] = Field(description="The steps whose weights are on disk, rising.")
    step: int
    total: int
    running: bool
    revision: int = Field(description="Another number whenever rows told before no longer hold.")


def run_named(run: TrainingRun) -> TrainingRunName:
    """A run in the list of all."""
    return TrainingRunName(id=run.id, net=run.about.net, running=run.running)


def run_told(run: TrainingRun) -> TrainingRunSchema:
    """A run as it stands."""
    about = run.about
    return TrainingRunSchema(
        id=run.id,
        net=about.net,
        command=about.command,
        classes=list(about.classes),
        images=about.images,
        measured=about.measured,
        recipe=dict(about.recipe),
        parameters=about.graph.total_cost().parameters,
        layers=layers_of(about.graph),
        kept=run.folder.kept(about.net),
        step=run.step,
        total=about.total,
        running=run.running,
        revision=run.revision,
    )


def run_news(run: TrainingRun, part: RunPart) -> dict[str, Any]:
    """How the run stands, with rows that were not told yet."""
    return {
        "run": run_told(run).model_dump() | {"revision": part.revision},
        "from_steps": part.first_step,
        "from_scores": part.first_score,
        "steps": np.array([row.step for row in part.steps], np.float32),
        "losses": np.array([row.loss for row in part.steps], np.float32),
        "accuracies": np.array([row.accuracy for row in part.steps], np.float32),
        "rates": np.array([row.rate for row in part.steps], np.float32),
        "milliseconds": np.array([row.milliseconds for row in part.steps], np.float32),
        "scores": [[row.step, row.right, row.count] for row in part.scores],
    }
