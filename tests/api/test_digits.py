"""The sample digits are made as the data was that LeNet-5 learnt from."""

from __future__ import annotations

import numpy as np
import pytest

from app.services.digits import BOX, SIDE, digit_pixels


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_fits_its_box_and_is_centred_by_its_mass(digit: int) -> None:
    pixels = digit_pixels(digit)
    grey = pixels[:, :, 0].astype(float)
    rows, columns = np.nonzero(grey)

    assert pixels.shape == (SIDE, SIDE, 3)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == BOX
    for axis in (0, 1):
        centre = grey.sum(axis=1 - axis) @ (np.arange(SIDE) + 0.5) / grey.sum()
        assert abs(centre - SIDE / 2) <= 0.5


def test_digits_are_white_on_black_and_differ() -> None:
    pictures = [digit_pixels(digit) for digit in range(10)]

    assert all(picture.max() == 255 and picture[0, 0, 0] == 0 for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == 10
