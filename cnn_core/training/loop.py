"""The training loop: a generator of steps, the same from the same seed.

Every batch is cut into the recipe's shards. Each shard runs forward and backward on its own, in any
thread, and their gradients are added in order: the number of threads changes the time, not the result.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import repeat

import numpy as np
from threadpoolctl import threadpool_limits

from cnn_core.errors import BadDataset, BadRecipe, TrainingFailed
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array
from cnn_core.preprocess import InputSpec
from cnn_core.runtime.training_plan import TrainingPlan
from cnn_core.runtime.training_plans import TrainingPlans
from cnn_core.training.batches import Shard, prepare
from cnn_core.training.checkpoint import TrainingState
from cnn_core.training.datasets import Dataset, normalise, to_tensors
from cnn_core.training.evaluate import Scores, evaluate
from cnn_core.training.initial import calibrate
from cnn_core.training.losses import cross_entropy, logits_node
from cnn_core.training.optimizers import average, clip_by_norm
from cnn_core.training.prefetch import prefetched
from cnn_core.training.recipes import Recipe
from cnn_core.training.resizing import resized
from cnn_core.training.watch import Watched, is_watchable

__all__ = ["EpochEnd", "Step", "initial_state", "steps_per_epoch", "train"]

AHEAD = 2
"""Batches made before their turn."""

_INIT, _ORDER, _DRAW = range(3)
"""What a random stream is for; part of its seed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One batch: ``loss`` and ``accuracy`` are those before the update, on the augmented images."""

    epoch: int
    """Counted from 1."""
    step: int
    """Counted from 1, over the whole run."""
    loss: float
    accuracy: float
    batch: int
    """Images in it."""
    rate: float
    milliseconds: float
    state: TrainingState = field(repr=False, compare=False)
    """That after the step."""
    watched: Mapping[str, Watched] = field(default_factory=dict, repr=False, compare=False)
    """The layers that were to be watched, true until the next step."""


@dataclass(frozen=True, slots=True, eq=False)
class EpochEnd:
    """A finished epoch: means over its steps, the averaged weights' scores, and the state to go on from."""

    epoch: int
    step: int
    loss: float
    accuracy: float
    rate: float
    milliseconds: float
    validation: Scores | None
    state: TrainingState


@dataclass(frozen=True, slots=True, eq=False)
class _Share:
    """What one shard contributes to its batch: sums over its images divided by the batch's size."""

    loss: float
    correct: int
    gradients: Mapping[str, Array]
    updates: Mapping[str, Array]
    plan: TrainingPlan
    """Whose memory the deltas are in, until it is given back."""
    deltas: Mapping[str, Array]


def steps_per_epoch(data: Dataset, recipe: Recipe) -> int:
    """Batches in one pass over the data; the last may be smaller."""
    return math.ceil(len(data) / recipe.batch)


def initial_state(graph: Graph, spec: InputSpec, data: Dataset, recipe: Recipe) -> TrainingState:
    """Fresh weights, drawn from the recipe's seed and calibrated on some of the data."""
    rng = np.random.default_rng((recipe.seed, _INIT))
    parameters = graph.init(rng)
    if recipe.calibration:
        some = data.images[rng.permutation(len(data))[: recipe.calibration]]
        parameters = calibrate(graph, parameters, normalise(to_tensors(some, spec), spec))
    trained = {name: value for name, value in parameters.items() if name not in graph.tracked()}
    return TrainingState(parameters, parameters, recipe.make_optimizer().init(trained))


