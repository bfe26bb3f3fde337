import numpy as np
import pytest
from scipy import ndimage

from cnn_core import load_model, read_image, to_tensor
from cnn_core.equivariance import Lab
from cnn_core.errors import BadInput
from cnn_core.layers import Conv2d, MaxPool2d
from tests.core.graph.networks import chain


def smooth(side=24):
    """An image that turning by any angle about the centre leaves as it is, up to interpolation."""
    rows, columns = np.indices((side, side)) - (side - 1) / 2
    return np.exp(-(rows**2 + columns**2) / 60).astype(np.float32)[np.newaxis, np.newaxis]


def lab_of(*layers, weight, border="zeros"):
    graph = chain(*layers, shape=(1, 24, 24))
    return Lab(graph, {"layer_0.weight": np.array(weight, np.float32).reshape(1, 1, 3, 3)}, border)


def conv():
    return Conv2d(1, 1, (3, 3), bias=False)


ROUND = [1, 2, 1, 2, 4, 2, 1, 2, 1]
SLOPE = [1, 0, -1, 2, 0, -2, 1, 0, -1]


@pytest.mark.parametrize("move", ["rotate", "scale"])
def test_at_rest_every_bit_agrees(move):
    baseline = lab_of(conv(), weight=SLOPE).baseline(smooth())
    layer = getattr(baseline, move)(0.0 if move == "rotate" else 1.0).layers["layer_0"]
    assert (layer.error, layer.left_out, layer.interpolated) == (0.0, 0, False)
    other = getattr(baseline, move)(1.0 if move == "rotate" else 1.05).layers["layer_0"]
    assert other.interpolated


def test_a_kernel_with_the_symmetry_turns_along_and_one_without_does_not():
    photo = np.random.default_rng(0).random((1, 1, 24, 24)).astype(np.float32)
    errors = {}
    for name, weight in (("round", ROUND), ("slope", SLOPE)):
        layer = lab_of(conv(), weight=weight).baseline(photo).rotate(90).layers["layer_0"]
        errors[name] = layer.error
        assert layer.compared > 0
    assert errors["round"] < 1e-6
    assert errors["slope"] > 0.5


def test_a_quarter_turn_is_counter_clockwise():
    photo = np.random.default_rng(0).random((1, 1, 24, 24)).astype(np.float32)
    result = lab_of(conv(), weight=ROUND).baseline(photo).rotate(90)
    inner = (slice(None), slice(None), slice(1, -1), slice(1, -1))
    np.testing.assert_allclose(result.image[inner], np.rot90(photo, axes=(2, 3))[inner], atol=1e-6)


def test_the_centre_of_a_map_is_the_centre_of_the_image():
    # behind valid windows and a stride, place (0, 0) looks at another pixel than (0, 0)
    lab = lab_of(conv(), MaxPool2d((2, 2)), weight=ROUND, border="trained")
    turned = lab.baseline(smooth()).rotate(37).layers["layer_1"]
    assert turned.error < 0.03
    assert lab.plan.steps["layer_1"].centre == (1.5, 1.5)


def test_scaling_enlarges_about_the_centre():
    baseline = lab_of(conv(), weight=ROUND).baseline(smooth())
    larger, smaller = baseline.scale(2.0).image, baseline.scale(0.5).image
    assert larger.sum() > 2 * smooth().sum() > 4 * smaller.sum()
    assert np.unravel_index(larger[0, 0].argmax(), (24, 24))[0] in (11, 12)


def test_what_comes_from_outside_is_left_out():
    same = Conv2d(1, 1, (3, 3), padding=(1, 1, 1, 1), bias=False)
    layers = lab_of(same, weight=ROUND).baseline(smooth()).rotate(45).layers
    layer, photo = layers["layer_0"], layers["input"]
    expected = ndimage.binary_erosion(photo.kept, np.ones((3, 3)), border_value=1)
    np.testing.assert_array_equal(layer.kept, expected)
    assert not photo.kept.all()
    assert layer.kept[12, 12]
    assert layer.left_out == (~layer.kept).sum()
    assert np.isnan(layer.difference(0)[0, 0])


def test_a_trained_net_does_not_turn_along(espresso):
    model = load_model("tiny_vgg")
    baseline = Lab(model.graph, model.parameters, "reflect").baseline(
        to_tensor(read_image(espresso), model.spec)
    )
    for result in (baseline.rotate(20), baseline.scale(1.3)):
        assert list(result.layers) == list(baseline.lab.nodes)
        assert result.layers["max_pool_2"].error > 0.05
        assert result.layers["max_pool_2"].move is None


@pytest.mark.parametrize(
    ("move", "amount"), [("rotate", np.inf), ("scale", 0), ("scale", np.nan), ("scale", 99)]
)
def test_amounts_that_make_no_sense_are_refused(move, amount):
    baseline = lab_of(conv(), weight=ROUND).baseline(smooth())
    with pytest.raises(BadInput, match=move):
        getattr(baseline, move)(amount)
