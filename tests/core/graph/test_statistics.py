"""An output in a few numbers, against NumPy's own on float64."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.graph.statistics import channel_statistics, statistics

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("shape", [(1, 3, 5, 4), (1, 7), (2, 1, 1, 1)])
def test_all_values_together(shape: tuple[int, ...]) -> None:
    values = np.maximum(RNG.normal(1, 2, shape), 0).astype(np.float32)
    exact = values.astype(np.float64)
    found = statistics(values)
    assert (found.min, found.max) == (values.min(), values.max())
    assert (found.mean, found.std) == (pytest.approx(exact.mean()), pytest.approx(exact.std()))
    assert found.zero_fraction == pytest.approx((exact == 0).mean())


def test_a_value_that_is_no_number_shows() -> None:
    assert np.isnan(statistics(np.array([0.0, np.nan], np.float32)).min)
    assert statistics(np.array([0.0, np.inf], np.float32)).max == np.inf


@pytest.mark.parametrize("shape", [(3, 5, 4), (6,)])
def test_every_channel_by_itself(shape: tuple[int, ...]) -> None:
    values = np.maximum(RNG.normal(0, 1, shape), 0).astype(np.float32)
    found = channel_statistics(values)
    for channel, each in enumerate(values.astype(np.float64)):
        assert (found.min[channel], found.max[channel]) == (each.min(), each.max())
        assert found.mean[channel] == pytest.approx(each.mean())
        assert found.variance[channel] == pytest.approx(each.var())
        assert found.zero_fraction[channel] == (each == 0).mean()
