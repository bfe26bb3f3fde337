"""Update rules against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cnn_core.training.optimizers import AdamW, Optimizer, Sgd, average, clip_by_norm


def one(value: float) -> dict[str, np.ndarray]:
    return {"w": np.array([[value]])}


def test_sgd_with_nesterov_momentum() -> None:
    rule = Sgd(momentum=0.5, weight_decay=0.0)
    first, state = rule.step(one(1.0), one(2.0), rule.init(one(1.0)), rate=0.1)
    # v = 2; w = 1 - 0.1 (2 + 0.5 * 2)
    assert first["w"].item() == pytest.approx(0.7)
    second, state = rule.step(first, one(4.0), state, rate=0.1)
    # v = 0.5 * 2 + 4 = 5; w = 0.7 - 0.1 (4 + 0.5 * 5)
    assert state["velocity.w"].item() == pytest.approx(5.0)
    assert second["w"].item() == pytest.approx(0.05)


def test_adamw() -> None:
    rule = AdamW(beta1=0.5, beta2=0.75, epsilon=0.0, weight_decay=0.0)
    first, state = rule.step(one(1.0), one(2.0), rule.init(one(1.0)), rate=0.1)
    # the first step is the rate itself: both moments are corrected for their start at zero
    assert first["w"].item() == pytest.approx(0.9)
    second, state = rule.step(first, one(-4.0), state, rate=0.1)
    # mean = 0.5 * 1 - 2 = -1.5, / (1 - 0.25) = -2; square = 0.75 * 1 + 4 = 4.75, / (1 - 0.5625)
    assert second["w"].item() == pytest.approx(0.9 + 0.1 * 2 / math.sqrt(4.75 / 0.4375))
    assert state["steps"].item() == 2


@pytest.mark.parametrize("rule", [Sgd(weight_decay=0.5), AdamW(weight_decay=0.5)])
def test_decay_shrinks_weights_but_not_biases_and_norms(rule: Optimizer) -> None:
    values = {"conv.weight": np.full((2, 1, 1, 1), 3.0), "conv.bias": np.full(2, 3.0)}
    zero = {name: np.zeros_like(value) for name, value in values.items()}
    moved, _ = rule.step(values, zero, rule.init(values), rate=0.2)
    assert moved["conv.weight"].ravel().tolist() == pytest.approx([2.7, 2.7])
    assert moved["conv.bias"].tolist() == [3.0, 3.0]


@pytest.mark.parametrize("rule", [Sgd(), AdamW()])
def test_a_step_leaves_its_arguments_alone_and_keeps_float32(rule: Optimizer) -> None:
    values = {"w": np.ones((2, 2), np.float32)}
    state = rule.init(values)
    kept = {name: value.copy() for name, value in state.items()}
    moved, after = rule.step(values, values, state, rate=0.1)
    assert (values["w"] == 1).all()
    assert all(np.array_equal(state[name], kept[name]) for name in kept)
    assert moved["w"].dtype == np.float32
    assert {after[name].dtype for name in after if name != "steps"} == {np.dtype(np.float32)}


def test_gradients_are_scaled_down_together_to_the_limit() -> None:
    gradients = {"a": np.array([3.0]), "b": np.array([[0.0, 4.0]])}
    clipped, norm = clip_by_norm(gradients, 1.0)
    assert norm == pytest.approx(5.0)
    assert clipped["a"].tolist() == pytest.approx([0.6])
    assert clipped["b"].ravel().tolist() == pytest.approx([0.0, 0.8])
    untouched, _ = clip_by_norm(gradients, 10.0)
    assert untouched["b"].ravel().tolist() == [0.0, 4.0]
    assert clip_by_norm({"a": np.zeros(2)}, 1.0)[0]["a"].tolist() == [0.0, 0.0]


def test_the_average_forgets_fast_at_first_and_slowly_later() -> None:
    # min(0.9, 1/10) of the old at step 0, 0.9 of it after long
    assert average(one(1.0), one(2.0), 0.9, 0)["w"].item() == pytest.approx(1.9)
    assert average(one(1.0), one(2.0), 0.9, 1000)["w"].item() == pytest.approx(1.1)
