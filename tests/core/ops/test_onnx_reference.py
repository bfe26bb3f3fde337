"""Every operator against the ONNX project's own reference, over random shapes and options."""

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from cnn_core.ops import activation, dense, merge, norm, pool
from cnn_core.ops.conv import conv2d
from cnn_core.ops.loss import softmax_cross_entropy
from tests.core.ops import draw

OPSET = 22


def reference(operator, *inputs, outputs=1, opset=OPSET, **attributes):
    """Run one ONNX node; its first output, or all if several are asked for."""
    names = [f"in_{i}" for i in range(len(inputs))]
    results = [f"out_{i}" for i in range(outputs)]
    graph = helper.make_graph(
        [helper.make_node(operator, names, results, **attributes)],
        operator,
        [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape)
            for name, x in zip(names, inputs, strict=True)
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in results],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    found = ReferenceEvaluator(model).run(None, dict(zip(names, inputs, strict=True)))
    return found[0] if outputs == 1 else found


def assert_close(ours, theirs):
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("seed", range(10))
def test_conv(seed, groups):
    rng = np.random.default_rng([seed, groups])
    o = draw.window_options(rng)
    x = draw.array(rng, int(rng.integers(1, 3)), 4, *o.size)
    weight = draw.array(rng, 4 * int(rng.integers(1, 3)), 4 // groups, *o.kernel)
    inputs = (x, weight) if seed % 2 else (x, weight, draw.array(rng, len(weight)))
    theirs = reference("Conv", *inputs, strides=o.stride, pads=o.padding, dilations=o.dilation, group=groups)
    bias = inputs[2] if len(inputs) == 3 else None
    assert_close(conv2d(x, weight, bias, o.stride, o.padding, o.dilation, groups), theirs)


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_max_pool(seed, ceil):
    rng = np.random.default_rng(seed)
    o = draw.window_options(rng)
    # The evaluator reads uneven pads in another order where nothing is strided or dilated.
    stride = (2, o.stride[1]) if o.stride == o.dilation == (1, 1) else o.stride
    x = draw.array(rng, 2, 2, *o.size)
    theirs = reference(
        "MaxPool",
        x,
        kernel_shape=o.kernel,
        strides=stride,
        pads=o.padding,
        dilations=o.dilation,
        ceil_mode=int(ceil),
    )
    assert_close(pool.max_pool2d(x, o.kernel, stride, o.padding, o.dilation, ceil), theirs)


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_average_pool(seed, counted, ceil):
    rng = np.random.default_rng(seed)
    o = draw.window_options(rng, dilated=False)
    # The evaluator shifts all windows where the last one overhangs by two cells or more.
    stride = tuple(min(s, 2) for s in o.stride) if ceil else o.stride
    x = draw.array(rng, 2, 2, *o.size)
    theirs = reference(
        "AveragePool",
        x,
        kernel_shape=o.kernel,
        strides=stride,
        pads=o.padding,
        ceil_mode=int(ceil),
        count_include_pad=int(counted),
    )
    assert_close(pool.avg_pool2d(x, o.kernel, stride, o.padding, ceil, counted), theirs)


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (2, 3, 4, 5), (1, 7, 1, 3)])
def test_global_average_pool(shape):
    x = draw.array(np.random.default_rng(0), *shape)
    assert_close(pool.global_avg_pool2d(x), reference("GlobalAveragePool", x))


@pytest.mark.parametrize("seed", range(3))
def test_batch_norm_at_inference(seed):
    rng = np.random.default_rng(seed)
    x = draw.array(rng, 2, 3, 4, 2)
    weight, bias, mean = draw.array(rng, 3, 3)
    variance = rng.uniform(0.1, 2, 3).astype(np.float32)
    theirs = reference("BatchNormalization", x, weight, bias, mean, variance, epsilon=0.01)
    assert_close(norm.batch_norm(x, weight, bias, mean, variance, 0.01), theirs)


