import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.ops import activation as ops

POINTS = [-1000.0, -3.0, -1.5, -0.0, 0.0, 0.25, 3.0, 20.0, 1000.0]


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


BY_HAND = {
    "relu": (ops.relu, lambda x: max(x, 0.0)),
    "leaky_relu": (ops.leaky_relu, lambda x: x if x > 0 else 0.01 * x),
    "sigmoid": (ops.sigmoid, sigmoid),
    "silu": (ops.silu, lambda x: x * sigmoid(x)),
    "hard_swish": (ops.hard_swish, lambda x: x * min(max(x + 3, 0), 6) / 6),
}


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_over_the_whole_range(name, dtype):
    function, by_hand = BY_HAND[name]
    out = function(np.array(POINTS, dtype))
    assert out.dtype == dtype
    tolerance = 1e-6 if dtype == np.float32 else 1e-14
    np.testing.assert_allclose(out, [by_hand(x) for x in POINTS], rtol=tolerance)


def test_a_small_sigmoid_keeps_its_digits():
    assert ops.sigmoid(np.array([-30.0], np.float32))[0] == pytest.approx(math.exp(-30), rel=1e-5, abs=0)


@pytest.mark.parametrize(
    ("gradient", "expected"),
    [
        (lambda g, x: ops.relu_vjp(g, x), [0, 0, 2, 2]),
        (lambda g, x: ops.leaky_relu_vjp(g, x, 0.25), [0.5, 0.5, 2, 2]),
        (lambda g, x: ops.hard_swish_vjp(g, x), [0, 1, 2 * (1 / 3 + 0.5), 2]),
    ],
    ids=["relu", "leaky_relu", "hard_swish"],
)
def test_gradients_at_the_kinks_are_pytorchs(gradient, expected):
    x = np.array([-3.0, 0.0, 1.0, 3.0])
    np.testing.assert_allclose(gradient(np.full(4, 2.0), x), expected, rtol=1e-15)


def test_softmax_by_hand():
    np.testing.assert_allclose(
        ops.softmax(np.log(np.array([[1.0, 2.0, 5.0]]))), [[0.125, 0.25, 0.625]], rtol=1e-15
    )


def test_softmax_of_huge_logits_does_not_overflow():
    out = ops.softmax(np.array([[1000.0, 1000.0, -1000.0]], np.float32))
    assert out.tolist() == [[0.5, 0.5, 0.0]]


@given(st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=6), st.floats(-20, 20, width=32))
def test_softmax_adds_up_to_one_and_ignores_a_common_shift(logits, shift):
    x = np.array([logits])
    p = ops.softmax(x)
    assert p.sum() == pytest.approx(1)
    np.testing.assert_allclose(ops.softmax(x + shift), p, rtol=1e-9)


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x,
        lambda x: x.transpose(2, 0, 3, 1),
        lambda x: x[:, ::2, :, ::-1],
        lambda x: np.broadcast_to(x[:1], x.shape),
        lambda x: x[:0],
        lambda x: x[0, 0, 0, 0],
    ],
)
def test_the_order_of_memory_changes_no_silu(view, monkeypatch):
    monkeypatch.setattr(ops, "BLOCK_ELEMENTS", 7)
    rng = np.random.default_rng(1)
    x = view(rng.standard_normal((2, 3, 5, 4)))
    grad = rng.standard_normal(x.shape)
    s = 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(ops.silu(x), x * s, rtol=1e-13)
    np.testing.assert_allclose(ops.silu_vjp(grad, x), grad * s * (1 + x * (1 - s)), rtol=1e-12, atol=1e-15)
