import numpy as np
import pytest

from cnn_core.equivariance import FILLS, shift_image, shift_maps
from cnn_core.equivariance.geometry import border_indices
from cnn_core.errors import BadInput, ShapeError

X = np.arange(1 * 2 * 5 * 7, dtype=np.float32).reshape(1, 2, 5, 7) + 1
PADDED = {"zeros": "constant", "wrap": "wrap", "reflect": "reflect"}


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (1, 0), (-2, 3), (6, -4), (-6, 4)])
def test_an_image_moves_by_whole_pixels(fill, dx, dy):
    around = np.pad(X, ((0, 0), (0, 0), (4, 4), (6, 6)), mode=PADDED[fill])
    expected = around[:, :, 4 - dy : 9 - dy, 6 - dx : 13 - dx]
    np.testing.assert_array_equal(shift_image(X, dx, dy, fill), expected)


@pytest.mark.parametrize("fill", FILLS)
def test_fractions_lie_between_the_two_whole_moves(fill):
    found = shift_maps(X, 0.0, -1.25, fill)
    nearer, further = shift_maps(X, 0, -1, fill), shift_maps(X, 0, -2, fill)
    np.testing.assert_allclose(found, 0.75 * nearer + 0.25 * further, rtol=1e-6)


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("length", [1, 2, 5])
def test_borders_are_continued_for_ever(fill, length):
    places = np.arange(-9, length + 9)
    values = np.arange(1, length + 1)
    expected = np.pad(values, 9, mode=PADDED[fill]) if length > 1 or fill != "reflect" else np.ones(19)
    source = border_indices(places, length, fill)
    np.testing.assert_array_equal(np.where(source < 0, 0, values[source]), expected)


@pytest.mark.parametrize(
    ("dx", "dy", "message"),
    [
        (7, 0, "dx must be less than the image's 7 pixels, got 7"),
        (0, -5, "dy must be less than the image's 5 pixels, got -5"),
        (1.5, 0, "dx must be a whole number of pixels, got 1.5"),
        (0, True, "dy must be a whole number of pixels, got True"),
        (0, float("nan"), "dy must be a whole number"),
    ],
)
def test_a_shift_that_makes_no_sense_is_refused(dx, dy, message):
    with pytest.raises(ShapeError, match=message):
        shift_image(X, dx, dy, "wrap")


def test_an_unknown_fill_is_refused():
    with pytest.raises(BadInput, match="fill must be one of zeros, wrap, reflect, got 'edge'"):
        shift_image(X, 1, 0, "edge")
