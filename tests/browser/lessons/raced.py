"""The numbers of a race once more: its first step made again, and the errors of the nets that it left."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from cnn_core.training.race.gradient import WeightGradient, gradient_of_weight, watch_step
from cnn_core.training.race.nets import RUNNERS
from cnn_core.training.race.race import Race
from cnn_core.training.race.scores import score
from cnn_core.training.race.settings import Settings
from cnn_core.training.race.tasks import drawn_task

SETTINGS = Settings(passes=1, rate=0.1)
"""Of the race that a lesson begins."""

NETS = tuple(runner.id for runner in RUNNERS)
WEIGHTS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "cnn": ("conv_1", (2, 0, 1, 3)),
    "mlp": ("dense_1", (2, 9 * 28 + 14)),
}
"""What is looked at of each kind of net."""


@dataclass(frozen=True, eq=False)
class Raced:
    """A race in the server's folder; its files are read only when it has come to its end."""

    folder: Callable[[], Path]

    def errors(self, net: str) -> int:
        """Of the net as the race left it, on the test pictures."""
        race = _ended(self.folder())
        return len(race.task.test) - score(race.learners[net], race.states[net].parameters).right


@cache
def _ended(folder: Path) -> Race:
    race = Race(folder)
    assert race.step == _begun().total
    return race


@cache
def _begun() -> Race:
    folder = Path(tempfile.mkdtemp())
    return Race.create(folder, drawn_task("shapes"), SETTINGS, NETS)


@cache
def _first_step(kind: str) -> WeightGradient:
    race = _begun()
    watched = watch_step(race.learners[kind], race.state_at(kind, 0), race.timeline)
    return gradient_of_weight(watched, *WEIGHTS[kind])


def _strongest() -> float:
    places = _first_step("cnn").products.sum(axis=0).ravel()
    return float(places[np.abs(places).argmax()])


MEASURES: Mapping[str, Callable[..., float]] = {
    "batch": lambda _: SETTINGS.batch,
    "learning_rate": lambda _: _first_step("cnn").update["rate"],
    "places_of_weight": lambda _, layer: np.prod(_first_step("cnn").products.shape[1:]),
    "terms": lambda _, layer: _first_step("cnn").products.size,
    "terms_of_mlp": lambda _: _first_step("mlp").products.size,
    "gradient_strongest": lambda _: _strongest(),
    "gradient_sum": lambda _: _first_step("cnn").products.sum(),
    "gradient_used": lambda _: _first_step("cnn").used,
    "weight_before": lambda _: _first_step("cnn").update["before"],
    "weight_computed": lambda _: (
        _first_step("cnn").update["before"]
        - _first_step("cnn").update["rate"] * _first_step("cnn").update["velocity"]
    ),
    "weight_after": lambda _: _first_step("cnn").update["after"],
    "direction": lambda _: _first_step("cnn").update["velocity"],
    "race_pictures": lambda _: len(_begun().task.train),
    "race_steps": lambda _: _begun().total,
    "race_tests": lambda _: len(_begun().task.test),
    "race_parameters": lambda _, net: _begun().learners[net].graph.total_cost().parameters,
    "errors": lambda raced, net: raced.errors(net),
}
