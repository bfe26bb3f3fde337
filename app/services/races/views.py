"""What is seen of a race at one step: weights, maps, answers, and the products behind one gradient."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnn_core.errors import BadRecipe
from cnn_core.layers.base import Array
from cnn_core.training.race.folder import About, RunFolder
from cnn_core.training.race.gradient import WatchedStep, gradient_of_weight, watch_step, watched_layers
from cnn_core.training.race.learner import Learner, NetState
from cnn_core.training.race.nets import find_runner
from cnn_core.training.race.race import state_at
from cnn_core.training.race.scores import Scores, accuracy_under_shift, score
from cnn_core.training.race.tasks import Task

__all__ = [
    "SHIFTS",
    "Replay",
    "TestPicture",
    "Weight",
    "film_of",
    "film_steps",
    "gradient_view",
    "layer_view",
]

SHIFTS = np.arange(-8, 9)
"""By how many pixels test pictures are moved for the curve."""

_COLOURS = 3

FILM_POWER = 1.8
"""As states are thinned: early steps lie wide apart."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One weight of a layer; in a dense layer ``row`` and ``column`` are not used."""

    layer: str
    filter: int
    channel: int
    row: int
    column: int

    def index(self, dimensions: int) -> tuple[int, ...]:
        """Where it lies in the layer's array."""
        return (self.filter, self.channel, self.row, self.column)[:dimensions]


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """Any past step of a race, computed again the same; used by threads of the pool.

    ``fresh`` are states in memory, beside those on disk; ``losses`` are those told when the steps were made.
    """

    folder: RunFolder
    about: About
    task: Task
    fresh: Mapping[tuple[str, int], NetState]
    losses: Mapping[tuple[str, int], float]

    def learner(self, net: str) -> Learner:
        """A network of the race.

        Raises:
            BadRecipe: it does not take part.
        """
        if net not in self.about.nets:
            raise BadRecipe(f"race: {net} does not take part; nets: {', '.join(self.about.nets)}")
        return Learner(find_runner(net), self.task)

    def state(self, net: str, step: int) -> NetState:
        """A network after a step.

        Raises:
            BadRecipe: it does not take part, or has not made that step.
            TrainingFailed: the folder is damaged.
        """
        learner = self.learner(net)
        if step > 0 and (net, step) not in self.losses:
            raise BadRecipe(f"race: {net} has not made step {step}")
        near = [known for name, known in self.fresh if name == net and known <= step]
        if near and not any(max(near) < kept <= step for kept in self.folder.kept(net)):
            state = self.fresh[net, max(near)]
            while state.step < step:
                state, _ = learner.advance(state, self.about.timeline)
            return state
        return state_at(self.folder, learner, self.about.timeline, step)

    def watched(self, net: str, step: int) -> WatchedStep:
        """A step made again with everything kept.

        Raises:
            BadRecipe: as ``state``.
        """
        self.state_exists(net, step)
        return watch_step(self.learner(net), self.state(net, step - 1), self.about.timeline)

    def state_exists(self, net: str, step: int) -> None:
        """Raise BadRecipe where the network has not made the step."""
        if (net, step) not in self.losses:
            raise BadRecipe(f"race: {net} has not made step {step}")

    def scores(self, net: str, step: int, dx: int) -> Scores:
        """How it does on the test pictures after a step, moved by ``dx``."""
        return score(self.learner(net), self.state(net, step).parameters, (dx, 0))

    def curve(self, net: str, step: int) -> Array:
        """The share of right answers for each of ``SHIFTS``."""
        return accuracy_under_shift(self.learner(net), self.state(net, step).parameters, SHIFTS)


@dataclass(frozen=True, slots=True, eq=False)
class TestPicture:
    """What a network is shown, float32 ``(1, C, H, W)``, and which class it is, where that is known."""

    x: Array
    label: int | None


