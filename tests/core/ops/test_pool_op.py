import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import ShapeError
from cnn_core.ops.pool import (
    avg_pool2d,
    avg_pool2d_vjp,
    global_avg_pool2d,
    global_avg_pool2d_vjp,
    max_pool2d,
    max_pool2d_vjp,
)
from tests.core.ops import draw, naive


def grid(*rows):
    return np.array(rows, np.float32)[None, None]


def test_maximum_by_hand():
    x = grid([1, 3, 2, 9], [4, 2, 8, 1])
    assert max_pool2d(x, (2, 2), (2, 2))[0, 0].tolist() == [[4, 9]]


def test_padding_never_wins_a_maximum():
    x = grid([-5, -3], [-4, -2])
    out = max_pool2d(x, (2, 2), (1, 1), (1, 1, 0, 0))
    assert out[0, 0].tolist() == [[-5, -3], [-4, -2]]


def test_ceil_mode_takes_the_overhanging_rest():
    x = grid([1, 2, 3], [4, 5, 6], [7, 8, 9])
    assert max_pool2d(x, (2, 2), (2, 2), ceil_mode=True)[0, 0].tolist() == [[5, 6], [8, 9]]
    assert avg_pool2d(x, (2, 2), (2, 2), ceil_mode=True)[0, 0].tolist() == [[3, 4.5], [7.5, 9]]


def test_a_window_that_steps_over_the_whole_map_is_minus_infinity():
    out = max_pool2d(grid([3]), (1, 2), (1, 1), (0, 1, 0, 2), dilation=(1, 3))
    assert out.ravel().tolist() == [-np.inf]


def test_nan_is_passed_on():
    assert np.isnan(max_pool2d(grid([1, np.nan], [2, 3]), (2, 2), (2, 2))).all()


def test_gradient_goes_to_the_first_of_equal_maxima():
    x = grid([7, 7], [7, 1])
    out = max_pool2d(x, (2, 2), (2, 2))
    assert max_pool2d_vjp(grid([5]), x, out, (2, 2), (2, 2))[0, 0].tolist() == [[5, 0], [0, 0]]


def test_padding_takes_no_gradient_from_a_maximum_of_zero():
    x = grid([0, -1])
    options = ((1, 2), (1, 1), (0, 1, 0, 0))
    out = max_pool2d(x, *options)
    assert max_pool2d_vjp(grid([2, 3]), x, out, *options)[0, 0].tolist() == [[5, 0]]


def test_gradients_of_overlapping_windows_add_up():
    x = grid([1, 9, 2])
    out = max_pool2d(x, (1, 2), (1, 1))
    assert max_pool2d_vjp(grid([3, 4]), x, out, (1, 2), (1, 1))[0, 0].tolist() == [[0, 7, 0]]
    assert avg_pool2d_vjp(grid([4, 6]), x, (1, 2), (1, 1))[0, 0].tolist() == [[2, 5, 3]]


def test_mean_with_and_without_counting_padding():
    x = grid([4, 8])
    options = ((1, 2), (1, 1), (0, 1, 0, 1))
    assert avg_pool2d(x, *options)[0, 0].tolist() == [[4, 6, 8]]
    assert avg_pool2d(x, *options, count_include_pad=True)[0, 0].tolist() == [[2, 6, 4]]


def test_what_ceil_mode_adds_beyond_the_padding_is_never_counted():
    # padded to 0 6 6 6 0, windows from 0 and 3; the second has 6, the padding 0, and a cell beyond
    x = grid([6, 6, 6])
    out = avg_pool2d(x, (1, 3), (1, 3), (0, 1, 0, 1), ceil_mode=True, count_include_pad=True)
    assert out[0, 0].tolist() == [[4, 3]]


def test_global_mean_by_hand():
    x = np.arange(8, dtype=np.float32).reshape(1, 2, 2, 2)
    assert global_avg_pool2d(x).tolist() == [[[[1.5]], [[5.5]]]]
    grad = np.array([4, 8], np.float32).reshape(1, 2, 1, 1)
    assert global_avg_pool2d_vjp(grad, x).reshape(2, 4).tolist() == [[1] * 4, [2] * 4]


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_maximum_equals_the_naive_loops(seed, ceil):
    rng = np.random.default_rng(seed)
    o = draw.window_options(rng)
    x = draw.array(rng, 2, 2, *o.size)
    rest = (o.kernel, o.stride, o.padding, o.dilation, ceil)
    assert np.array_equal(max_pool2d(x, *rest), naive.max_pool2d(x, *rest))


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_mean_equals_the_naive_loops(seed, ceil, counted):
    rng = np.random.default_rng(seed)
    o = draw.window_options(rng, dilated=False)
    x = draw.array(rng, 2, 2, *o.size)
    rest = (o.kernel, o.stride, o.padding, ceil, counted)
    np.testing.assert_allclose(avg_pool2d(x, *rest), naive.avg_pool2d(x, *rest), rtol=1e-5, atol=1e-6)


@given(seed=st.integers(0, 10_000))
def test_a_maximum_grows_with_its_input(seed):
    rng = np.random.default_rng(seed)
    o = draw.window_options(rng)
    x = draw.array(rng, 1, 2, *o.size)
    more = x + np.abs(draw.array(rng, *x.shape))
    rest = (o.kernel, o.stride, o.padding, o.dilation, True)
    assert (max_pool2d(more, *rest) >= max_pool2d(x, *rest)).all()


@given(seed=st.integers(0, 10_000))
def test_all_of_the_gradient_arrives(seed):
    rng = np.random.default_rng(seed)
    o = draw.window_options(rng, dilated=False)
    x = rng.standard_normal((1, 2, *o.size))
    out = max_pool2d(x, o.kernel, o.stride, o.padding, ceil_mode=True)
    grad = rng.standard_normal(out.shape)
    d_max = max_pool2d_vjp(grad, x, out, o.kernel, o.stride, o.padding, ceil_mode=True)
    d_mean = avg_pool2d_vjp(grad, x, o.kernel, o.stride, o.padding, ceil_mode=True)
    assert d_max.sum() == pytest.approx(grad.sum(), abs=1e-9)
    assert d_mean.sum() == pytest.approx(grad.sum(), abs=1e-9)


def test_a_window_larger_than_the_map_is_refused():
    with pytest.raises(ShapeError, match=r"max_pool2d: a window of 3x3 must fit the padded map, got 2x5"):
        max_pool2d(np.zeros((1, 1, 2, 5), np.float32), (3, 3), (1, 1))
