"""Learning rates over a run."""

from __future__ import annotations

import math

import pytest

from cnn_core.training.schedules import OneCycle, Schedule, WarmupCosine


def test_one_cycle_at_its_corners() -> None:
    rate = OneCycle(peak=2.0, steps=100, warmup=0.2, start=0.1, end=0.01)
    assert rate(0) == pytest.approx(0.2)
    assert rate(10) == pytest.approx((0.2 + 2.0) / 2)
    assert rate(20) == pytest.approx(2.0)
    assert rate(60) == pytest.approx((2.0 + 0.02) / 2)
    assert rate(100) == pytest.approx(0.02)


def test_warm_up_and_cosine_at_their_corners() -> None:
    rate = WarmupCosine(peak=2.0, steps=110, warmup=10 / 110)
    assert [rate(i) for i in (0, 4, 9, 10)] == pytest.approx([0.2, 1.0, 2.0, 2.0])
    assert rate(35) == pytest.approx(1 + math.cos(math.pi / 4))
    assert rate(110) == pytest.approx(0.0)


@pytest.mark.parametrize("rate", [OneCycle(1.0, 40), WarmupCosine(1.0, 40, 0.25), OneCycle(1.0, 1, 0.0)])
def test_rates_rise_once_then_fall_and_stay_within_bounds(rate: Schedule) -> None:
    rates = [rate(i) for i in range(45)]
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert min(rates) >= 0
    assert max(rates) == pytest.approx(1.0)