def layer_view(replay: Replay, net: str, step: int, layer: str, picture: TestPicture) -> dict[str, Any]:
    """A layer's weights after a step, and what a picture makes of it and of the whole network."""
    learner, state = replay.learner(net), replay.state(net, step)
    if layer not in watched_layers(learner):
        raise BadRecipe(f"race: no weights in {layer!r}; layers: {', '.join(watched_layers(learner))}")
    readers = learner.graph.consumers(layer)
    shown = readers[0].name if readers and readers[0].layer.kind == "relu" else layer
    found = learner.answers(state.parameters, picture.x, (shown, "softmax"))
    maps = found[shown][0]
    return {
        "net": net,
        "layer": layer,
        "layers": list(watched_layers(learner)),
        "weights": state.parameters[f"{layer}.weight"],
        "shape": list(state.parameters[f"{layer}.weight"].shape),
        "maps": maps,
        "maps_shape": list(maps.shape),
        "maps_node": shown,
        "seen": replay.task.seen(picture.x, learner.runner.shuffled)[0],
        "answer": found["softmax"][0],
        "label": picture.label,
    }


def gradient_view(step: WatchedStep, weight: Weight, picture: int | None, told: float) -> dict[str, Any]:
    """The products of one weight, summed over the batch or of one picture of it.

    ``told`` is the loss of the step when it was made: that it comes out the same says that this is that step.
    """
    name = f"{weight.layer}.weight"
    shape = step.before.parameters[name].shape if name in step.before.parameters else ()
    index = weight.index(len(shape))
    found = gradient_of_weight(step, weight.layer, index)
    count = len(found.products)
    view: dict[str, Any] = {
        "net": step.learner.runner.id,
        "layer": weight.layer,
        "index": list(index),
        "shape": list(shape),
        "images": count,
        "places": list(found.products.shape[1:]),
        "products": found.products.sum(axis=0).ravel().tolist(),
        "active": np.count_nonzero(found.products, axis=0).astype(np.float32),
        "inked": int(np.count_nonzero(np.any(found.inputs != 0, axis=(1, 2)))),
        "total": found.total,
        "used": found.used,
        "largest": found.largest,
        "replayed": math.isclose(step.passed.loss, told, rel_tol=0, abs_tol=0),
        "agrees": found.agrees,
        "update": dict(found.update),
        "optimizer": step.timeline.at(step.after.step).optimizer,
        "weight": step.before.parameters[name],
    }
    if picture is not None:
        view["picture"] = picture % count
        view["one"] = found.products[picture % count].ravel().tolist()
        view["delta"] = found.deltas[picture % count].astype(np.float32)
        view["input"] = found.inputs[picture % count].astype(np.float32)
    return view


def film_steps(kept: list[int], total: int, frames: int) -> list[int]:
    """Of the steps that are kept those that lie most evenly on the film's axis."""
    wanted = [round(total * (n / max(1, frames - 1)) ** FILM_POWER) for n in range(frames)]
    return sorted({min(kept, key=lambda step: abs(step - want)) for want in wanted if kept})


def film_of(
    replay: Replay, net: str, layer: str, filter_number: int, channel: int, total: int, frames: int
) -> dict[str, Any]:
    """One filter at kept steps, chosen so that they lie evenly on the film's axis."""
    steps = film_steps(replay.folder.kept(net), total, frames)
    name = f"{layer}.weight"
    pictures = [replay.folder.parameter(net, step, name) for step in steps]
    if not 0 <= filter_number < len(pictures[0]):
        raise BadRecipe(f"race: {name} has {len(pictures[0])} filters, no filter {filter_number}")
    part = [picture[filter_number] for picture in pictures]
    if part[0].size == math.prod(replay.task.shape):  # a unit's weights lie as the pixels of its picture
        part = [picture.reshape(replay.task.shape) for picture in part]
    if part[0].ndim == 3 and len(part[0]) != _COLOURS:  # what reads colours is shown in colour
        part = [picture[min(channel, len(picture) - 1)] for picture in part]
    part = [np.atleast_2d(picture) for picture in part]
    return {"steps": steps, "shape": list(part[0].shape), "weights": np.stack(part)}
