"""All layers trained on for own classes: where it begins, what is held back, that it learns."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.errors import BadDataset
from cnn_core.preprocess import InputSpec
from cnn_core.training.datasets import Dataset
from cnn_core.training.evaluate import evaluate
from cnn_core.training.fine_tune import FineTuned, FineTuning, fine_tune, held_back
from cnn_core.training.last_layer import solve, with_last_layer
from tests.core.training.test_last_layer import net

SPEC = InputSpec(3, 8, 8)


def pictures(each: int = 10, classes: int = 2) -> Dataset:
    """Noise, in which one colour is stronger, a colour a class."""
    rng = np.random.default_rng(5)
    images = rng.integers(0, 160, (each * classes, 8, 8, 3), np.uint8)
    labels = np.repeat(np.arange(classes), each)
    for image, label in zip(images, labels, strict=True):
        image[..., label] += 60
    names = tuple(f"{label}/{n:03d}" for n, label in enumerate(labels))
    return Dataset(images, labels, tuple("abc"[:classes]), names)


def test_it_begins_with_the_last_layer_in_closed_form_and_trains_all() -> None:
    graph, data = net(), pictures()
    parameters = graph.init(np.random.default_rng(0))
    first, *rest, made = fine_tune(graph, parameters, SPEC, data, passes=2)
    assert isinstance(first, FineTuning)
    assert isinstance(made, FineTuned)
    learnt, held = data.split(held_back(data))
    assert (held_back(data), len(held), len(rest)) == (2, 4, 2)
    x = learnt.images.transpose(0, 3, 1, 2).astype(np.float32) / 255
    features = np.maximum(0, _convolved(parameters, x)).mean(axis=(2, 3))
    start = with_last_layer(graph, parameters, solve(features, learnt.labels, 2))
    assert first == FineTuning(0, 2, None, round(4 * evaluate(*start, SPEC, held).top1), 4)
    assert made.scores == evaluate(made.graph, made.parameters, SPEC, held)
    changed = [name for name in parameters if name in made.parameters]
    assert "conv.weight" in changed
    assert not np.array_equal(made.parameters["conv.weight"], parameters["conv.weight"])


def _convolved(parameters: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(2, 3))
    found = np.einsum("ncyxij,ocij->noyx", windows, parameters["conv.weight"])
    return found + parameters["conv.bias"][:, None, None]


def test_the_same_seed_gives_the_same_network() -> None:
    graph, data = net(), pictures()
    parameters = graph.init(np.random.default_rng(0))
    ends = [list(fine_tune(graph, parameters, SPEC, data, passes=1))[-1].parameters for _ in range(2)]
    assert all(np.array_equal(ends[0][name], ends[1][name]) for name in ends[0])


def test_a_class_with_one_picture_is_refused() -> None:
    graph = net()
    data = pictures().take(np.array([0, 1, 2, 10]))
    with pytest.raises(BadDataset, match="class 'b' has 1 images, too few to hold back 1"):
        next(fine_tune(graph, graph.init(np.random.default_rng(0)), SPEC, data, passes=1))
