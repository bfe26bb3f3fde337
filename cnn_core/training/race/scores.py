"""How well a network of the race does on its test pictures, where they are or moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.layers.base import Array, Params
from cnn_core.training.race.learner import Learner
from cnn_core.training.race.tasks import move

__all__ = ["Scores", "accuracy_under_shift", "class_shares", "score"]

BATCH = 100


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Of every test picture: the class it is called, and with which probability.

    Shape:
        said: int64 ``(N,)``; sure: float32 ``(N,)``; confusion: ``(K, K)``, true class by row.
    """

    said: Array
    sure: Array
    confusion: Array

    @property
    def right(self) -> int:
        """Pictures called by their name."""
        return int(np.trace(self.confusion))


def score(learner: Learner, parameters: Params, shift: tuple[int, int] = (0, 0)) -> Scores:
    """Test a network on all test pictures, moved by ``shift``, ``(dx, dy)``."""
    task, shares = learner.task, class_shares(learner, parameters, shift)
    said, count = shares.argmax(axis=1), len(task.classes)
    confusion = np.bincount(task.test_labels * count + said, minlength=count * count).reshape(count, count)
    return Scores(said, shares.max(axis=1), confusion)


def class_shares(learner: Learner, parameters: Params, shift: tuple[int, int] = (0, 0)) -> Array:
    """Probability of every class for every test picture, moved by ``shift``: float32 ``(N, K)``."""
    test = move(learner.task.test, np.array(shift))
    parts = [
        learner.answers(parameters, test[start : start + BATCH])["softmax"]
        for start in range(0, len(test), BATCH)
    ]
    return np.concatenate(parts)


def accuracy_under_shift(learner: Learner, parameters: Params, shifts: Array) -> Array:
    """Share of right answers with all test pictures moved to the right by each of ``shifts``, ``(S,)``."""
    count = len(learner.task.test)
    return np.array([score(learner, parameters, (int(dx), 0)).right / count for dx in shifts])