def train(
    graph: Graph,
    spec: InputSpec,
    data: Dataset,
    recipe: Recipe,
    *,
    validation: Dataset | None = None,
    state: TrainingState | None = None,
    threads: int = 1,
    watch: Collection[str] = (),
) -> Iterator[Step | EpochEnd]:
    """Train from ``state`` (fresh weights without one) to the recipe's last epoch.

    Yields every step when it is done, and after the last step of an epoch its ``EpochEnd``, whose state
    continues the run exactly: starting from it gives the very weights of a run that never stopped.
    Steps show what became of the layers in ``watch``, from the pass they were made of; weights stay the same.
    BLAS is held to one thread while the generator is alive, since ``threads`` share the work themselves.

    Raises:
        BadDataset: a label that is none of the network's classes.
        TrainingFailed: loss, gradient or weights are no longer finite; the message names the step.
        BadRecipe: the recipe begins with small images, and the network cannot take them; a layer to watch
            that has no weights of which each has a gradient a place.
    """
    _check_watched(graph, watch)
    for part in (data, validation) if validation else (data,):
        _check_labels(graph, part)
    small = resized(graph, recipe.small_side) if recipe.small_epochs else None
    state = state or initial_state(graph, spec, data, recipe)
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(threads) as pool:
        plans = TrainingPlans(graph)
        while state.epoch < recipe.epochs:
            shown = small if small and state.epoch < recipe.small_epochs else graph
            if shown is not plans.graph:
                plans = TrainingPlans(shown)
            run = _Run(shown, spec, data, recipe, pool, plans, tuple(watch))
            sums = np.zeros(3)  # of images, losses and accuracies over images
            started, rate = time.perf_counter(), 0.0
            for step in run.epoch(state):
                sums += step.batch * np.array([1, step.loss, step.accuracy])
                state, rate = step.state, step.rate
                yield step
            scores = _measured(graph, spec, validation, state)
            seconds = time.perf_counter() - started
            state = replace(state, epoch=state.epoch + 1, seconds=state.seconds + seconds)
            yield _summary(sums, rate, scores, state, seconds)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """What stays the same from step to step."""

    graph: Graph
    """For images of the size that is shown."""
    spec: InputSpec
    data: Dataset
    recipe: Recipe
    pool: ThreadPoolExecutor
    plans: TrainingPlans
    watch: tuple[str, ...]

    @property
    def side(self) -> int | None:
        """Of the images shown, where it is not the data's own."""
        height, width = self.graph.shapes[self.graph.inputs[0].name][2:]
        return None if (height, width) == (self.spec.height, self.spec.width) else height

    def epoch(self, state: TrainingState) -> Iterator[Step]:
        """Every image once, in a random order."""
        count = steps_per_epoch(self.data, self.recipe)
        schedule = self.recipe.make_schedule(count * self.recipe.epochs)
        started = time.perf_counter()
        with closing(self.batches(state)) as batches:
            for shards in batches:
                size, rate = sum(len(shard.x) for shard in shards), schedule(state.step)
                shares = list(self.pool.map(self.share, repeat(state), shards, repeat(size)))
                loss = sum(share.loss for share in shares)
                correct = sum(share.correct for share in shares)
                state = self.update(state, shares, loss, rate)
                now = time.perf_counter()
                spent, started = (now - started) * 1e3, now
                watched = self.watched(shares)
                yield Step(
                    state.epoch + 1, state.step, loss, correct / size, size, rate, spent, state, watched
                )
                for share in shares:
                    self.plans.give_back(share.plan)

    def watched(self, shares: list[_Share]) -> dict[str, Watched]:
        """The layers to watch, as the shards of one batch left them."""
        found = {}
        for name in self.watch:
            node, weight = self.graph[name], f"{name}.weight"
            found[name] = Watched(
                node.layer,
                tuple(share.plan.output(node.inputs[0]) for share in shares),
                tuple(share.deltas[name] for share in shares),
                _total([{weight: share.gradients[weight]} for share in shares])[weight],
            )
        return found

    def batches(self, state: TrainingState) -> Generator[list[Shard], None, None]:
        """The epoch's batches, each in its shards; the next ones are made while one is worked on."""
        order = np.random.default_rng((self.recipe.seed, _ORDER, state.epoch)).permutation(len(self.data))
        cuts = range(self.recipe.batch, len(order), self.recipe.batch)

        def make(key: tuple[int, Array]) -> list[Shard]:
            step, batch = key
            parts = [part for part in np.array_split(batch, self.recipe.shards) if len(part)]
            return [self.shard(step, number, part) for number, part in enumerate(parts)]

        return prefetched(make, enumerate(np.split(order, cuts), state.step), AHEAD)

    def shard(self, step: int, number: int, part: Array) -> Shard:
        """One shard of a batch, with random changes that depend on the recipe's seed and its place alone."""
        rng = np.random.default_rng((self.recipe.seed, _DRAW, step, number))
        return prepare(rng, self.data, part, self.spec, self.recipe, self.side)

    @np.errstate(all="ignore")  # a run that diverges overflows; the loss says so, by name
    def share(self, state: TrainingState, shard: Shard, batch: int) -> _Share:
        """Forward and backward pass of one shard of a batch of ``batch`` images."""
        scores = logits_node(self.graph)
        weight = len(shard.x) / batch
        plan = self.plans.take(shard.x.shape)
        plan.forward(state.parameters, shard.x, shard.rng, until=scores)
        loss = cross_entropy(plan.output(scores), shard.labels, self.recipe.smoothing)
        found = plan.backward(state.parameters, {scores: loss.gradient * weight}, nodes=self.watch)
        updates = {name: value * weight for name, value in plan.updates.items()}
        return _Share(loss.value * weight, loss.correct, found.params, updates, plan, found.nodes)

    @np.errstate(all="ignore")
    def update(self, state: TrainingState, shares: list[_Share], loss: float, rate: float) -> TrainingState:
        """The state after one step."""
        gradients, norm = clip_by_norm(_total([share.gradients for share in shares]), self.recipe.clip)
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise TrainingFailed(
                f"step {state.step + 1} (epoch {state.epoch + 1}): the loss must be finite, got {loss} "
                f"with a gradient of length {norm}; a learning rate below {rate:.3g} may help"
            )
        trained = {name: state.parameters[name] for name in gradients}
        rule = self.recipe.make_optimizer()
        moved, memory = rule.step(trained, gradients, state.optimizer, rate)
        parameters = {**state.parameters, **moved, **_total([share.updates for share in shares])}
        averaged = average(state.average, parameters, self.recipe.ema, state.step)
        return replace(state, parameters=parameters, average=averaged, optimizer=memory, step=state.step + 1)


