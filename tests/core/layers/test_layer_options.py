import numpy as np
import pytest

from cnn_core.errors import ShapeError, UnsupportedOperator
from cnn_core.layers import (
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    Dense,
    Dropout,
    GlobalAvgPool2d,
    Input,
    MaxPool2d,
    Multiply,
    ReLU,
    Softmax,
    layer_from_config,
)
from cnn_core.layers.base import Cost


@pytest.mark.parametrize(
    ("layer", "shape", "cost"),
    [
        (Conv2d(3, 10, (3, 3)), (1, 3, 64, 64), Cost(280, 62 * 62 * 270)),
        (Conv2d(8, 8, (3, 3), padding=(1, 1, 1, 1), groups=8, bias=False), (1, 8, 5, 4), Cost(72, 20 * 72)),
        (Conv2d(3, 64, (7, 7), (2, 2), (3, 3, 3, 3), bias=False), (1, 3, 224, 224), Cost(9408, 118_013_952)),
        (Dense(1690, 10), (1, 1690), Cost(16_910, 16_900)),
        (BatchNorm2d(16), (1, 16, 8, 8), Cost(32, 0)),
        (MaxPool2d((2, 2)), (1, 16, 8, 8), Cost(0, 0)),
    ],
    ids=["conv", "depthwise", "resnet-stem", "dense", "batch-norm", "max-pool"],
)
def test_costs_counted_by_hand(layer, shape, cost):
    assert layer.cost(shape) == cost


def test_cost_is_that_of_one_sample():
    assert Conv2d(3, 10, (3, 3)).cost((32, 3, 64, 64)) == Conv2d(3, 10, (3, 3)).cost((1, 3, 64, 64))


def test_pools_stride_by_their_own_size_unless_told_otherwise():
    assert MaxPool2d((2, 3)).stride == (2, 3)
    assert AvgPool2d((2, 3)).stride == (2, 3)
    assert MaxPool2d((2, 3)) == MaxPool2d((2, 3), (2, 3))


@pytest.mark.parametrize("layer", [Conv2d(50, 40, (4, 5)), Dense(1000, 40)])
def test_initial_weights_have_he_variance_and_biases_are_zero(layer):
    values = layer.init(np.random.default_rng(0))
    assert values["weight"].std() == pytest.approx(np.sqrt(2 / 1000), rel=0.02)
    assert values["weight"].mean() == pytest.approx(0, abs=1e-3)
    assert not values["bias"].any()


def test_fresh_batch_norm_changes_next_to_nothing():
    layer = BatchNorm2d(2)
    x = np.random.default_rng(0).standard_normal((1, 2, 3, 3)).astype(np.float32)
    np.testing.assert_allclose(layer.forward(layer.init(np.random.default_rng(0)), x).output, x, rtol=1e-4)


def test_batch_norm_in_training_normalizes_by_the_batch_and_tracks_it():
    layer = BatchNorm2d(2, momentum=0.5)
    params = layer.init(np.random.default_rng(0))
    x = np.array([[[[1, 3]], [[10, 10]]], [[[5, 7]], [[30, 30]]]], np.float32)
    done = layer.forward(params, x, training=True)
    np.testing.assert_allclose(done.output.mean(axis=(0, 2, 3)), 0, atol=1e-6)
    np.testing.assert_allclose(done.output.std(axis=(0, 2, 3)), 1, rtol=1e-4)
    np.testing.assert_allclose(done.updates["running_mean"], [2, 10])
    np.testing.assert_allclose(done.updates["running_var"], [0.5 + 10 / 3, 0.5 + 200 / 3], rtol=1e-6)
    assert not layer.forward(params, x).updates


def test_dropout_drops_only_while_training():
    x = np.ones((1, 1000), np.float32)
    assert Dropout(0.4).forward({}, x).output is x
    dropped = Dropout(0.4).forward({}, x, training=True, rng=np.random.default_rng(0)).output
    assert (dropped == 0).mean() == pytest.approx(0.4, abs=0.05)
    assert dropped.max() == pytest.approx(1 / 0.6)


