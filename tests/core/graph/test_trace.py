import threading
import time
from dataclasses import dataclass, field

import numpy as np
import pytest

from cnn_core.errors import BadInput, GraphError, ShapeError
from cnn_core.graph import Graph, Node, Trace, forward
from cnn_core.layers import Add, Input, ReLU
from cnn_core.layers.base import Forward
from tests.core.graph.networks import branching, chain


@dataclass(frozen=True)
class Witness(ReLU):
    """A rectifier that notes down every run."""

    name: str = ""
    runs: list = field(default_factory=list, compare=False)

    def forward(self, params, *inputs, training=False, rng=None) -> Forward:
        self.runs.append(self.name)
        return super().forward(params, *inputs, training=training, rng=rng)


@dataclass(frozen=True)
class Broken(ReLU):
    """A layer that cannot run."""

    def forward(self, params, *inputs, training=False, rng=None) -> Forward:
        raise FloatingPointError("no luck")


X = np.array([[[[-1.0, 2.0]]]], dtype=np.float32)


def witnesses(count):
    runs = []
    return chain(*(Witness(f"layer_{i}", runs) for i in range(count)), shape=(1, 1, 2)), runs


def test_records_come_in_topological_order_with_their_outputs():
    graph = branching()
    parameters = graph.init(np.random.default_rng(0))
    x = np.random.default_rng(1).random((2, 2, 8, 7), dtype=np.float32)
    records = list(Trace(graph, parameters, x))
    assert [record.node for record in records] == list(graph)
    shapes = graph.infer_shapes(batch=2)
    for record in records:
        assert record.output.shape == shapes[record.node.name]
        assert record.output.dtype == np.float32
        assert record.milliseconds >= 0


def test_float64_stays_float64():
    graph = branching()
    parameters = {k: v.astype(np.float64) for k, v in graph.init(np.random.default_rng(0)).items()}
    outputs = Trace(graph, parameters, np.ones((1, 2, 8, 7))).outputs
    assert {name: value.dtype for name, value in outputs.items()} == dict.fromkeys(
        outputs, np.dtype(np.float64)
    )


def test_nothing_runs_before_it_is_asked_for():
    graph, runs = witnesses(4)
    trace = Trace(graph, {}, X)
    assert runs == []
    iterator = iter(trace)
    next(iterator)
    next(iterator)
    assert runs == ["layer_0"]


def test_an_early_node_does_not_run_later_ones():
    graph, runs = witnesses(4)
    trace = Trace(graph, {}, X)
    trace["layer_1"]
    assert runs == ["layer_0", "layer_1"]


def test_every_node_runs_once_however_often_it_is_asked_for():
    graph, runs = witnesses(3)
    trace = Trace(graph, {}, X)
    first = [record.output for record in trace]
    assert [record.output for record in trace] == first
    assert trace["layer_2"].output is trace.output is trace.outputs["layer_2"]
    assert list(trace.outputs) == list(trace.records) == ["input", "layer_0", "layer_1", "layer_2"]
    assert runs == ["layer_0", "layer_1", "layer_2"]


def test_threads_share_one_pass():
    @dataclass(frozen=True)
    class Slow(Witness):
        def forward(self, params, *inputs, training=False, rng=None) -> Forward:
            time.sleep(0.01)
            return super().forward(params, *inputs, training=training, rng=rng)

    runs = []
    graph = chain(*(Slow(f"layer_{i}", runs) for i in range(5)), shape=(1, 1, 2))
    trace = Trace(graph, {}, X)
    seen = []
    threads = [threading.Thread(target=lambda: seen.append([r.node.name for r in trace])) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [[node.name for node in graph]] * 6
    assert runs == [f"layer_{i}" for i in range(5)]


def test_the_output_is_the_one_the_graph_names():
    graph = Graph([Node("input", Input(shape=(1, 1, 2))), Node("relu", ReLU(), ("input",))], output="input")
    assert Trace(graph, {}, X).output.tolist() == X.tolist()


def test_an_unknown_node_is_answered_with_those_there_are():
    graph, runs = witnesses(1)
    with pytest.raises(GraphError, match=r"no node 'conv'; nodes: input, layer_0"):
        Trace(graph, {}, X)["conv"]
    assert runs == []


def test_a_failing_layer_fails_again_instead_of_looking_finished():
    trace = Trace(chain(ReLU(), Broken(), shape=(1, 1, 2)), {}, X)
    for _ in range(2):
        with pytest.raises(FloatingPointError, match="no luck"):
            list(trace)
    assert trace["layer_0"].output.tolist() == [[[[0.0, 2.0]]]]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_refused_before_anything_runs(bad):
    graph, runs = witnesses(1)
    with pytest.raises(BadInput, match=r"node 'input': x must be finite, got 1 values"):
        Trace(graph, {}, np.array([[[[0.0, bad]]]]))
    assert runs == []


@pytest.mark.parametrize("shape", [(1, 1, 1, 3), (1, 1, 2), (1, 2, 1, 2)])
def test_another_shape_is_refused_with_the_one_wanted(shape):
    graph, _ = witnesses(1)
    with pytest.raises(ShapeError, match=r"node 'input': x must be \(N, 1, 1, 2\), got"):
        forward(graph, {}, np.zeros(shape, np.float32))


def test_a_graph_of_two_inputs_is_refused_with_their_names():
    entries = [Node("left", Input(shape=(1, 1, 2))), Node("right", Input(shape=(1, 1, 2)))]
    with pytest.raises(GraphError, match=r"this one has 2: left, right"):
        forward(Graph([*entries, Node("sum", Add(), ("left", "right"))]), {}, X)
