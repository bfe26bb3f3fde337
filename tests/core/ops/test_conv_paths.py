"""Every way a convolution goes about its columns gives what the loops of the definition give."""

import numpy as np
import pytest

from cnn_core.ops import conv, norm
from cnn_core.ops.conv import conv2d, conv2d_vjp
from cnn_core.ops.memory import batch_first, batch_inside
from cnn_core.ops.norm import batch_norm_training_vjp, batch_statistics
from cnn_core.ops.pool import max_pool2d, max_pool2d_vjp
from tests.core.ops import draw, naive


@pytest.fixture(params=["viewed", "joined", "row by row"])
def path(request, monkeypatch):
    """Columns as views of the taps, several rows copied together, and strips of a single row."""
    if request.param != "joined":
        monkeypatch.setattr(conv, "LEAST_COLUMNS", 1)
    if request.param == "row by row":
        monkeypatch.setattr(conv, "STRIP_ELEMENTS", 1)


@pytest.mark.parametrize("seed", range(20))
def test_every_path_equals_the_naive_loops(path, seed):
    rng = np.random.default_rng(seed)
    o = draw.window_options(rng)
    x, weight = rng.standard_normal((3, 2, *o.size)), rng.standard_normal((3, 2, *o.kernel))
    rest = (o.stride, o.padding, o.dilation, 1)
    expected = naive.conv2d(x, weight, None, *rest)
    np.testing.assert_allclose(conv2d(x, weight, None, *rest), expected, rtol=1e-10, atol=1e-10)
    # a convolution is linear in either argument: grad . conv(dx, dw) tells both gradients
    grad = rng.standard_normal(expected.shape)
    d_x, d_weight, d_bias = conv2d_vjp(grad, x, weight, *rest)
    for _ in range(3):
        along_x, along_weight = rng.standard_normal(x.shape), rng.standard_normal(weight.shape)
        by_x = (grad * naive.conv2d(along_x, weight, None, *rest)).sum()
        by_weight = (grad * naive.conv2d(x, along_weight, None, *rest)).sum()
        assert (d_x * along_x).sum() == pytest.approx(by_x, rel=1e-9, abs=1e-9)
        assert (d_weight * along_weight).sum() == pytest.approx(by_weight, rel=1e-9, abs=1e-9)
    np.testing.assert_allclose(d_bias, grad.sum(axis=(0, 2, 3)), rtol=1e-10, atol=1e-12)


def test_wide_batches_take_the_viewed_path_unasked():
    rng = np.random.default_rng(1)
    x, weight = draw.array(rng, 16, 2, 6, 10), draw.array(rng, 3, 2, 3, 3)
    assert len(x) * x.shape[3] >= conv.LEAST_COLUMNS
    options = ((1, 1), (1, 1, 1, 1), (1, 1), 1)
    expected = naive.conv2d(x, weight, None, *options)
    np.testing.assert_allclose(conv2d(x, weight, None, *options), expected, rtol=1e-4, atol=1e-5)


def test_the_order_of_memory_changes_no_result():
    rng = np.random.default_rng(2)
    usual = rng.standard_normal((4, 3, 6, 8))
    inside = batch_first(batch_inside(usual))
    assert inside.strides != usual.strides
    weight, gamma = rng.standard_normal((5, 3, 3, 3)), rng.standard_normal(3)
    grad, pooled = rng.standard_normal(usual.shape), rng.standard_normal((4, 3, 3, 4))
    results = []
    for x in (usual, inside):
        statistics = batch_statistics(x)
        top = max_pool2d(x, (2, 2), (2, 2))
        results.append(
            [
                conv2d(x, weight),
                *statistics,
                *batch_norm_training_vjp(grad, x, gamma, *statistics, 1e-5),
                top,
                max_pool2d_vjp(pooled, x, top, (2, 2), (2, 2)),
            ]
        )
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


def test_blocks_of_channels_change_no_batch_norm(monkeypatch):
    rng = np.random.default_rng(3)
    x, grad, gamma = rng.standard_normal((2, 5, 3, 4)), rng.standard_normal((2, 5, 3, 4)), rng.random(5)
    results = []
    for size in (1 << 15, 1, 50):
        monkeypatch.setattr(norm, "BLOCK_ELEMENTS", size)
        statistics = batch_statistics(x)
        results.append([*statistics, *batch_norm_training_vjp(grad, x, gamma, *statistics, 1e-5)])
    np.testing.assert_allclose(results[0][0], x.mean(axis=(0, 2, 3)), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(results[0][1], x.var(axis=(0, 2, 3)), rtol=1e-12)
    for other in results[1:]:
        for one, same in zip(results[0], other, strict=True):
            np.testing.assert_allclose(one, same, rtol=1e-12, atol=1e-12)
