import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import ShapeError
from cnn_core.ops.loss import softmax_cross_entropy

LOGITS = np.log(np.array([[1.0, 2.0, 5.0], [4.0, 2.0, 2.0]]))


def test_loss_and_gradient_by_hand():
    loss, grad = softmax_cross_entropy(LOGITS, np.array([2, 1]))
    assert loss == pytest.approx(-(math.log(5 / 8) + math.log(2 / 8)) / 2)
    np.testing.assert_allclose(grad, [[0.0625, 0.125, -0.1875], [0.25, -0.375, 0.125]], rtol=1e-12)


def test_smoothing_spreads_the_target_over_all_classes():
    loss, grad = softmax_cross_entropy(LOGITS[:1], np.array([2]), smoothing=0.3)
    # target 0.1, 0.1, 0.8
    assert loss == pytest.approx(-(0.1 * math.log(1 / 8) + 0.1 * math.log(2 / 8) + 0.8 * math.log(5 / 8)))
    np.testing.assert_allclose(grad, [[0.025, 0.15, -0.175]], rtol=1e-12)


@given(
    seed=st.integers(0, 99),
    smoothing=st.floats(0, 1),
    count=st.integers(1, 4),
    classes=st.integers(1, 5),
)
def test_gradient_equals_central_differences(seed, smoothing, count, classes):
    rng = np.random.default_rng(seed)
    logits, labels = rng.standard_normal((count, classes)), rng.integers(0, classes, count)
    _, grad = softmax_cross_entropy(logits, labels, smoothing)
    for place in np.ndindex(*logits.shape):
        step = np.zeros_like(logits)
        step[place] = 1e-6
        above, _ = softmax_cross_entropy(logits + step, labels, smoothing)
        below, _ = softmax_cross_entropy(logits - step, labels, smoothing)
        assert grad[place] == pytest.approx((above - below) / 2e-6, abs=1e-8)


def test_shares_of_classes_are_targets_too():
    shares = np.array([[0.25, 0.0, 0.75], [0.0, 1.0, 0.0]])
    loss, grad = softmax_cross_entropy(LOGITS, shares)
    expected = 0.25 * math.log(1 / 8) + 0.75 * math.log(5 / 8) + math.log(2 / 8)
    assert loss == pytest.approx(-expected / 2)
    np.testing.assert_allclose(grad, [[-0.0625, 0.125, -0.0625], [0.25, -0.375, 0.125]], rtol=1e-12)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_whole_shares_are_labels(smoothing):
    by_label = softmax_cross_entropy(LOGITS, np.array([2, 1]), smoothing)
    by_share = softmax_cross_entropy(LOGITS, np.eye(3)[[2, 1]], smoothing)
    assert by_share[0] == pytest.approx(by_label[0])
    np.testing.assert_allclose(by_share[1], by_label[1], rtol=1e-12)


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        (np.ones((2, 2)) / 2, r"as the logits, \(2, 3\), got \(2, 2\)"),
        (np.ones((2, 3)), "add up to 1"),
        (np.array([[2.0, -1.0, 0.0], [1.0, 0.0, 0.0]]), "0 or more"),
    ],
)
def test_shares_that_do_not_fit_are_refused(shares, message):
    with pytest.raises(ShapeError, match=message):
        softmax_cross_entropy(LOGITS, shares)


def test_huge_logits_give_a_finite_loss_and_float32_stays():
    loss, grad = softmax_cross_entropy(np.array([[1e4, -1e4]], np.float32), np.array([1]))
    assert loss == pytest.approx(2e4)
    assert grad.dtype == np.float32
    assert grad.tolist() == [[1, -1]]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0], r"got \(2, 3\) and \(1,\)"),
        ([0, 3], "labels must be 0 to 2, got 0 to 3"),
        ([-1, 0], "got -1 to 0"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels, message):
    with pytest.raises(ShapeError, match=message):
        softmax_cross_entropy(LOGITS, np.array(labels))
