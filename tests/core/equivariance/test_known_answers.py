"""Where Tiny VGG's maps move along and where they do not, through the package's front."""

import numpy as np
import pytest

from cnn_core import load_model, read_image, to_tensor
from cnn_core.equivariance import Lab, equivariance

LAYERS = ("conv_1_1", "conv_1_2", "max_pool_1", "conv_2_1", "conv_2_2", "max_pool_2")
STRIDES = dict(zip(LAYERS, (1, 1, 2, 2, 2, 4), strict=True))


@pytest.fixture(scope="module")
def model():
    return load_model("tiny_vgg")


@pytest.fixture(scope="module")
def cup(model, espresso):
    return to_tensor(read_image(espresso), model.spec)


@pytest.mark.parametrize("border", ["trained", "wrap"])
def test_maps_move_along_in_steps_of_their_stride_only(model, cup, border):
    baseline = Lab(model.graph, model.parameters, border).baseline(cup)
    for dx in range(-9, 10):
        layers = baseline.shift(dx, 0, LAYERS).layers
        for name, stride in STRIDES.items():
            layer = layers[name]
            assert layer.exact == (dx % stride == 0), (name, dx)
            assert (layer.error == 0.0) == (dx % stride == 0), (name, dx)
            assert layer.interpolated == (dx % stride != 0)
            assert layer.move == (0.0, dx / stride)
            if dx % stride:
                assert 0.02 < layer.error < 1.0, (name, dx)


def test_both_axes_count(model, cup):
    layers = equivariance(model.graph, model.parameters, cup, 4, 2, nodes=LAYERS).layers
    exact = {name: layer.exact for name, layer in layers.items()}
    assert exact == {name: name != "max_pool_2" for name in LAYERS}


def test_valid_convolutions_leave_out_the_columns_that_see_new_pixels(model, cup):
    layers = equivariance(model.graph, model.parameters, cup, 3, 0, nodes=LAYERS).layers
    assert [layers[name].left_out for name in LAYERS] == [
        *(10 * 62 * 3, 10 * 60 * 3, 10 * 30 * 2, 10 * 28 * 2, 10 * 26 * 2, 10 * 13),
    ]
    assert all(layer.edge == 0 for layer in layers.values())


def test_the_three_maps_are_those_of_the_definition(model, cup):
    baseline = Lab(model.graph, model.parameters, "wrap").baseline(cup)
    result = baseline.shift(3, -2, ("max_pool_1",))
    np.testing.assert_array_equal(result.image, np.roll(cup, (-2, 3), (2, 3)))
    layer = result.layers["max_pool_1"]
    rest = baseline.maps("max_pool_1")
    moved = np.roll(rest, (-1, 1), (1, 2)) * 0.5 + np.roll(rest, (-1, 2), (1, 2)) * 0.5
    np.testing.assert_allclose(layer.after, moved, atol=1e-6)
    np.testing.assert_array_equal(layer.first, baseline.lab.baseline(result.image).maps("max_pool_1"))
    distance = layer.first.astype(float) - layer.after
    assert layer.error == pytest.approx(np.linalg.norm(distance) / np.linalg.norm(layer.after))
    assert layer.differing == np.count_nonzero(distance)
    np.testing.assert_allclose(layer.difference(4), np.abs(distance[4]), atol=1e-6)


def test_blurred_pooling_lowers_the_error_and_strided_raises_it(model, cup):
    errors = {}
    for pooling in ("max", "average", "blur3", "blur5", "strided"):
        baseline = Lab(model.graph, model.parameters, "wrap", pooling).baseline(cup)
        errors[pooling] = baseline.shift(1, 0, ("max_pool_2",)).layers["max_pool_2"].error
    assert errors["blur5"] < errors["blur3"] < errors["max"] < errors["strided"]