def test_dropout_in_training_needs_something_to_draw_from():
    with pytest.raises(ValueError, match="dropout: training needs rng"):
        Dropout().forward({}, np.ones((1, 2), np.float32), training=True)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv2d(3, 4, (0, 3)), r"conv2d: kernel_size must be at least 1, got \(0, 3\)"),
        (lambda: Conv2d(3, 4, (3, 3), stride=(1, 0)), "stride must be at least 1"),
        (lambda: Conv2d(3, 4, (3, 3), dilation=(0, 1)), "dilation must be at least 1"),
        (lambda: Conv2d(3, 4, (3, 3), padding=(0, -1, 0, 0)), "padding must be at least 0"),
        (lambda: Conv2d(3, 4, (3, 3), groups=2), "groups must divide .* got 2 groups for 3 and 4"),
        (lambda: Conv2d(0, 4, (3, 3)), "in_channels must be at least 1, got 0"),
        (lambda: MaxPool2d((2, 2), padding=(0, 0, 2, 0)), r"smaller than the window \(2, 2\)"),
        (lambda: MaxPool2d((2, 2), stride=(0, 1)), "max_pool2d: stride must be at least 1"),
        (lambda: AvgPool2d((1, 2), padding=(0, 2, 0, 0)), "avg_pool2d: padding must be smaller"),
        (lambda: BatchNorm2d(0), "batch_norm2d: channels"),
        (lambda: BatchNorm2d(1, epsilon=0), "epsilon must be above 0"),
        (lambda: BatchNorm2d(1, momentum=1.5), "momentum from 0 to 1"),
        (lambda: Dropout(1.5), "dropout: probability must be from 0 to 1, got 1.5"),
        (lambda: Dense(0, 3), "dense: in_features must be at least 1"),
        (lambda: Input((3, 0, 4)), "input: shape must be at least 1"),
        (lambda: Softmax(axis=0), "softmax: axis must not be the batch axis"),
        (lambda: Concat(axis=0), "concat: axis must not be the batch axis"),
    ],
)
def test_options_that_make_no_sense_are_refused(make, message):
    with pytest.raises(ShapeError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "inputs", "message"),
    [
        (Conv2d(3, 4, (3, 3)), [(1, 4, 8, 8)], r"conv2d: x must be \(N, 3, H, W\), got \(1, 4, 8, 8\)"),
        (Conv2d(3, 4, (3, 3)), [(1, 3)], r"conv2d: x must be \(N, 3, H, W\), got \(1, 3\)"),
        (Conv2d(3, 4, (3, 3)), [(1, 3, 2, 9)], "window of 3x3 must fit the padded map, got 2x9"),
        (Conv2d(3, 4, (3, 3)), [(1, 3, 8, 8)] * 2, "conv2d: wanted 1 input, got 2"),
        (MaxPool2d((3, 3)), [(1, 3, 2, 9)], "max_pool2d: a window of 3x3"),
        (AvgPool2d((3, 3)), [(1, 8)], r"avg_pool2d: x must be \(N, C, H, W\), got \(1, 8\)"),
        (GlobalAvgPool2d(), [(1, 8)], r"global_avg_pool2d: x must be \(N, C, H, W\)"),
        (BatchNorm2d(3), [(1, 4, 2, 2)], r"batch_norm2d: x must be \(N, 3, H, W\)"),
        (ReLU(), [], "relu: wanted 1 input, got 0"),
        (Dense(8, 2), [(1, 2, 2, 2)], r"dense: x must be \(N, 8\), got \(1, 2, 2, 2\)"),
        (Add(), [], "add: wanted 1 or more inputs, got 0"),
        (Add(), [(1, 3, 4, 4), (1, 3, 4, 5)], r"add: inputs must have one shape"),
        (Multiply(), [(1, 3, 4, 4), (1, 4)], r"got \(1, 3, 4, 4\) and \(1, 4\)"),
        (Concat(), [(1, 3, 4, 4), (1, 3, 4, 5)], "concat: inputs must agree but for axis 1"),
        (Concat(axis=2), [(1, 3), (1, 3)], "concat: inputs must have axis 2"),
        (Softmax(axis=3), [(1, 3)], "softmax: x must have axis 3"),
        (Input((3, 4, 4)), [(1, 3, 4, 4)], "input: wanted no inputs, got 1"),
    ],
)
def test_inputs_that_do_not_fit_are_named(layer, inputs, message):
    with pytest.raises(ShapeError, match=message):
        layer.infer_shape(*inputs)


def test_unknown_kinds_and_options_list_the_known():
    with pytest.raises(
        UnsupportedOperator, match=r"unknown layer kind 'conv3d'; known: above, abs, .*softmax"
    ):
        layer_from_config("conv3d", {})
    with pytest.raises(
        UnsupportedOperator, match=r"unknown option 'eps'; known: channels, epsilon, momentum"
    ):
        layer_from_config("batch_norm2d", {"channels": 3, "eps": 1})
