"""Where the gradient of one weight comes from: a product at every place it was used at, and they add up.

What those products are is said in ``cnn_core/training/watch.py``; here is one step of a race.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadRecipe
from cnn_core.layers.base import Array
from cnn_core.training.race.learner import Learner, NetState, Pass
from cnn_core.training.race.settings import Timeline
from cnn_core.training.watch import factors_of_weight, is_watchable

__all__ = ["TOLERANCE", "WatchedStep", "WeightGradient", "gradient_of_weight", "watch_step", "watched_layers"]

TOLERANCE = 1e-6
"""Of the layer's largest gradient: a sum that differs by no more is the optimizer's number, to rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class WatchedStep:
    """One step with all that was computed on its way: the states around it, and its pass with every delta."""

    learner: Learner
    timeline: Timeline
    before: NetState
    after: NetState
    passed: Pass


@dataclass(frozen=True, slots=True, eq=False)
class WeightGradient:
    """The products behind one weight's gradient, in float64.

    ``total`` is the sum of all products, ``used`` what the optimizer got; ``largest`` is the
    largest magnitude of the layer's gradients. ``update`` names the numbers of the optimizer's formula.

    Shape:
        products, deltas, inputs: ``(N, H', W')``, one plane a picture of the batch; ``(N, 1, 1)`` in a dense
        layer.
    """

    products: Array
    deltas: Array
    inputs: Array
    total: float
    used: float
    largest: float
    update: Mapping[str, float]

    @property
    def agrees(self) -> bool:
        """Whether the sum is the optimizer's gradient to rounding."""
        return abs(self.total - self.used) <= TOLERANCE * self.largest


def watched_layers(learner: Learner) -> tuple[str, ...]:
    """The nodes whose weights can be asked for."""
    return tuple(node.name for node in learner.graph if is_watchable(node.layer))


def watch_step(learner: Learner, before: NetState, timeline: Timeline) -> WatchedStep:
    """Make the step after ``before`` again, and keep everything.

    Raises:
        TrainingFailed: the step left weights that are not finite.
    """
    passed = learner.look(before, timeline, watched_layers(learner))
    return WatchedStep(learner, timeline, before, learner.update(before, passed.gradients, timeline), passed)


def gradient_of_weight(step: WatchedStep, layer: str, index: tuple[int, ...]) -> WeightGradient:
    """The products of the weight ``layer.weight[index]``.

    Raises:
        BadRecipe: no such layer, or no such weight in it.
    """
    name = f"{layer}.weight"
    if layer not in watched_layers(step.learner):
        raise BadRecipe(f"race: no weights in {layer!r}; layers: {', '.join(watched_layers(step.learner))}")
    gradient = step.passed.gradients[name]
    if len(index) != gradient.ndim or not all(0 <= i < n for i, n in zip(index, gradient.shape, strict=True)):
        raise BadRecipe(f"race: {name} has shape {gradient.shape}, no weight {index}")
    node = step.learner.graph[layer]
    source = step.passed.outputs[node.inputs[0]]
    delta, seen = factors_of_weight(node.layer, source, step.passed.deltas[layer], index)
    products = delta * seen
    return WeightGradient(
        products=products,
        deltas=delta,
        inputs=seen,
        total=float(products.sum()),
        used=float(gradient[index]),
        largest=float(np.abs(gradient).max()),
        update=_update(step, name, index),
    )


def _update(step: WatchedStep, name: str, index: tuple[int, ...]) -> dict[str, float]:
    """The numbers of the update rule: each from the array that the rule itself used or left."""
    number = step.before.step + 1
    settings, rate = step.timeline.at(number), step.timeline.rate(number, len(step.learner.task.train))
    found = {
        "before": float(step.before.parameters[name][index]),
        "after": float(step.after.parameters[name][index]),
        "rate": rate,
        "decay": settings.decay,
    }
    if settings.optimizer == "adam":
        count = int(step.after.memory["steps"])
        found |= {
            "steps": float(count),
            "mean": float(step.after.memory[f"mean.{name}"][index]),
            "square": float(step.after.memory[f"square.{name}"][index]),
            "mean_scale": 1 / (1 - 0.9**count),
            "square_scale": 1 / (1 - 0.999**count),
        }
    if settings.optimizer == "momentum":
        velocity = f"velocity.{name}"
        past = step.before.memory.get(velocity)
        found["velocity_before"] = float(past[index]) if past is not None else 0.0
        found["velocity"] = float(step.after.memory[velocity][index])
    return found