@pytest.mark.parametrize("seed", range(3))
def test_batch_norm_in_training(seed):
    rng = np.random.default_rng(seed)
    x = draw.array(rng, 3, 3, 4, 2)
    weight, bias, running_mean = draw.array(rng, 3, 3)
    running = running_mean, rng.uniform(0.1, 2, 3).astype(np.float32)
    y, mean, variance = reference(
        "BatchNormalization", x, weight, bias, *running, outputs=3, momentum=0.8, training_mode=1
    )
    statistics = norm.batch_statistics(x)
    assert_close(norm.batch_norm(x, weight, bias, *statistics, 1e-5), y)
    ours_mean, ours_variance = norm.running_update(*running, x, *statistics, momentum=0.2)
    assert_close(ours_mean, mean)
    # ONNX keeps the biased variance of the 24 values, PyTorch and we the unbiased one.
    assert_close(ours_variance - 0.2 * statistics[1] / 23, variance)


@pytest.mark.parametrize(
    ("operator", "ours", "attributes", "opset"),
    [
        ("Relu", activation.relu, {}, OPSET),
        ("LeakyRelu", lambda x: activation.leaky_relu(x, 0.2), {"alpha": 0.2}, OPSET),
        ("Sigmoid", activation.sigmoid, {}, OPSET),
        ("HardSwish", activation.hard_swish, {}, OPSET),
        ("Swish", activation.silu, {}, 24),
    ],
)
@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 7)])
def test_functions_of_single_values(operator, ours, attributes, opset, shape):
    x = 4 * draw.array(np.random.default_rng(1), *shape)
    assert_close(ours(x), reference(operator, x, opset=opset, **attributes))


@pytest.mark.parametrize(("shape", "axis"), [((2, 5), -1), ((2, 5), 1), ((2, 3, 4, 5), 1), ((2, 3, 4, 5), 2)])
def test_softmax(shape, axis):
    x = 3 * draw.array(np.random.default_rng(2), *shape)
    assert_close(activation.softmax(x, axis), reference("Softmax", x, axis=axis))


@pytest.mark.parametrize(
    "shapes",
    [
        ((2, 3, 4, 5), (2, 3, 4, 5)),
        ((2, 3, 4, 5), (2, 3, 1, 1)),
        ((1, 1, 4, 5), (1, 3, 4, 1)),
        ((2, 6), (2, 6)),
    ],
)
@pytest.mark.parametrize(("operator", "ours"), [("Add", merge.add), ("Mul", merge.multiply)])
def test_sum_and_product(operator, ours, shapes):
    rng = np.random.default_rng(3)
    inputs = [draw.array(rng, *shape) for shape in shapes]
    assert_close(ours(*inputs), reference(operator, *inputs))


@pytest.mark.parametrize("axis", [1, 2, 3, -1])
def test_concat(axis):
    rng = np.random.default_rng(4)
    inputs = [draw.array(rng, *(n if i == axis % 4 else 2 for i in range(4))) for n in (1, 3, 2)]
    assert_close(merge.concat(*inputs, axis=axis), reference("Concat", *inputs, axis=axis))


def test_flatten():
    x = draw.array(np.random.default_rng(5), 2, 3, 4, 5)
    assert_close(dense.flatten(x), reference("Flatten", x))


@pytest.mark.parametrize("biased", [False, True])
def test_dense(biased):
    rng = np.random.default_rng(6)
    x, weight, bias = draw.array(rng, 3, 7), draw.array(rng, 5, 7), draw.array(rng, 5)
    inputs = (x, weight, bias) if biased else (x, weight)
    assert_close(dense.dense(*inputs), reference("Gemm", *inputs, transB=1))


def test_softmax_cross_entropy():
    rng = np.random.default_rng(7)
    logits, labels = draw.array(rng, 6, 4), rng.integers(0, 4, 6)
    loss, _ = softmax_cross_entropy(logits, labels)
    assert loss == pytest.approx(float(reference("SoftmaxCrossEntropyLoss", logits, labels)), rel=1e-5)
