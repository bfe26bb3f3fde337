"""The training loop: deterministic, resumable, and it learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from cnn_core.errors import BadDataset, TrainingFailed
from cnn_core.graph.backward import backward
from cnn_core.graph.graph import Graph
from cnn_core.graph.trace import forward
from cnn_core.training import batches
from cnn_core.training.augment import Augmentation, augment
from cnn_core.training.checkpoint import TrainingState
from cnn_core.training.datasets import to_tensors
from cnn_core.training.evaluate import Scores, evaluate
from cnn_core.training.loop import EpochEnd, Step, initial_state, steps_per_epoch, train
from cnn_core.training.losses import cross_entropy, logits_node
from cnn_core.training.recipes import Recipe
from tests.core.training.problems import SPEC, deep_network, normed_network, small_network, stripes

RECIPE = Recipe(
    epochs=3, batch=16, rate=0.02, ema=0.9, augmentation=Augmentation(zoom=(0.8, 1.1), flip=True, jitter=0.1)
)


def run(
    graph: Graph, recipe: Recipe = RECIPE, state: TrainingState | None = None, threads: int = 1
) -> list[EpochEnd]:
    records = train(graph, SPEC, stripes(), recipe, state=state, threads=threads)
    return [record for record in records if isinstance(record, EpochEnd)]


def same(a: Mapping[str, np.ndarray], b: Mapping[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def same_state(a: TrainingState, b: TrainingState) -> bool:
    groups = ("parameters", "average", "optimizer")
    return all(same(getattr(a, group), getattr(b, group)) for group in groups) and a.step == b.step


def test_records_count_epochs_and_steps_from_one() -> None:
    records = list(train(small_network(), SPEC, stripes(40), replace(RECIPE, epochs=2)))
    assert [type(record) for record in records] == ([Step] * 3 + [EpochEnd]) * 2
    assert [record.epoch for record in records] == [1] * 4 + [2] * 4
    assert [r.step for r in records if isinstance(r, Step)] == [1, 2, 3, 4, 5, 6]
    assert [r.batch for r in records if isinstance(r, Step)] == [16, 16, 8] * 2
    assert steps_per_epoch(stripes(40), RECIPE) == 3


def test_an_epochs_loss_is_the_mean_over_its_images() -> None:
    *steps, end = train(small_network(), SPEC, stripes(40), replace(RECIPE, epochs=1))
    assert isinstance(end, EpochEnd)
    assert end.loss == pytest.approx(sum(step.loss * step.batch for step in steps) / 40)
    assert end.accuracy == pytest.approx(sum(step.accuracy * step.batch for step in steps) / 40)


def test_the_learning_rate_follows_the_schedule() -> None:
    records = train(small_network(), SPEC, stripes(40), replace(RECIPE, epochs=2))
    rates = [record.rate for record in records if isinstance(record, Step)]
    schedule = RECIPE.make_schedule(6)
    assert rates == [schedule(i) for i in range(6)]


@pytest.mark.parametrize("network", [small_network, normed_network])
def test_the_same_seed_gives_the_same_weights_whatever_the_threads(network: type[Graph]) -> None:
    alone, together = run(network()), run(network(), threads=2)
    assert same_state(alone[-1].state, together[-1].state)
    assert not same_state(alone[-1].state, run(network(), replace(RECIPE, seed=2))[-1].state)


@pytest.mark.parametrize("network", [small_network, normed_network])
@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_going_on_from_an_epochs_state_ends_where_an_unbroken_run_does(
    network: type[Graph], optimizer: str
) -> None:
    recipe = Recipe(**{**_fields(RECIPE), "optimizer": optimizer})
    unbroken = run(network(), recipe)
    resumed = run(network(), recipe, state=unbroken[0].state)
    assert [end.epoch for end in resumed] == [2, 3]
    assert same_state(resumed[-1].state, unbroken[-1].state)


def _fields(recipe: Recipe) -> dict[str, object]:
    return {name: getattr(recipe, name) for name in recipe.__dataclass_fields__}


def test_a_finished_state_has_nothing_left_to_do() -> None:
    assert run(small_network(), state=run(small_network())[-1].state) == []


def test_a_step_follows_the_gradient_of_the_whole_batch() -> None:
    """One step of plain descent by hand, without shards, against the loop's."""
    graph, data = small_network(), stripes(16)
    recipe = Recipe(epochs=1, batch=16, rate=0.1, optimizer="sgd", weight_decay=0.0, smoothing=0.1, clip=1e9)
    recipe = replace(recipe, augmentation=Augmentation(), schedule="warmup_cosine", warmup=0.0)
    start = initial_state(graph, SPEC, data, recipe)
    records = {r.node.name: r for r in forward(graph, start.parameters, to_tensors(data.images, SPEC))}
    logits = logits_node(graph)
    loss = cross_entropy(records[logits].output, data.labels, 0.1)
    gradients = backward(graph, start.parameters, records, {logits: loss.gradient}).params
    step, end = train(graph, SPEC, data, recipe)
    assert isinstance(end, EpochEnd)
    assert step.loss == pytest.approx(loss.value, rel=1e-5)
    for name, gradient in gradients.items():
        expected = start.parameters[name] - 0.1 * 1.9 * gradient
        np.testing.assert_allclose(end.state.parameters[name], expected, atol=1e-6)


