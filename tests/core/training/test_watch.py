"""Steps that are watched: the parts of a gradient, from the very pass that the step was made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cnn_core.errors import BadRecipe
from cnn_core.runtime import training_plans
from cnn_core.runtime.training_plan import TrainingPlan
from cnn_core.training.augment import Augmentation
from cnn_core.training.loop import EpochEnd, Step, train
from cnn_core.training.recipes import Recipe
from tests.core.training.problems import SPEC, normed_network, small_network, stripes

RECIPE = Recipe(
    epochs=2, batch=16, rate=0.02, ema=0.9, clip=0.5, augmentation=Augmentation(zoom=(0.8, 1.1), flip=True)
)
TOLERANCE = 1e-6


@pytest.mark.parametrize("threads", [1, 2])
def test_the_products_of_a_weight_add_up_to_the_gradient_of_the_step(threads: int) -> None:
    watch = ("conv", "output")
    for step in train(small_network(), SPEC, stripes(40), RECIPE, threads=threads, watch=watch):
        if not isinstance(step, Step):
            continue
        for name, index in (("conv", (3, 1, 0, 2)), ("conv", (0, 2, 2, 1)), ("output", (1, 17))):
            watched = step.watched[name]
            deltas, inputs = watched.factors(index)
            assert deltas.shape == inputs.shape == (step.batch, *((6, 6) if name == "conv" else (1, 1)))
            largest = np.abs(watched.gradient).max()
            assert abs((deltas * inputs).sum() - watched.gradient[index]) <= TOLERANCE * largest


def test_plain_descent_moves_by_the_gradient_that_is_shown() -> None:
    recipe = replace(
        RECIPE, optimizer="sgd", weight_decay=0.0, clip=1e9, schedule="warmup_cosine", warmup=0.0
    )
    before = None
    for step in train(small_network(), SPEC, stripes(40), replace(recipe, epochs=1), watch=("conv",)):
        if isinstance(step, Step) and before is None:
            # Nesterov's first step goes 1 + momentum times the gradient
            before = step.state.optimizer["velocity.conv.weight"]
            np.testing.assert_array_equal(before, step.watched["conv"].gradient)


@pytest.mark.parametrize("network", [small_network, normed_network])
def test_watching_changes_no_bit(network: type) -> None:
    ends = [
        list(train(network(), SPEC, stripes(40), RECIPE, watch=watch))[-1]
        for watch in ((), ("conv", "output"))
    ]
    for end in ends:
        assert isinstance(end, EpochEnd)
    one, other = (end.state for end in ends)
    assert all(np.array_equal(value, other.parameters[name]) for name, value in one.parameters.items())
    assert all(np.array_equal(value, other.optimizer[name]) for name, value in one.optimizer.items())


def test_memory_is_used_again_from_step_to_step(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Counted(TrainingPlan):
        def __init__(self, *given: Any, **options: Any) -> None:
            made.append(given[1])
            super().__init__(*given, **options)

    monkeypatch.setattr(training_plans, "TrainingPlan", Counted)
    list(train(small_network(), SPEC, stripes(40), RECIPE))
    assert sorted(made) == [(4, 3, 8, 8)] * 2 + [(8, 3, 8, 8)] * 2


def test_every_step_has_the_state_after_it() -> None:
    records = list(train(small_network(), SPEC, stripes(40), RECIPE))
    steps = [record for record in records if isinstance(record, Step)]
    ends = [record for record in records if isinstance(record, EpochEnd)]
    assert [step.state.step for step in steps] == [1, 2, 3, 4, 5, 6]
    for step, end in zip((steps[2], steps[5]), ends, strict=True):
        assert step.state.parameters is end.state.parameters


@pytest.mark.parametrize("name", ["relu", "nowhere"])
def test_what_cannot_be_watched_is_named_before_the_first_step(name: str) -> None:
    with pytest.raises(BadRecipe, match=f"'{name}' cannot be watched; layers: conv, output"):
        next(train(small_network(), SPEC, stripes(40), RECIPE, watch=(name,)))
