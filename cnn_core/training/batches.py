"""From the images of a batch to what the network is shown: augmented, mixed, normalised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.layers.base import Array
from cnn_core.preprocess import InputSpec
from cnn_core.training.augment import augment
from cnn_core.training.datasets import Dataset, normalise, to_tensors
from cnn_core.training.mixing import mix, one_hot
from cnn_core.training.recipes import Recipe

__all__ = ["Shard", "prepare"]


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    """Part of a batch, ready for the network.

    Shape:
        x: ``(N, C, H, W)``; labels: ``(N,)`` integers, or shares of the classes ``(N, K)`` if mixed.
    """

    x: Array
    labels: Array
    rng: np.random.Generator
    """The shard's own random stream, for layers that draw."""


def prepare(
    rng: np.random.Generator, data: Dataset, indices: Array, spec: InputSpec, recipe: Recipe, side: int | None
) -> Shard:
    """The images at ``indices`` as the recipe changes them; ``side`` makes them that small."""
    images = augment(rng, to_tensors(data.images[indices], spec), recipe.augmentation, side)
    labels = data.labels[indices]
    if (recipe.mixup or recipe.cutmix) and rng.random() < recipe.mix_share:
        shares = one_hot(labels, len(data.classes))
        images, labels = mix(rng, images, shares, mixup_alpha=recipe.mixup, cutmix_alpha=recipe.cutmix)
    return Shard(normalise(images, spec), labels, rng)