def test_tracked_parameters_move_without_a_gradient() -> None:
    graph = normed_network()
    end = run(graph)[-1].state
    assert not np.array_equal(end.parameters["norm.running_mean"], np.zeros(4))
    assert not any("running" in name for name in end.optimizer)


def test_the_loss_falls_and_unseen_images_are_told_apart() -> None:
    recipe = Recipe(epochs=12, batch=10, rate=0.02, ema=0.9, augmentation=Augmentation(flip=True))
    records = train(small_network(), SPEC, stripes(), recipe, validation=stripes(40, seed=1))
    ends = [record for record in records if isinstance(record, EpochEnd)]
    scores = ends[-1].validation
    assert isinstance(scores, Scores)
    assert ends[-1].loss < 0.5 * ends[0].loss
    assert scores.top1 > 0.95


def test_a_loss_that_is_not_finite_stops_the_run_and_names_the_step() -> None:
    recipe = replace(RECIPE, rate=1e30, clip=1e30, augmentation=Augmentation())
    with pytest.raises(TrainingFailed, match=r"step \d+ \(epoch 1\): the loss must be finite"):
        list(train(small_network(), SPEC, stripes(), recipe))


@pytest.mark.parametrize("measured", [True, False])
def test_weights_ruined_by_the_last_step_of_an_epoch_are_never_handed_on(
    measured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finite but useless where it is measured, not finite where it is not: no later loss has seen either."""
    rates = [0.02, 0.02, 0.02, 1e20 if measured else 1e39]
    monkeypatch.setattr(Recipe, "make_schedule", lambda self, steps: lambda step: rates[step])
    unseen = stripes(20, seed=1) if measured else None
    recipe = replace(RECIPE, clip=1e30, weight_decay=0.0)
    records = train(deep_network(), SPEC, stripes(), recipe, validation=unseen)
    assert [type(next(records)) for _ in range(4)] == [Step] * 4
    with pytest.raises(TrainingFailed, match=r"step 4 \(epoch 1\): it left weights that are not finite, or"):
        next(records)


@pytest.mark.parametrize("part", ["data", "validation"])
@pytest.mark.parametrize("wrong", [2, -1])
def test_labels_the_network_has_no_class_for_are_refused_before_the_first_step(part: str, wrong: int) -> None:
    bad = stripes(20)
    bad.labels[3] = wrong
    parts = {"data": stripes(), "validation": stripes(20, seed=1), part: bad}
    with pytest.raises(BadDataset, match=rf"labels must be 0 to 1, got {min(0, wrong)} to {max(1, wrong)}"):
        next(train(small_network(), SPEC, parts["data"], RECIPE, validation=parts["validation"]))


def test_what_is_measured_is_the_moving_average() -> None:
    graph, unseen = small_network(), stripes(20, seed=1)
    recipe = replace(RECIPE, epochs=1, ema=0.99)
    *_, end = train(graph, SPEC, stripes(), recipe, validation=unseen)
    assert isinstance(end, EpochEnd)
    assert end.validation == evaluate(graph, end.state.average, SPEC, unseen)
    assert end.validation != evaluate(graph, end.state.parameters, SPEC, unseen)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """Collects the batches the network is shown, as they are after augmentation."""
    shown: list[np.ndarray] = []

    def watched(
        rng: np.random.Generator, batch: np.ndarray, settings: Augmentation, side: int | None
    ) -> np.ndarray:
        shown.append(augment(rng, batch, settings, side))
        return shown[-1]

    monkeypatch.setattr(batches, "augment", watched)
    return shown


def test_each_epoch_shows_every_image_once_in_another_order(seen: list[np.ndarray]) -> None:
    run(small_network(), replace(RECIPE, epochs=2, shards=1, augmentation=Augmentation()))
    first, second = np.concatenate(seen[:4]), np.concatenate(seen[4:])
    everything = to_tensors(stripes().images, SPEC)
    assert not np.array_equal(first, second)
    for epoch in (first, second):
        assert sorted(map(bytes, epoch)) == sorted(map(bytes, everything))


def test_each_step_and_shard_draws_its_own_changes(seen: list[np.ndarray]) -> None:
    grey = replace(stripes(32), images=np.full((32, 8, 8, 3), 128, np.uint8))
    recipe = replace(RECIPE, epochs=1, augmentation=Augmentation(jitter=0.5))
    list(train(small_network(), SPEC, grey, recipe))
    assert [len(batch) for batch in seen] == [8] * 4
    assert len({batch.tobytes() for batch in seen}) == 4


def test_the_loss_is_taken_before_a_softmax_at_the_end() -> None:
    assert logits_node(small_network()) == "output"
    assert logits_node(normed_network()) == "output"
