import doctest

import numpy as np
import pytest

from cnn_core.errors import ShapeError
from cnn_core.ops import windows
from cnn_core.ops.windows import Window, output_size
from tests.core.ops import naive


def test_examples_in_docstrings_hold():
    assert doctest.testmod(windows).failed == 0
    assert doctest.testmod(windows).attempted > 3


@pytest.mark.parametrize("ceil", [False, True])
def test_output_size_is_the_number_of_windows_counted_one_by_one(ceil):
    rng = np.random.default_rng(1)
    for _ in range(300):
        size, kernel, stride, dilation = (int(n) for n in rng.integers(1, 5, 4))
        before, after = (int(n) for n in rng.integers(0, dilation * (kernel - 1) + 1, 2))
        options = (size, kernel, stride, before, after, dilation, ceil)
        assert output_size(*options) == naive.output_size(*options), options


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "pad", "windows_there"),
    [
        (5, 2, 2, 0, 3),  # the last window hangs over the edge
        (4, 3, 2, 0, 2),
        (4, 2, 3, 1, 2),  # a third would start in the padding below: dropped
        (5, 3, 2, 1, 3),  # fits exactly, nothing to round
        (1, 2, 2, 0, 1),  # one window larger than the map
    ],
)
def test_ceil_mode_keeps_only_windows_that_start_inside(size, kernel, stride, pad, windows_there):
    assert output_size(size, kernel, stride, pad, pad, ceil=True) == windows_there


def test_pad_puts_the_value_around_and_what_ceil_mode_reaches_for():
    x = np.arange(1, 5, dtype=np.float32).reshape(1, 1, 2, 2)
    plain = Window((2, 2), padding=(1, 0, 0, 2)).pad(x, -1)
    assert plain[0, 0].tolist() == [[-1, -1, -1, -1], [1, 2, -1, -1], [3, 4, -1, -1]]
    ceil = Window((3, 1), stride=(2, 1), ceil=True).pad(x)
    assert ceil[0, 0].tolist() == [[1, 2], [3, 4], [0, 0]]


def test_pad_without_padding_copies_nothing():
    x = np.zeros((1, 1, 4, 4), np.float32)
    assert Window((2, 2)).pad(x) is x


def test_unpad_undoes_pad():
    x = np.arange(12, dtype=np.float32).reshape(1, 1, 3, 4)
    window = Window((3, 3), padding=(2, 1, 0, 2))
    assert np.array_equal(window.unpad(window.pad(x), 3, 4), x)


def test_view_and_offset_and_patch_read_the_same_cells():
    rng = np.random.default_rng(2)
    x = rng.standard_normal((1, 2, 7, 8))
    window = Window((2, 3), stride=(2, 1), padding=(1, 2, 0, 1), dilation=(3, 2))
    rows, columns = window.output(7, 8)
    padded = window.pad(x)
    view = window.view(padded)
    assert view.shape == (1, 2, 2, 3, rows, columns)
    for i, j in np.ndindex(2, 3):
        assert np.array_equal(window.offset(padded, i, j, rows, columns), view[:, :, i, j])
    for y, column in np.ndindex(rows, columns):
        patch, inside = window.patch(x[0], y, column)
        assert np.array_equal(patch, view[0, ..., y, column])
        assert (patch[:, ~inside] == 0).all()
        assert (patch[:, inside] != 0).all()


def test_a_window_that_fits_nowhere_is_refused_with_both_sizes():
    with pytest.raises(ShapeError, match=r"pool: a window of 5x1 must fit the padded map, got 4x4"):
        Window((3, 1), padding=(1, 0, 0, 1), dilation=(2, 1)).check("pool", 3, 3)
