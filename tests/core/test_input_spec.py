"""The conventions by which networks want pictures, held against the arithmetic they stand for."""

import numpy as np
import pytest

from cnn_core.errors import ShapeError
from cnn_core.input_spec import SCALINGS, InputSpec, scaled_spec, scaling_of
from cnn_core.preprocess import to_pixels, to_tensor

PICTURE = np.random.default_rng(5).integers(0, 256, (6, 7, 3), dtype=np.uint8)
PLANES = PICTURE.astype(np.float64).transpose(2, 0, 1)
RGB = InputSpec(3, 6, 7)


def column(*numbers):
    return np.array(numbers).reshape(-1, 1, 1)


EXPECTED = {
    "unit": PLANES / 255,
    "imagenet": (PLANES / 255 - column(0.485, 0.456, 0.406)) / column(0.229, 0.224, 0.225),
    "signed": PLANES / 127.5 - 1,
    "bytes": PLANES,
    "caffe": PLANES[::-1] - column(103.939, 116.779, 123.68),
}


@pytest.mark.parametrize("name", list(SCALINGS))
def test_each_convention_is_the_arithmetic_it_stands_for(name):
    tensor = to_tensor(PICTURE, scaled_spec(RGB, name))

    assert tensor.dtype == np.float32
    np.testing.assert_allclose(tensor[0], EXPECTED[name], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", list(SCALINGS))
def test_a_convention_is_recognised(name, channels):
    found = scaling_of(scaled_spec(InputSpec(channels, 4, 4), name))

    assert found == name


def test_numbers_of_ones_own_are_no_convention():
    assert scaling_of(InputSpec(3, 4, 4, mean=(0.1,))) is None


def test_an_unknown_convention_lists_those_there_are():
    with pytest.raises(ShapeError, match="wanted one of unit, imagenet, signed, bytes, caffe, got 'torch'"):
        scaled_spec(RGB, "torch")


def test_what_was_before_stays_bit_for_bit():
    spec = InputSpec(3, 6, 7, mean=(0.5, 0.4, 0.3), std=(0.2, 0.3, 0.4))
    seen = PICTURE.astype(np.float32) / np.float32(255)
    mean, std = np.asarray(spec.mean, np.float32), np.asarray(spec.std, np.float32)

    expected = ((seen - mean) / std).transpose(2, 0, 1)

    assert np.array_equal(to_tensor(PICTURE, spec)[0], expected)


@pytest.mark.parametrize("name", list(SCALINGS))
def test_a_tensor_is_the_picture_again(name):
    spec = scaled_spec(RGB, name)

    assert np.array_equal(to_pixels(to_tensor(PICTURE, spec), spec), PICTURE)
