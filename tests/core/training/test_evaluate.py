"""Counting how often a network is right."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Dense, Flatten, Input
from cnn_core.preprocess import InputSpec
from cnn_core.training import evaluate as module
from cnn_core.training.datasets import Dataset
from cnn_core.training.evaluate import (
    ClassScore,
    doubts_of_second,
    evaluate,
    expected_calibration_error,
    named_and_unsure,
)

SPEC = InputSpec(channels=1, height=1, width=5)


def identity() -> tuple[Graph, dict[str, np.ndarray]]:
    """A network whose five scores are its five pixels."""
    graph = Graph(
        [
            Node("input", Input(shape=(1, 1, 5))),
            Node("flatten", Flatten(), ("input",)),
            Node("output", Dense(in_features=5, out_features=5), ("flatten",)),
        ]
    )
    return graph, {"output.weight": np.eye(5, dtype=np.float32), "output.bias": np.zeros(5, np.float32)}


def data(rows: list[tuple[list[int], int]]) -> Dataset:
    images = np.array([pixels for pixels, _ in rows], np.uint8).reshape(-1, 1, 5, 1)
    labels = np.array([label for _, label in rows])
    return Dataset(images, labels, tuple("abcde"), tuple(f"{i}" for i in range(len(rows))))


KNOWN = data(
    [
        ([255, 0, 0, 0, 0], 0),  # first
        ([200, 255, 0, 0, 0], 0),  # second
        ([30, 20, 10, 40, 50], 2),  # last
        ([30, 20, 40, 10, 50], 2),  # second
        ([10, 10, 10, 10, 10], 2),  # third, since ties go to the earlier class
        ([10, 10, 10, 10, 10], 3),  # fourth
    ]
)


def test_a_known_case_is_counted_right() -> None:
    graph, parameters = identity()
    scores = evaluate(graph, parameters, SPEC, KNOWN)
    assert scores.n == 6
    assert scores.top1 == pytest.approx(1 / 6)
    assert scores.top3 == pytest.approx(4 / 6)
    assert scores.per_class == (ClassScore("a", 2, 0.5), ClassScore("c", 3, 0.0), ClassScore("d", 1, 0.0))


def test_the_loss_is_the_mean_cross_entropy() -> None:
    graph, parameters = identity()
    scores = evaluate(graph, parameters, SPEC, data([([255, 0, 0, 0, 0], 0), ([0, 0, 0, 0, 0], 3)]))
    expected = (math.log(math.e + 4) - 1 + math.log(5)) / 2
    assert scores.loss == pytest.approx(expected, rel=1e-6)


def test_answers_that_are_spread_out_are_counted_as_unsure() -> None:
    graph, parameters = identity()
    parameters["output.weight"] *= 9  # pixels of 1 are then nearly certain, equal ones stay equal
    flat, certain = ([10, 10, 10, 10, 10], 3), ([255, 0, 0, 0, 0], 0)
    mixed = data([flat, certain, certain, flat, certain])
    assert evaluate(graph, parameters, SPEC, mixed).unsure == pytest.approx(2 / 5)
    named, unsure = named_and_unsure(graph, parameters, SPEC, mixed)
    assert named.tolist() == [0] * 5
    assert unsure.tolist() == [True, False, False, True, False]


def test_a_second_network_doubts_names_that_it_gives_almost_nothing() -> None:
    graph, parameters = identity()
    parameters["output.weight"] *= 9
    certain, flat = ([255, 0, 0, 0, 0], 0), ([10, 10, 10, 10, 10], 3)
    known, named = ((4,), (0, 3)), np.array([0, 1, 0])
    doubts = doubts_of_second(graph, parameters, SPEC, data([certain, certain, flat]), known, named)
    assert doubts.tolist() == [True, False, False]


def test_the_calibration_error_of_a_known_case() -> None:
    confidences = np.array([0.9, 0.95, 0.7, 0.7, 1.0, 0.05])
    right = np.array([True, False, True, True, True, False])
    # in bins of 1/15: {0.9}, {0.95, 1.0}, {0.7, 0.7}, {0.05}
    expected = (abs(1 - 0.9) + abs(1 - 1.95) + abs(2 - 1.4) + 0.05) / 6
    assert expected_calibration_error(confidences, right) == pytest.approx(expected)


def test_errors_within_a_bin_cancel_and_an_edge_belongs_to_the_bin_below() -> None:
    assert expected_calibration_error(np.full(4, 0.75), np.array([1, 1, 1, 0], bool)) == pytest.approx(0)
    two = np.array([0.5, 0.51])
    assert expected_calibration_error(two, np.array([True, False]), bins=2) == pytest.approx(1.01 / 2)
    assert expected_calibration_error(two, np.array([True, False]), bins=1) == pytest.approx(0.01 / 2)


def test_the_calibration_error_is_that_of_the_answers_probabilities() -> None:
    graph, parameters = identity()
    p = math.e / (math.e + 4)
    right, wrong = ([255, 0, 0, 0, 0], 0), ([255, 0, 0, 0, 0], 1)
    assert evaluate(graph, parameters, SPEC, data([right])).calibration_error == pytest.approx(1 - p)
    assert evaluate(graph, parameters, SPEC, data([wrong])).calibration_error == pytest.approx(p)


@pytest.mark.parametrize("size", [1, 4, 100])
def test_the_size_of_batches_changes_nothing_and_progress_ends_at_all(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    graph, parameters = identity()
    whole = evaluate(graph, parameters, SPEC, KNOWN)
    monkeypatch.setattr(module, "BATCH", size)
    seen: list[int] = []
    scores = evaluate(graph, parameters, SPEC, KNOWN, seen.append)
    assert (scores.top1, scores.top3, scores.per_class) == (whole.top1, whole.top3, whole.per_class)
    assert scores.loss == pytest.approx(whole.loss)
    assert seen[-1] == 6
