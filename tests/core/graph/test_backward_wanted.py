"""Asking for less gives the same numbers, and spares the work for the rest."""

import numpy as np
import pytest

from cnn_core.errors import GraphError
from cnn_core.graph import backward, forward
from cnn_core.layers import Conv2d
from tests.core.graph.networks import branching, doubled, finished


@pytest.fixture
def case():
    """The arguments of ``backward`` for a training pass of a branching network, in float64."""
    rng = np.random.default_rng(5)
    graph = branching()
    parameters = doubled(graph.init(rng))
    x = rng.standard_normal((3, 2, 8, 7))
    records = finished(forward(graph, parameters, x, training=True, rng=rng))
    return graph, parameters, records, {"output": rng.standard_normal(records["output"].output.shape)}


def same(some, all_of_them):
    assert some
    for name, value in some.items():
        np.testing.assert_array_equal(value, all_of_them[name])


def test_parameters_alone(case):
    whole, found = backward(*case), backward(*case, nodes=())
    assert found.nodes == {}
    assert list(found.params) == list(whole.params)
    same(found.params, whole.params)


def test_one_node_alone(case):
    whole, found = backward(*case), backward(*case, nodes={"input"}, params=False)
    assert found.params == {}
    assert list(found.nodes) == ["input"]
    same(found.nodes, whole.nodes)


def test_no_work_is_done_for_what_is_not_wanted(case, monkeypatch):
    calls = []

    def count(method):
        original = getattr(Conv2d, method)

        def counted(self, *args):
            calls.append((method, self.in_channels))
            return original(self, *args)

        monkeypatch.setattr(Conv2d, method, counted)

    count("backward_inputs")
    count("backward_params")
    backward(*case, nodes=(), params=False)
    assert calls == []
    backward(*case, nodes={"input"}, params=False)
    assert {method for method, _ in calls} == {"backward_inputs"}
    calls.clear()
    backward(*case, nodes=())
    # the image has two channels: nobody asks for its gradient
    assert ("backward_params", 2) in calls
    assert ("backward_inputs", 2) not in calls


def test_a_node_there_is_not_is_refused(case):
    with pytest.raises(GraphError, match="no node 'logits'"):
        backward(*case, nodes={"logits"})
