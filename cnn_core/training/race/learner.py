"""One network on one task: its first weights, and every step from the state before it, the same each time."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cnn_core.errors import TrainingFailed
from cnn_core.layers.base import Array, Params
from cnn_core.runtime.training_plans import TrainingPlans
from cnn_core.training.losses import cross_entropy, logits_node
from cnn_core.training.race.nets import Runner, build_net
from cnn_core.training.race.settings import Settings, Timeline
from cnn_core.training.race.tasks import Task, move

__all__ = ["Learner", "NetState", "Pass"]

_INIT, _PASS, _SHIFT = range(3)
"""What a random stream is for; part of its seed."""


@dataclass(frozen=True, slots=True, eq=False)
class NetState:
    """A network after ``step`` steps: its parameters, and what its optimizer remembers."""

    parameters: Params
    memory: Params
    step: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """Forward and backward pass of one batch: what the step after it was made of.

    ``gradients`` are those of the mean loss by every parameter, as the optimizer gets them; ``deltas`` the
    gradients by the outputs of the nodes that were asked for, ``outputs`` the outputs of those they read.
    """

    x: Array
    labels: Array
    loss: float
    correct: int
    gradients: Params
    outputs: Params
    deltas: Params


class Learner:
    """A runner's network on a task: steps as pure functions of state and timeline."""

    def __init__(self, runner: Runner, task: Task) -> None:
        """Build the network for the task's pictures and classes."""
        self.runner, self.task = runner, task
        self.graph = build_net(runner.kind, task.shape, len(task.classes))
        self._scores = logits_node(self.graph)
        self._plans, self._answering = TrainingPlans(self.graph), TrainingPlans(self.graph, training=False)

    def first(self, settings: Settings) -> NetState:
        """The state before the first step; a shuffled twin starts from the same numbers.

        Those of the fully connected twin's first layer move with the pixels, so that both compute the same
        products in another order: their losses are equal to rounding.
        """
        rng = np.random.default_rng((settings.seed, _INIT))
        parameters = {
            name: _drawn(rng, name, shape, settings.init)
            for name, shape in self.graph.parameter_shapes().items()
        }
        if self.runner.kind == "mlp" and self.runner.shuffled:
            weight = parameters["dense_1.weight"]
            planes = weight.reshape(len(weight), self.task.shape[0], -1)[:, :, self.task.order]
            parameters["dense_1.weight"] = np.ascontiguousarray(planes.reshape(weight.shape))
        return NetState(parameters, settings.make_optimizer().init(parameters))

    def batch(self, step: int, timeline: Timeline) -> tuple[Array, Array]:
        """The pictures of step ``step`` as this network sees them, ``(N, C, H, W)``, and their labels.

        They depend on the seed and on how many were shown before alone: all runners get the same.
        """
        settings, count = timeline.at(step), len(self.task.train)
        places = np.arange(settings.batch) + timeline.seen(step)
        orders = {n: _order(settings.seed, n, count) for n in {int(p) // count for p in places[[0, -1]]}}
        indices = np.array([orders[int(p) // count][int(p) % count] for p in places])
        x = self.task.train[indices]
        if settings.shift:
            rng = np.random.default_rng((settings.seed, _SHIFT, step))
            x = move(x, rng.integers(-settings.shift, settings.shift + 1, size=(len(x), 2)))
        return self._given(x), self.task.train_labels[indices]

    @np.errstate(all="ignore")  # a run that diverges overflows; the loss says so
    def look(self, state: NetState, timeline: Timeline, nodes: Collection[str] = ()) -> Pass:
        """The pass of the step after ``state``; ``nodes`` are those whose deltas are wanted."""
        x, labels = self.batch(state.step + 1, timeline)
        with self._plans.lent(x.shape, np.result_type(*state.parameters.values())) as plan:
            plan.forward(state.parameters, x, until=self._scores)
            loss = cross_entropy(plan.output(self._scores), labels)
            found = plan.backward(state.parameters, {self._scores: loss.gradient}, nodes=nodes)
            read = {source for name in nodes for source in self.graph[name].inputs}
            outputs = {name: plan.output(name).copy() for name in read}
            deltas = {name: delta.copy() for name, delta in found.nodes.items()}
        return Pass(x, labels, loss.value, loss.correct, found.params, outputs, deltas)

    @np.errstate(all="ignore")
    def update(self, state: NetState, gradients: Params, timeline: Timeline) -> NetState:
        """The state after the step whose gradients these are.

        An optimizer that is new at this step remembers nothing of the one before it.

        Raises:
            TrainingFailed: it left weights that are not finite.
        """
        step = state.step + 1
        rule, rate = timeline.at(step).make_optimizer(), timeline.rate(step, len(self.task.train))
        fresh = rule.init(state.parameters)
        memory = state.memory if state.memory.keys() == fresh.keys() else fresh
        moved, memory = rule.step(state.parameters, gradients, memory, rate)
        if not all(np.isfinite(value).all() for value in moved.values()):
            raise TrainingFailed(f"{self.runner.title}: step {step} left weights that are not finite")
        return NetState(moved, memory, step)

    def advance(self, state: NetState, timeline: Timeline) -> tuple[NetState, Pass]:
        """The next state, and the pass that led to it.

        Raises:
            TrainingFailed: loss or weights are no longer finite; the message names the step.
        """
        passed = self.look(state, timeline)
        if not math.isfinite(passed.loss):
            raise TrainingFailed(
                f"{self.runner.title}: the loss of step {state.step + 1} must be finite, got {passed.loss}"
            )
        return self.update(state, passed.gradients, timeline), passed

    def answers(
        self, parameters: Params, x: Array, nodes: Collection[str] = ("softmax",)
    ) -> Mapping[str, Array]:
        """Outputs of some nodes for pictures ``(N, C, H, W)`` that are not yet shuffled."""
        seen = self._given(x)
        with np.errstate(all="ignore"), self._answering.lent(seen.shape) as plan:
            plan.forward(parameters, seen)
            return {name: plan.output(name).copy() for name in nodes}

    def _given(self, x: Array) -> Array:
        """Pictures as the network takes them: shuffled where it sees them so, photos from -1 to 1."""
        spec = self.task.spec
        mean, std = (np.array(part, np.float32).reshape(-1, 1, 1) for part in (spec.mean, spec.std))
        seen = self.task.seen(x, self.runner.shuffled)
        return seen if spec.mean == (0,) else (seen - mean) / std


@lru_cache(maxsize=64)
def _order(seed: int, number: int, count: int) -> Array:
    """In which order pass ``number`` shows the pictures."""
    return np.random.default_rng((seed, _PASS, number)).permutation(count)


def _drawn(rng: np.random.Generator, name: str, shape: tuple[int, ...], how: str) -> Array:
    """First weights: all but those of ``zeros`` take the same draws; biases begin at zero."""
    if len(shape) == 1:
        return np.zeros(shape, np.float32)
    fan_in = math.prod(shape[1:])
    if how == "uniform":  # of the variance of PyTorch's default
        return rng.uniform(-1, 1, shape).astype(np.float32) / np.float32(math.sqrt(fan_in))
    deviation = {"zeros": 0.0, "large": 1.0}.get(how, math.sqrt(2 / fan_in))
    if how == "small" and name in ("conv_1.weight", "dense_1.weight"):
        deviation *= 0.1  # what forms in the first layer is then seen at once
    return (rng.standard_normal(shape) * deviation).astype(np.float32)
