"""What the network is shown of a batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnn_core.errors import BadRecipe
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import BatchNorm2d, Conv2d, Dense, Flatten, GlobalAvgPool2d, Input
from cnn_core.training.augment import Augmentation, augment
from cnn_core.training.batches import Shard, prepare
from cnn_core.training.datasets import normalise, to_tensors
from cnn_core.training.loop import EpochEnd, train
from cnn_core.training.recipes import Recipe
from cnn_core.training.resizing import resized
from tests.core.training.problems import SPEC, small_network, stripes

PLAIN = Recipe(epochs=4, batch=16, rate=0.01, augmentation=Augmentation())


def pooled_network() -> Graph:
    """A network that ends in global average pooling, so that it takes any size."""
    return Graph(
        [
            Node("input", Input(shape=(3, 8, 8))),
            Node("conv", Conv2d(3, 4, (3, 3), bias=False), ("input",)),
            Node("norm", BatchNorm2d(4), ("conv",)),
            Node("pool", GlobalAvgPool2d(), ("norm",)),
            Node("flatten", Flatten(), ("pool",)),
            Node("output", Dense(4, 2), ("flatten",)),
        ]
    )


def shard(recipe: Recipe, seed: int = 0, side: int | None = None) -> Shard:
    return prepare(np.random.default_rng(seed), stripes(), np.arange(10), SPEC, recipe, side)


def test_without_changes_it_is_the_normalised_images_and_their_labels() -> None:
    whole = shard(PLAIN)
    assert np.array_equal(whole.x, normalise(to_tensors(stripes().images[:10], SPEC), SPEC))
    assert np.array_equal(whole.labels, stripes().labels[:10])


def test_the_share_of_batches_that_are_mixed_is_the_recipes() -> None:
    recipe = replace(PLAIN, mixup=0.5, mix_share=0.25)
    mixed = [shard(recipe, seed).labels.ndim == 2 for seed in range(200)]
    assert 30 < sum(mixed) < 70
    assert not any(shard(replace(recipe, mixup=0.0), seed).labels.ndim == 2 for seed in range(20))


def test_shrunken_images_average_what_they_cover() -> None:
    """Halved without any change, a pixel is a triangle over four, as Pillow's bilinear reduction has it."""
    x = np.random.default_rng(0).random((2, 1, 8, 8)).astype(np.float32)
    out = augment(np.random.default_rng(0), x, Augmentation(), 4)
    kernel = np.zeros((4, 8))
    for row in range(4):
        weights = np.maximum(0, 1 - np.abs(np.arange(8) - (2 * row + 0.5)) / 2)
        kernel[row] = weights / weights.sum()
    np.testing.assert_allclose(out, kernel @ x @ kernel.T, rtol=1e-5)


def test_what_is_too_fine_for_the_small_images_turns_grey() -> None:
    lines = np.zeros((4, 1, 16, 16), np.float32)
    lines[:, :, :, ::2] = 1
    out = augment(np.random.default_rng(0), lines, Augmentation(), 6)
    assert np.ptp(out[..., 1:-1]) < 0.25


def test_the_first_epochs_are_shown_small_images(monkeypatch: pytest.MonkeyPatch) -> None:
    sides: list[int] = []

    def watched(*arguments: object) -> Shard:
        found = prepare(*arguments)
        sides.append(found.x.shape[2])
        return found

    monkeypatch.setattr("cnn_core.training.loop.prepare", watched)
    recipe = replace(PLAIN, small_side=6, small_share=0.5, shards=1)
    ends = [r for r in train(pooled_network(), SPEC, stripes(32), recipe) if isinstance(r, EpochEnd)]
    assert sides == [6] * 4 + [8] * 4
    assert len(ends) == 4


def test_a_network_for_another_size_has_the_same_parameters() -> None:
    graph = pooled_network()
    small = resized(graph, 5)
    assert small.shapes["conv"] == (1, 4, 3, 3)
    assert small.parameter_shapes() == graph.parameter_shapes()
    assert small.output == graph.output


def test_a_network_that_counts_on_its_size_says_so() -> None:
    recipe = replace(PLAIN, small_side=6, small_share=0.5)
    with pytest.raises(BadRecipe, match="small_side 6 does not suit this network: node 'output': dense"):
        next(train(small_network(), SPEC, stripes(), recipe))
