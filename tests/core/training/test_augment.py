"""Random changes to batches."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.training.augment import Augmentation, augment

EVERYTHING = Augmentation(zoom=(0.6, 1.3), aspect=0.2, flip=True, jitter=0.3, cutout=0.4)


def batch(count: int = 6, dtype: type = np.float32) -> np.ndarray:
    return np.random.default_rng(0).random((count, 3, 12, 10)).astype(dtype)


def changed(settings: Augmentation, seed: int = 1, count: int = 6) -> np.ndarray:
    return augment(np.random.default_rng(seed), batch(count), settings)


def test_the_same_seed_gives_the_same_batch_and_another_another() -> None:
    assert np.array_equal(changed(EVERYTHING), changed(EVERYTHING))
    assert not np.array_equal(changed(EVERYTHING), changed(EVERYTHING, seed=2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("settings", [Augmentation(), Augmentation(flip=True), EVERYTHING])
def test_shape_dtype_and_range_stay_and_the_batch_is_left_alone(settings: Augmentation, dtype: type) -> None:
    x = batch(dtype=dtype)
    out = augment(np.random.default_rng(1), x, settings)
    assert out.shape == x.shape
    assert out.dtype == x.dtype
    assert out.min() >= 0
    assert out.max() <= 1 + 1e-6
    assert np.array_equal(x, batch(dtype=dtype))
    assert out is not x


def test_no_change_by_default() -> None:
    assert np.array_equal(changed(Augmentation()), batch())


def test_a_flip_mirrors_some_images_exactly_and_leaves_the_others() -> None:
    out, x = changed(Augmentation(flip=True), count=40), batch(40)
    same = [np.array_equal(a, b) for a, b in zip(out, x, strict=True)]
    mirrored = [np.array_equal(a, b[:, :, ::-1]) for a, b in zip(out, x, strict=True)]
    assert all(a != b for a, b in zip(same, mirrored, strict=True))
    assert 10 < sum(mirrored) < 30


def test_a_zoom_below_one_cuts_a_window_out_of_the_image() -> None:
    ramp = np.broadcast_to(np.arange(16, dtype=np.float32) / 15, (50, 1, 16, 16)).copy()
    out = augment(np.random.default_rng(0), ramp, Augmentation(zoom=(0.5, 0.5)))
    steps = np.diff(out[:, 0, 0], axis=1) * 15
    inner = steps[:, 2:-2]
    assert np.allclose(inner, 0.5, atol=1e-4)
    assert out[:, 0, 0, 0].min() < 0.05
    assert out[:, 0, 0, -1].max() > 0.95


def test_a_zoom_above_one_repeats_the_border() -> None:
    x = np.zeros((20, 1, 8, 8), np.float32)
    x[:, :, :, 0] = 1
    out = augment(np.random.default_rng(0), x, Augmentation(zoom=(2.0, 2.0)))
    lit = (out[:, 0, 4] > 0.99).sum(axis=1)
    assert lit.max() >= 4
    assert (out[:, 0, 4, 0] > 0.99).all()


def test_colour_changes_keep_black_images_black_and_grey_images_grey() -> None:
    black = np.zeros((4, 3, 6, 6), np.float32)
    assert not augment(np.random.default_rng(0), black, Augmentation(jitter=0.5)).any()
    grey = np.repeat(batch()[:, :1], 3, axis=1)
    out = augment(np.random.default_rng(0), grey, Augmentation(jitter=0.5))
    assert np.allclose(out, out[:, :1], atol=1e-6)
    assert not np.allclose(out, grey, atol=0.05)


def test_a_cutout_greys_one_square_of_each_image() -> None:
    x = np.zeros((30, 3, 10, 10), np.float32)
    out = augment(np.random.default_rng(0), x, Augmentation(cutout=0.4))
    greyed = (out == 0.5).all(axis=1)
    assert np.array_equal(greyed, (out != 0).any(axis=1))
    assert greyed.sum(axis=(1, 2)).max() == 16
    assert (greyed.sum(axis=(1, 2)) >= 4).all()


def test_a_shift_moves_sideways_and_repeats_the_border() -> None:
    ramp = np.broadcast_to(np.linspace(0, 1, 20, dtype=np.float32), (30, 1, 4, 20))
    out = augment(np.random.default_rng(0), ramp, Augmentation(shift=0.25))
    moved = np.argmin(np.abs(out[:, 0, 0, :, None] - 0.5), axis=1).ravel() - 9.5
    assert 3 < np.abs(moved).max() <= 6
    assert len(np.unique(moved)) > 4
    assert (out == out[:, :, :1]).all()
    assert (np.diff(out, axis=3) >= -1e-6).all()


def test_bands_blank_runs_of_rows_and_columns() -> None:
    x = batch(40)
    out = augment(np.random.default_rng(0), x, Augmentation(bands=0.5))
    changed_rows = (out != x).all(axis=(1, 3)).sum(axis=1)
    changed_columns = (out != x).all(axis=(1, 2)).sum(axis=1)
    for counts, size in ((changed_rows, x.shape[2]), (changed_columns, x.shape[3])):
        assert counts.min() == 0
        assert counts.max() == round(size / 2)
    first = np.argmax(changed_rows)
    blank = (out[first] != x[first]).all(axis=(0, 2))
    assert np.ptp(out[first][:, blank]) < 0.5


def test_noise_is_up_to_its_deviation_and_stays_in_range() -> None:
    grey = np.full((50, 1, 12, 12), 0.5, np.float32)
    found = augment(np.random.default_rng(0), grey, Augmentation(noise=0.1)).std(axis=(1, 2, 3))
    assert found.min() < 0.02
    assert 0.08 < found.max() < 0.12
    assert augment(np.random.default_rng(0), grey * 0, Augmentation(noise=0.5)).min() == 0
