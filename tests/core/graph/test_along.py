"""What is read along an axis, against matrices written out; and long axes in little memory."""

import tracemalloc

import numpy as np
import pytest

from cnn_core.graph import Graph, Node
from cnn_core.graph.along import everything, listed, matrix, window
from cnn_core.graph.field import field_box, receptive_fields
from cnn_core.graph.places import Box
from cnn_core.graph.reads import input_reads
from cnn_core.layers import Concat, Conv2d, Input, Rearrange, ReduceSum
from cnn_core.layers.base import FieldStep


def dense(along):
    read = np.zeros((along.length, along.source), np.bool_)
    read[along.at, along.of] = True
    return read


def written_out(step, axis, length, source):
    read = np.zeros((length, source), np.bool_)
    for place in range(length):
        for tap in range(step.size[axis]):
            at = place * step.stride[axis] - step.padding[axis] + tap * step.dilation[axis]
            if 0 <= at < source:
                read[place, at] = True
    return read


@pytest.mark.parametrize(
    ("step", "length", "source"),
    [
        (FieldStep(), 5, 5),
        (FieldStep((3, 3), (2, 2), (1, 1)), 4, 8),
        (FieldStep((3, 3), (1, 1), (4, 4), (2, 2)), 9, 6),
        (FieldStep((2, 2), (0, 0)), 3, 2),
        (FieldStep((1, 1), (1, 1), (7, 7)), 6, 4),
    ],
)
def test_windows_are_those_written_out(step, length, source):
    found, wanted = window(step, 0, length, source), written_out(step, 0, length, source)

    assert np.array_equal(dense(found), wanted)
    assert found.lists() == tuple(tuple(np.flatnonzero(row).tolist()) for row in wanted)
    assert np.array_equal(dense(found.reversed()), wanted.T)
    values = np.random.default_rng(0).integers(0, 9, (source, 2))
    lowest = [[min(values[row, c], default=99) for c in (0, 1)] for row in wanted]
    assert found.gathered(values, np.minimum, 99).tolist() == lowest


def test_pairs_may_come_in_any_order_and_more_than_once(monkeypatch):
    rng = np.random.default_rng(1)
    at, of = rng.integers(0, 7, 40), rng.integers(0, 5, 40)
    bits = listed(7, 5, at, of)
    monkeypatch.setattr("cnn_core.graph.along._BITMAP", 0)
    sorted_ = listed(7, 5, at, of)

    assert np.array_equal(dense(bits), dense(sorted_))
    assert (np.diff(sorted_.at) >= 0).all()
    assert np.array_equal(dense(matrix(dense(bits))), dense(bits))


def test_everything_is_not_written_out():
    values = np.array([[3, 1], [2, 5]])

    assert everything(3, 2).gathered(values, np.maximum, -1).tolist() == [[3, 5]] * 3


def stacked(channels=16, side=56):
    """Two maps put on a new axis and added up along it, as five axes are held: one long row of places."""
    values = channels * side * side
    flat = (1, 1, values)
    return Graph(
        [
            Node("x", Input(shape=(3, side, side))),
            Node("a", Conv2d(3, channels, (3, 3), padding=(1, 1, 1, 1)), ("x",)),
            Node("b", Conv2d(3, channels, (3, 3), padding=(1, 1, 1, 1)), ("x",)),
            Node("a5", Rearrange(flat, (0, 1, 2), flat), ("a",)),
            Node("b5", Rearrange(flat, (0, 1, 2), flat), ("b",)),
            Node("both", Concat(2), ("a5", "b5")),
            Node("rows", Rearrange((2, values), (1, 0), (values, 2, 1)), ("both",)),
            Node("sum", ReduceSum((2,)), ("rows",)),
            Node("y", Rearrange((channels, side, side), (0, 1, 2), (channels, side, side)), ("sum",)),
        ]
    )


def test_a_long_row_of_places_takes_little_memory_and_its_field_is_right():
    graph = stacked()
    tracemalloc.start()
    try:
        fields = receptive_fields(graph)
        reads = [input_reads(graph, node) for node in graph]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 60e6
    assert fields["a"].size == (3, 3)
    assert fields["y"].size == (56, 56)
    assert sum(len(each.rows) + len(each.columns) for node in reads for each in node) < 200_000
    assert field_box(graph, "a5", (0, 0, 57)) == Box(0, 0, 3, 3)
