import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import ShapeError
from cnn_core.ops import conv
from cnn_core.ops.conv import conv2d, conv2d_vjp
from tests.core.ops import draw, naive


def test_numbers_worked_by_hand():
    x = np.arange(1, 10, dtype=np.float32).reshape(1, 1, 3, 3)
    weight = np.array([[[[1, 2], [3, 4]]]], np.float32)
    # top left: 1*1 + 2*2 + 4*3 + 5*4 = 37, plus the bias 0.5
    assert conv2d(x, weight, np.array([0.5], np.float32))[0, 0].tolist() == [[37.5, 47.5], [67.5, 77.5]]


def test_kernel_is_not_flipped():
    x = np.zeros((1, 1, 1, 3), np.float32)
    x[0, 0, 0, 2] = 1
    assert conv2d(x, np.array([[[[5, 6, 7]]]], np.float32)).item() == 7


def test_stride_dilation_and_uneven_padding_by_hand():
    x = np.arange(1, 6, dtype=np.float32).reshape(1, 1, 1, 5)
    weight = np.array([[[[1, 10]]]], np.float32)
    # padded: 0 1 2 3 4 5 0 0; windows of cells (k, k + 3) from 0, 2 and 4
    out = conv2d(x, weight, stride=(1, 2), padding=(0, 1, 0, 2), dilation=(1, 3))
    assert out.ravel().tolist() == [30, 52, 4]


def test_groups_keep_channels_apart():
    x = np.stack([np.full((2, 2), 1.0), np.full((2, 2), 10.0)])[None].astype(np.float32)
    weight = np.array([1, 2, 3, 4], np.float32).reshape(4, 1, 1, 1)
    assert conv2d(x, weight, groups=2)[0, :, 0, 0].tolist() == [1, 2, 30, 40]


def test_gradients_worked_by_hand():
    x = np.array([1, 2, 3], np.float32).reshape(1, 1, 1, 3)
    weight = np.array([10, 20], np.float32).reshape(1, 1, 1, 2)
    grad = np.array([1, -1], np.float32).reshape(1, 1, 1, 2)
    d_x, d_weight, d_bias = conv2d_vjp(grad, x, weight)
    assert d_x.ravel().tolist() == [10, 10, -20]  # 1*10, 1*20 - 1*10, -1*20
    assert d_weight.ravel().tolist() == [-1, -1]  # 1*1 - 1*2, 1*2 - 1*3
    assert d_bias.tolist() == [0]


@pytest.mark.parametrize("seed", range(25))
def test_equals_the_naive_loops(seed):
    rng = np.random.default_rng(seed)
    options = draw.window_options(rng)
    groups = int(rng.choice([1, 2, 4]))
    x = draw.array(rng, 2, 4, *options.size)
    weight = draw.array(rng, 4 * int(rng.integers(1, 3)), 4 // groups, *options.kernel)
    bias = draw.array(rng, len(weight)) if seed % 2 else None
    rest = (options.stride, options.padding, options.dilation, groups)
    np.testing.assert_allclose(
        conv2d(x, weight, bias, *rest), naive.conv2d(x, weight, bias, *rest), rtol=1e-5, atol=1e-5
    )


def test_strips_change_nothing(monkeypatch):
    rng = np.random.default_rng(3)
    x, weight = rng.standard_normal((2, 4, 11, 9)), rng.standard_normal((6, 2, 3, 3))
    options = ((2, 1), (1, 2, 0, 1), (2, 1), 2)
    whole = conv2d(x, weight, None, *options)
    grad = rng.standard_normal(whole.shape)
    whole_gradients = conv2d_vjp(grad, x, weight, *options)
    monkeypatch.setattr(conv, "STRIP_ELEMENTS", 1)
    np.testing.assert_allclose(conv2d(x, weight, None, *options), whole, rtol=1e-12)
    for strip, once in zip(conv2d_vjp(grad, x, weight, *options), whole_gradients, strict=True):
        np.testing.assert_allclose(strip, once, rtol=1e-10, atol=1e-12)


def test_a_gradient_that_is_not_contiguous_is_read_right():
    rng = np.random.default_rng(4)
    x, weight = rng.standard_normal((2, 3, 5, 5)), rng.standard_normal((4, 3, 3, 3))
    grad = rng.standard_normal((2, 3, 3, 4)).transpose(0, 3, 1, 2)
    for view, copy in zip(conv2d_vjp(grad, x, weight), conv2d_vjp(grad.copy(), x, weight), strict=True):
        assert np.array_equal(view, copy)


@given(dy=st.integers(0, 3), dx=st.integers(0, 3), stride=st.integers(1, 2), seed=st.integers(0, 99))
def test_a_shifted_image_gives_a_shifted_map(dy, dx, stride, seed):
    rng = np.random.default_rng(seed)
    image = draw.array(rng, 1, 2, 14, 14)
    weight = draw.array(rng, 3, 2, 3, 3)
    here = conv2d(image[..., :10, :10], weight, stride=(stride, stride))
    there = conv2d(
        image[..., dy * stride : dy * stride + 8, dx * stride : dx * stride + 8],
        weight,
        stride=(stride, stride),
    )
    rows, columns = here.shape[2] - dy, here.shape[3] - dx
    np.testing.assert_allclose(
        there[..., :rows, :columns],
        here[..., dy:, dx:][..., : there.shape[2], : there.shape[3]],
        rtol=1e-5,
        atol=1e-5,
    )


@given(a=st.floats(-3, 3), b=st.floats(-3, 3), seed=st.integers(0, 99))
def test_is_linear_in_the_image(a, b, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((2, 1, 2, 6, 5))
    weight = rng.standard_normal((3, 2, 3, 2))
    together = conv2d(a * x + b * y, weight, padding=(1, 1, 1, 1))
    apart = a * conv2d(x, weight, padding=(1, 1, 1, 1)) + b * conv2d(y, weight, padding=(1, 1, 1, 1))
    np.testing.assert_allclose(together, apart, rtol=1e-9, atol=1e-9)


@given(seed=st.integers(0, 10_000))
def test_vjp_is_the_transpose_of_the_forward_map(seed):
    rng = np.random.default_rng(seed)
    options = draw.window_options(rng)
    x, weight = rng.standard_normal((1, 2, *options.size)), rng.standard_normal((4, 1, *options.kernel))
    rest = (options.stride, options.padding, options.dilation, 2)
    out = conv2d(x, weight, None, *rest)
    grad = rng.standard_normal(out.shape)
    d_x, d_weight, _ = conv2d_vjp(grad, x, weight, *rest)
    assert (grad * out).sum() == pytest.approx((d_x * x).sum(), rel=1e-9, abs=1e-9)
    assert (grad * out).sum() == pytest.approx((d_weight * weight).sum(), rel=1e-9, abs=1e-9)


def test_channels_that_do_not_fit_are_named():
    weight = np.zeros((4, 3, 3, 3), np.float32)
    with pytest.raises(ShapeError, match=r"conv2d: x must be \(N, 3, H, W\), got \(1, 4, 8, 8\)"):
        conv2d(np.zeros((1, 4, 8, 8), np.float32), weight)
    with pytest.raises(ShapeError, match=r"filters must be a multiple of groups=3, got 4"):
        conv2d(np.zeros((1, 9, 8, 8), np.float32), weight, groups=3)
    with pytest.raises(ShapeError, match=r"window of 3x3 must fit the padded map, got 2x8"):
        conv2d(np.zeros((1, 3, 2, 8), np.float32), weight)
