"""Images and labels mixed in pairs."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.training.mixing import cutmix, mix, mixup, one_hot

LABELS = np.array([0, 1, 2, 0, 1])


def shades(count: int = 5, dtype: type = np.float64) -> np.ndarray:
    """Images of one value each, 0, 1, 2, ..."""
    return np.ones((count, 3, 8, 12), dtype) * np.arange(count, dtype=dtype).reshape(-1, 1, 1, 1)


def drawn(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_one_hot_puts_each_share_on_its_class() -> None:
    assert one_hot(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_mixup_blends_images_and_targets_by_the_same_share() -> None:
    images, targets = mixup(drawn(), shades(), one_hot(np.arange(5), 5), alpha=1.0)
    shares = np.diag(targets)
    assert np.ptp(shares) > 0.1
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-6)
    for i, share in enumerate(shares):
        before = (i - 1) % 5
        assert targets[i, before] == pytest.approx(1 - share)
        np.testing.assert_allclose(images[i], share * i + (1 - share) * before, rtol=1e-6)


def test_cutmix_counts_the_pixels_that_changed_hands() -> None:
    targets = one_hot(np.arange(5), 5)
    images, mixed = cutmix(drawn(3), shades(), targets, alpha=1.0)
    foreign = [(images[i] == (i - 1) % 5).mean() for i in range(5)]
    own = [(images[i] == i).mean() for i in range(5)]
    np.testing.assert_allclose(np.add(foreign, own), 1)
    np.testing.assert_allclose(np.diag(mixed), own, rtol=1e-6)
    assert max(foreign) > 0.2


def test_the_box_of_a_cutmix_is_one_rectangle_of_the_images_aspect() -> None:
    images, _ = cutmix(drawn(1), shades(400), one_hot(np.zeros(400, np.int64), 2), alpha=1.0)
    for i, image in enumerate(images):
        rows, columns = np.nonzero(image[0] != i)
        box = (np.ptp(rows) + 1) * (np.ptp(columns) + 1) if len(rows) else 0
        assert len(rows) == box


@pytest.mark.parametrize("way", [mixup, cutmix])
def test_arguments_stay_and_float32_does_too(way: type) -> None:
    x, targets = shades(dtype=np.float32), one_hot(LABELS, 3)
    images, mixed = way(drawn(), x, targets, 1.0)
    assert np.array_equal(x, shades(dtype=np.float32))
    assert np.array_equal(targets, one_hot(LABELS, 3))
    assert (images.dtype, mixed.dtype) == (np.float32, np.float32)
    assert images is not x


def test_without_an_alpha_nothing_changes() -> None:
    images, targets = mix(drawn(), shades(), one_hot(LABELS, 3), mixup_alpha=0.0, cutmix_alpha=0.0)
    assert np.array_equal(images, shades())
    assert np.array_equal(targets, one_hot(LABELS, 3))


def test_with_both_each_has_its_turn_and_the_same_seed_gives_the_same() -> None:
    def blended(seed: int) -> bool:
        images, _ = mix(drawn(seed), shades(), one_hot(LABELS, 3), mixup_alpha=1.0, cutmix_alpha=1.0)
        again, _ = mix(drawn(seed), shades(), one_hot(LABELS, 3), mixup_alpha=1.0, cutmix_alpha=1.0)
        assert np.array_equal(images, again)
        return not np.isin(images, np.arange(5)).all()

    turns = [blended(seed) for seed in range(60)]
    assert 15 < sum(turns) < 45