def _check_watched(graph: Graph, watch: Collection[str]) -> None:
    able = [node.name for node in graph if is_watchable(node.layer)]
    for name in watch:
        if name not in able:
            raise BadRecipe(f"train: {name!r} cannot be watched; layers: {', '.join(able)}")


def _check_labels(graph: Graph, data: Dataset) -> None:
    classes = graph.shapes[logits_node(graph)][1]
    first, last = int(data.labels.min()), int(data.labels.max())
    if first < 0 or last >= classes:
        raise BadDataset(f"data: labels must be 0 to {classes - 1}, got {first} to {last}")


@np.errstate(all="ignore")
def _measured(graph: Graph, spec: InputSpec, data: Dataset | None, state: TrainingState) -> Scores | None:
    """The averaged weights' scores; an epoch's last step has been through no loss yet, and is to be kept."""
    scores = evaluate(graph, state.average, spec, data) if data else None
    kept = (*state.parameters.values(), *state.optimizer.values())
    if (scores and not math.isfinite(scores.loss)) or not all(np.isfinite(value).all() for value in kept):
        raise TrainingFailed(
            f"step {state.step} (epoch {state.epoch + 1}): it left weights that are not finite, or too large "
            "to compute with; a lower learning rate may help"
        )
    return scores


def _total(parts: list[Mapping[str, Array]]) -> dict[str, Array]:
    """Sums by name, first part first, so that rounding never depends on which thread was done earlier."""
    total = dict(parts[0])
    for part in parts[1:]:
        total = {name: total[name] + value for name, value in part.items()}
    return total


def _summary(
    sums: Array, rate: float, scores: Scores | None, state: TrainingState, seconds: float
) -> EpochEnd:
    return EpochEnd(
        epoch=state.epoch,
        step=state.step,
        loss=float(sums[1] / sums[0]),
        accuracy=float(sums[2] / sums[0]),
        rate=rate,
        milliseconds=seconds * 1e3,
        validation=scores,
        state=state,
    )
