import numpy as np
import pytest

from cnn_core.ops.dense import dense, dense_vjp, dropout_mask, flatten, flatten_vjp


def test_dense_by_hand():
    x = np.array([[1.0, 2.0]], np.float32)
    weight = np.array([[3.0, 4.0], [5.0, 6.0], [7.0, 8.0]], np.float32)
    assert dense(x, weight).tolist() == [[11, 17, 23]]
    assert dense(x, weight, np.array([1, 0, -1], np.float32)).tolist() == [[12, 17, 22]]


def test_dense_gradients_by_hand():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    weight = np.array([[5.0, 6.0]])
    d_x, d_weight, d_bias = dense_vjp(np.array([[1.0], [10.0]]), x, weight)
    assert d_x.tolist() == [[5, 6], [50, 60]]
    assert d_weight.tolist() == [[31, 42]]
    assert d_bias.tolist() == [11]


def test_flatten_runs_along_rows_first_and_comes_back():
    x = np.arange(24.0).reshape(1, 2, 3, 4)
    assert flatten(x)[0, (1 * 3 + 2) * 4 + 1] == x[0, 1, 2, 1]
    assert np.array_equal(flatten_vjp(flatten(x), x), x)


@pytest.mark.parametrize("probability", [0.0, 0.3, 0.5])
def test_dropout_keeps_the_expected_share_and_scales_it_up(probability):
    mask = dropout_mask(np.random.default_rng(0), np.zeros((100, 200), np.float32), probability)
    assert mask.dtype == np.float32
    assert set(np.unique(mask)) <= {0, np.float32(1 / (1 - probability))}
    assert (mask == 0).mean() == pytest.approx(probability, abs=0.015)


def test_dropout_of_everything_leaves_nothing():
    assert not dropout_mask(np.random.default_rng(0), np.zeros(50), 1.0).any()
