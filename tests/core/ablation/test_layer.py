"""A layer's channels over many images: the counts of networks edited one by one."""

import csv
import io

import numpy as np
import pytest

from cnn_core.ablation import LayerAblation
from cnn_core.errors import BadInput, GraphError
from cnn_core.graph import Graph, Node, forward
from cnn_core.graph.edits import Edit, edited
from cnn_core.layers import Conv2d, Dense, Flatten, GlobalAvgPool2d, Input, ReLU, Softmax
from tests.core.graph.networks import branching
from tests.core.runtime.test_plan import parameters_of

LABELS = ("a", "b", "c")


def scores_of(graph, parameters, x):
    return next(record.output for record in forward(graph, parameters, x) if record.node.name == "output")


def counted(graph, parameters, node, x, labels, **options):
    ablation = LayerAblation(graph, parameters, node, LABELS, **options)
    ablation.batch = 4
    for start in range(0, len(x), 4):
        ablation.add(x[start : start + 4], labels[start : start + 4])
    return ablation


@pytest.mark.parametrize("node", ["relu", "fork", "gate", "dropout"])
def test_counts_are_those_of_networks_edited_one_by_one(node):
    graph = branching()
    parameters = parameters_of(graph)
    rng = np.random.default_rng(5)
    x = rng.standard_normal((11, 2, 8, 7)).astype(np.float32)
    clean = scores_of(graph, parameters, x)
    labels = np.where(rng.random(11) < 0.6, clean.argmax(1), rng.integers(0, 2, 11))
    table = counted(graph, parameters, node, x, labels).table()
    assert (table.photos, table.right) == (11, np.count_nonzero(clean.argmax(1) == labels))
    for row in table.rows:
        scores = scores_of(*edited(graph, parameters, [Edit(node, "mute", (row.channel,))]), x)
        right = scores.argmax(1) == labels
        assert row.right == right.sum()
        assert row.change == (row.right - table.right) / 11
        assert row.others == np.count_nonzero(scores.argmax(1) != clean.argmax(1))
        own = np.arange(11), labels
        assert row.score_change == pytest.approx((scores[own] - clean[own]).mean(), abs=1e-5)
        for name, change in zip(table.classes, row.class_changes, strict=True):
            of_class = labels == LABELS.index(name)
            wanted = right[of_class].mean() - (clean.argmax(1) == labels)[of_class].mean()
            assert change == pytest.approx(wanted)
    pair = counted(graph, parameters, node, x, labels, singly=False, groups=[[0, 2]])
    scores = scores_of(*edited(graph, parameters, [Edit(node, "mute", (0, 2))]), x)
    assert pair.right_without[0].sum() == np.count_nonzero(scores.argmax(1) == labels)


def twins():
    """A layer whose channel 1 is channel 0 twice and some more, whose channel 2 is dead, and 3 constant."""
    graph = Graph(
        [
            Node("input", Input(shape=(2, 6, 6))),
            Node("conv", Conv2d(2, 5, kernel_size=(3, 3)), ("input",)),
            Node("relu", ReLU(), ("conv",)),
            Node("mean", GlobalAvgPool2d(), ("relu",)),
            Node("flat", Flatten(), ("mean",)),
            Node("output", Dense(5, 3), ("flat",)),
            Node("softmax", Softmax(), ("output",)),
        ]
    )
    parameters = parameters_of(graph)
    weight, bias = parameters["conv.weight"], parameters["conv.bias"]
    weight[1], bias[1] = 2 * weight[0], 2 * bias[0] + 0.5
    weight[2], bias[2] = 0, 0
    weight[3], bias[3] = 0, 0.3
    return graph, parameters


def test_dead_channels_and_duplicates_are_found():
    graph, parameters = twins()
    x = np.random.default_rng(0).standard_normal((6, 2, 6, 6)).astype(np.float32)
    table = counted(graph, parameters, "conv", x, np.zeros(6, int)).table()
    assert [row.dead for row in table.rows] == [False, False, True, False, False]
    first, second, dead, constant, other = (row.twin for row in table.rows)
    assert (first.channel, second.channel) == (1, 0)
    assert first.duplicate
    assert first.correlation == pytest.approx(1, abs=1e-9)
    assert (dead, constant, other.duplicate) == (None, None, False)
    values = next(r.output for r in forward(graph, parameters, x) if r.node.name == "conv")
    wanted = np.corrcoef(values.transpose(1, 0, 2, 3).reshape(5, -1)[[4, other.channel]])[0, 1]
    assert other.correlation == pytest.approx(wanted, abs=1e-6)


def test_candidates_cost_no_more_than_they_may_and_the_least_missed_comes_first():
    graph, parameters = twins()
    x = np.random.default_rng(0).standard_normal((40, 2, 6, 6)).astype(np.float32)
    labels = scores_of(graph, parameters, x).argmax(1)
    ablation = counted(graph, parameters, "conv", x, labels)
    strict, free = ablation.table(), ablation.table(tolerance=1.0)
    assert 2 in strict.candidates
    assert set(strict.candidates) == {row.channel for row in strict.rows if row.change >= 0}
    assert len(free.candidates) == 5
    costs = [free.rows[channel].change for channel in free.candidates]
    assert costs == sorted(costs, reverse=True)
    assert len(set(costs)) > 1
    assert free.candidates[0] == 2, "the dead one changes nothing at all"
    lines = list(csv.DictReader(io.StringIO(free.csv())))
    assert [int(line["candidate"]) for line in lines] == [free.candidates.index(i) + 1 for i in range(5)]
    assert float(lines[4]["change"]) == free.rows[4].change
    assert (lines[2]["dead"], lines[2]["nearest"], lines[0]["duplicate"]) == ("1", "", "1")
    assert float(lines[0][f"change of {free.classes[0]}"]) == free.rows[0].class_changes[0]


def test_what_cannot_be_ablated_is_named():
    graph = branching()
    parameters = parameters_of(graph)
    with pytest.raises(GraphError, match="no node 'stam'"):
        LayerAblation(graph, parameters, "stam", LABELS)
    with pytest.raises(BadInput, match="'softmax' does not lead to the scores 'output'"):
        LayerAblation(graph, parameters, "softmax", LABELS)
    with pytest.raises(BadInput, match="wanted images"):
        LayerAblation(graph, parameters, "relu", LABELS).table()
