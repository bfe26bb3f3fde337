import numpy as np
import pytest

from cnn_core.errors import ShapeError
from cnn_core.ops.norm import batch_norm, batch_statistics, running_update

X = np.array([[[[1.0, 3.0]], [[0.0, 0.0]]], [[[5.0, 7.0]], [[2.0, 2.0]]]])


def test_statistics_by_hand():
    mean, variance = batch_statistics(X)
    assert mean.tolist() == [4, 1]
    assert variance.tolist() == [5, 1]  # biased: (9 + 1 + 1 + 9) / 4


def test_running_statistics_take_the_unbiased_variance():
    mean, variance = running_update(
        np.array([0.0, 0.0]), np.array([1.0, 1.0]), X, *batch_statistics(X), momentum=0.25
    )
    np.testing.assert_allclose(mean, [1, 0.25])
    np.testing.assert_allclose(variance, [0.75 + 0.25 * 20 / 3, 0.75 + 0.25 * 4 / 3])


def test_normalization_by_hand():
    out = batch_norm(
        X,
        weight=np.array([2.0, 1.0]),
        bias=np.array([0.5, 0.0]),
        mean=np.array([1.0, 1.0]),
        variance=np.array([3.0, 0.0]),
        epsilon=1.0,
    )
    # channel 0: (x - 1) / 2 * 2 + 0.5; channel 1: x - 1
    np.testing.assert_allclose(out[:, 0, 0], [[0.5, 2.5], [4.5, 6.5]])
    np.testing.assert_allclose(out[:, 1, 0], [[-1, -1], [1, 1]])


def test_a_single_value_has_no_variance():
    with pytest.raises(ShapeError, match="more than one value per channel"):
        batch_statistics(np.zeros((1, 3, 1, 1)))
