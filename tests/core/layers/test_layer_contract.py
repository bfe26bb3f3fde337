"""What every layer promises, checked on every example of every registered layer."""

import json
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

from cnn_core.layers import LAYERS, layer_from_config, register_layer
from tests.core.layers.cases import build, every_example

both_modes = pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])


def test_every_kind_is_registered_under_its_own_name():
    assert {"input", "conv2d", "max_pool2d", "batch_norm2d", "add", "dense", "softmax"} <= set(LAYERS)
    for kind, layer in LAYERS.items():
        assert layer.kind == kind
        assert list(layer.examples()), kind


def test_a_kind_can_be_taken_once():
    with pytest.raises(ValueError, match="'relu' is already ReLU"):
        register_layer("relu")(LAYERS["conv2d"])


@every_example
@both_modes
def test_inferred_shape_is_the_real_shape(example, training):
    case = build(example)
    shape = example.layer.infer_shape(*example.inputs)
    assert case.forward(training=training).output.shape == shape
    assert all(type(length) is int for length in shape)


@every_example
def test_initial_parameters_have_the_shapes_announced(example):
    layer = example.layer
    values = layer.init(np.random.default_rng(0))
    assert {name: value.shape for name, value in values.items()} == layer.parameter_shapes()
    assert all(value.dtype == np.float32 for value in values.values())
    assert layer.tracked() <= set(values)
    again = layer.init(np.random.default_rng(0))
    assert all(np.array_equal(values[name], again[name]) for name in values)


@every_example
def test_cost_counts_every_parameter_that_is_trained(example):
    layer = example.layer
    trained = [shape for name, shape in layer.parameter_shapes().items() if name not in layer.tracked()]
    assert layer.cost(*example.inputs).parameters == sum(int(np.prod(shape)) for shape in trained)


@every_example
@both_modes
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept_forward_and_backward(example, training, dtype):
    case = build(example).as_type(dtype)
    done = case.forward(training=training)
    assert done.output.dtype == dtype
    grads = case.layer.backward(case.params, case.inputs, done, np.ones_like(done.output))
    for array in (*grads.inputs, *grads.params.values(), *done.updates.values()):
        assert array.dtype == dtype


@every_example
@both_modes
def test_nothing_handed_in_is_changed(example, training):
    case = build(example)
    before = build(example)
    done = case.forward(training=training)
    output, grad = done.output.copy(), np.random.default_rng(1).standard_normal(done.output.shape)
    kept = grad.copy()
    case.layer.backward(case.params, case.inputs, done, grad)
    assert np.array_equal(done.output, output)
    assert np.array_equal(grad, kept)
    for mine, theirs in zip(case.inputs, before.inputs, strict=True):
        assert np.array_equal(mine, theirs)
    for name, value in case.params.items():
        assert np.array_equal(value, before.params[name])


@every_example
def test_samples_of_a_batch_do_not_meet_at_inference(example):
    case = build(example)
    together = case.forward().output
    for n in range(len(together)):
        alone = case.forward(inputs=tuple(x[n : n + 1] for x in case.inputs)).output
        np.testing.assert_allclose(alone[0], together[n], rtol=1e-12, atol=1e-12)


def central_differences(loss, array, step=1e-6):
    """Gradient of a number with respect to every value of an array, which is changed in place and back."""
    found = np.zeros_like(array)
    for place in np.ndindex(*array.shape):
        kept = array[place]
        array[place] = kept + step
        above = loss()
        array[place] = kept - step
        found[place] = (above - loss()) / (2 * step)
        array[place] = kept
    return found


@every_example
@both_modes
def test_gradients_equal_central_differences(example, training):
    case = build(example)
    done = case.forward(training=training)
    seed = np.random.default_rng(1).standard_normal(done.output.shape)
    grads = case.layer.backward(case.params, case.inputs, done, seed)
    assert len(grads.inputs) == len(case.inputs)
    assert set(grads.params) == set(case.params) - case.layer.tracked()

    def loss():
        return float((case.forward(training=training).output * seed).sum())

    pairs = list(zip(grads.inputs, case.inputs, strict=True))
    pairs += [(grad, case.params[name]) for name, grad in grads.params.items()]
    for ours, array in pairs:
        assert ours.shape == array.shape
        np.testing.assert_allclose(ours, central_differences(loss, array), rtol=1e-6, atol=2e-7)


@every_example
def test_configuration_survives_json(example):
    layer = example.layer
    config = json.loads(json.dumps(layer.config()))
    assert layer_from_config(layer.kind, config) == layer


@every_example
def test_a_layer_is_frozen_and_hashable(example):
    assert hash(example.layer) == hash(layer_from_config(example.layer.kind, example.layer.config()))
    for field in fields(example.layer):
        with pytest.raises(FrozenInstanceError):
            setattr(example.layer, field.name, None)
