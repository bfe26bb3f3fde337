"""Images and labels of a batch mixed in pairs: mixup and CutMix."""

from __future__ import annotations

import numpy as np

from cnn_core.layers.base import Array

__all__ = ["cutmix", "mix", "mixup", "one_hot"]


def one_hot(labels: Array, classes: int) -> Array:
    """Targets ``(N, classes)`` of float32: all of each label's share on its own class."""
    return np.eye(classes, dtype=np.float32)[labels]


def mix(
    rng: np.random.Generator, images: Array, targets: Array, *, mixup_alpha: float, cutmix_alpha: float
) -> tuple[Array, Array]:
    """One of the two, each as often as the other where both have an alpha above 0; neither without one."""
    ways = [way for way in ((mixup, mixup_alpha), (cutmix, cutmix_alpha)) if way[1]]
    if not ways:
        return images, targets
    way, alpha = ways[int(rng.integers(len(ways)))]
    return way(rng, images, targets, alpha)


def mixup(rng: np.random.Generator, images: Array, targets: Array, alpha: float) -> tuple[Array, Array]:
    """Every image blended with the one before it, ``s x_i + (1 - s) x_(i-1)``, and its target alike.

    ``s`` is drawn from Beta(alpha, alpha) for each pair. Batches are in random order, so the image before
    is a random one.

    Shape:
        images: ``(N, C, H, W)``; targets: ``(N, K)``; the results have the same.

    Reference: Zhang et al., 'mixup: Beyond Empirical Risk Minimization', 2018, section 2.
    """
    share = rng.beta(alpha, alpha, size=len(images)).astype(images.dtype)
    return _blend(images, share.reshape(-1, 1, 1, 1)), _blend(targets, share.reshape(-1, 1))


def cutmix(rng: np.random.Generator, images: Array, targets: Array, alpha: float) -> tuple[Array, Array]:
    """A box of every image comes from the one before it, and the target takes over the box's share of it.

    The box has the image's aspect and, where it does not stick out, the share ``1 - s`` of its area, ``s``
    from Beta(alpha, alpha); its centre is anywhere. The target counts the pixels that really changed hands.

    Shape:
        images: ``(N, C, H, W)``; targets: ``(N, K)``; the results have the same.

    Reference: Yun et al., 'CutMix', 2019, section 3.1.
    """
    count, _, height, width = images.shape
    side = np.sqrt(1 - rng.beta(alpha, alpha, size=count))
    top, bottom = _span(rng, side, height)
    left, right = _span(rng, side, width)
    out, before = images.copy(), np.roll(images, 1, axis=0)
    for i in range(count):
        box = (slice(None), slice(top[i], bottom[i]), slice(left[i], right[i]))
        out[i][box] = before[i][box]
    kept = 1 - (bottom - top) * (right - left) / (height * width)
    return out, _blend(targets, kept.astype(targets.dtype).reshape(-1, 1))


def _blend(values: Array, share: Array) -> Array:
    blended: Array = share * values + (1 - share) * np.roll(values, 1, axis=0)
    return blended


def _span(rng: np.random.Generator, side: Array, size: int) -> tuple[Array, Array]:
    """First pixel of each box along an axis, and the one after its last."""
    extent = np.rint(side * size).astype(np.int64)
    start = rng.integers(0, size, size=len(side)) - extent // 2
    return np.clip(start, 0, size), np.clip(start + extent, 0, size)
