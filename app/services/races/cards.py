"""What is known of a network of a race at one step: on what it learnt, how long, and how well it does."""

from __future__ import annotations

import math
import shlex
from dataclasses import asdict

import numpy as np

from cnn_core.models.base import Accuracy, Card
from cnn_core.training.race.folder import About
from cnn_core.training.race.learner import Learner, NetState
from cnn_core.training.race.scores import class_shares
from cnn_core.training.race.settings import Settings
from cnn_core.training.race.tasks import DRAWN_TASKS, Task

__all__ = ["card_of_step"]


def card_of_step(about: About, learner: Learner, state: NetState) -> Card:
    """The card of a network after a step; its accuracy is measured here, on all test pictures of the race."""
    task, seen = learner.task, about.timeline.seen(state.step + 1)
    shuffled = ", every picture's pixels in one other order" if learner.runner.shuffled else ""
    drawn = task.name in DRAWN_TASKS
    return Card(
        title=f"{learner.runner.title} of {about.title}, step {state.step}",
        architecture=f"{learner.runner.title} of the Training lab, {len(learner.graph)} layers",
        data=f"{about.title}: {len(task.train):,} pictures to learn from{shuffled}",
        licence="Drawn here from a seed" if drawn else "That of the pictures",
        command=_command(about, task),
        seed=about.timeline.first.seed,
        epochs=math.ceil(seen / len(task.train)),
        validation=_measured(learner, state),
        notes=" ".join(_notes(about, learner, state, seen)),
    )


def _measured(learner: Learner, state: NetState) -> Accuracy:
    shares, truth = class_shares(learner, state.parameters), learner.task.test_labels
    # a class that ties with the true one counts as before it, but for the true one itself
    rank = (shares > shares[np.arange(len(truth)), truth][:, None]).sum(axis=1)
    first, third = float(np.mean(shares.argmax(axis=1) == truth)), float(np.mean(rank < 3))
    return Accuracy(first, max(first, third), len(truth), "the race's test pictures")


def _command(about: About, task: Task) -> str:
    usual = asdict(Settings())
    chosen = asdict(about.timeline.first)
    settings = [f"--set {name}={value}" for name, value in chosen.items() if value != usual[name]]
    pictures = task.name if task.name in DRAWN_TASKS else f"--data {shlex.quote(about.title)}"
    return " ".join(["convscope race", pictures, *settings])


def _notes(about: About, learner: Learner, state: NetState, seen: int) -> list[str]:
    notes = [f"After {state.step:,} steps, {seen:,} pictures shown."]
    notes += [
        f"After step {change.step} {change.name} was {change.after} in place of {change.before}."
        for change in about.timeline.changes
        if change.step < state.step
    ]
    if learner.runner.shuffled:
        notes.append(
            "It names pictures with their pixels in that order; as they are they mean nothing to it."
        )
    return notes
