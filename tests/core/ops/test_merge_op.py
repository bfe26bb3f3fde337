import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.ops.merge import add, add_vjp, concat, concat_vjp, multiply, multiply_vjp

MAP = np.array([[[[1.0, 2.0]], [[3.0, 4.0]]]])
GATE = np.array([10.0, 100.0]).reshape(1, 2, 1, 1)


def test_sum_and_product_by_hand():
    assert add(MAP, GATE).ravel().tolist() == [11, 12, 103, 104]
    assert multiply(MAP, GATE).ravel().tolist() == [10, 20, 300, 400]
    assert multiply(MAP, MAP, MAP).ravel().tolist() == [1, 8, 27, 64]


def test_gradients_are_summed_over_what_was_broadcast():
    grad = np.array([[[[1.0, 1.0]], [[1.0, 2.0]]]])
    d_map, d_gate = multiply_vjp(grad, MAP, GATE)
    assert d_map.ravel().tolist() == [10, 10, 100, 200]
    assert d_gate.ravel().tolist() == [3, 11]
    d_map, d_gate = add_vjp(grad, MAP, GATE)
    assert d_map.ravel().tolist() == [1, 1, 1, 2]
    assert d_gate.ravel().tolist() == [2, 3]


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.sampled_from([1, 2, 3, -1]))
def test_concatenated_inputs_come_apart_again(lengths, axis):
    rng = np.random.default_rng(0)
    shapes = [[2, 2, 3, 2] for _ in lengths]
    for shape, length in zip(shapes, lengths, strict=True):
        shape[axis] = length
    inputs = [rng.standard_normal(shape) for shape in shapes]
    joined = concat(*inputs, axis=axis)
    assert joined.shape[axis] == sum(lengths)
    for part, x in zip(concat_vjp(joined, *inputs, axis=axis), inputs, strict=True):
        assert np.array_equal(part, x)


def test_inputs_are_left_alone():
    kept = MAP.copy()
    add(MAP, MAP)
    multiply(MAP, GATE)
    assert add(MAP) is MAP
    assert kept == pytest.approx(MAP)
