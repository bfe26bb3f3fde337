"""Mutes in turn are runs of the network edited so, by the very plan, for every kind of layer."""

from itertools import islice

import numpy as np
import pytest

from cnn_core.ablation import Mutes, channel_mean, class_score
from cnn_core.ablation.mutes import is_sum_of_channels
from cnn_core.errors import BadInput, GraphError
from cnn_core.graph import Graph, Node
from cnn_core.graph.edits import Edit, Region, edited
from cnn_core.layers import Add, Conv2d, Dropout, Input
from cnn_core.models import load_model, model_names
from cnn_core.runtime import compile_plan
from tests.core.graph.networks import branching, chain
from tests.core.runtime.test_edits import parts_of_others
from tests.core.runtime.test_plan import image, parameters_of


def outputs(plan, x):
    return {record.node.name: record.output for record in plan.records(x)}


class Bench:
    def __init__(self, graph, parameters, *edits):
        self.before = compile_plan(graph, parameters, image(graph).shape)
        self.graph, self.parameters = edited(graph, parameters, edits)
        self.plan = self.before.edited(self.graph, self.parameters)
        self.x = image(graph)

    def muted(self, node, channel):
        """Every output of the network edited so."""
        graph, parameters = edited(self.graph, self.parameters, [Edit(node, "mute", (channel,))])
        return outputs(self.before.edited(graph, parameters), self.x)

    def check(self, node, asked, most=None):
        mutes = Mutes(self.plan, self.x, node, asked)
        whole = outputs(self.plan, self.x)
        assert mutes.value == asked.value(whole.__getitem__)
        for found in islice(mutes.each(), most):
            wanted = self.muted(node, found.channel)
            assert found.value == asked.value(wanted.__getitem__), (node, found.channel)
            assert found.probability == asked.probability(wanted.__getitem__)
        return mutes


def small(*edits):
    graph = branching()
    return Bench(graph, parameters_of(graph), *edits)


def test_every_mute_of_every_layer_is_the_run_of_the_network_edited_so():
    bench = small()
    for node in bench.graph:
        if node.name != "softmax":
            bench.check(node.name, class_score(bench.graph, 1))
    bench.check("stem", channel_mean(bench.graph, "gated", 3))
    bench.check("gate", channel_mean(bench.graph, "gate", 2))


def test_a_node_that_shows_another_s_memory_is_muted_alone():
    graph = parts_of_others()
    bench = Bench(graph, parameters_of(graph))
    for name, asked in (
        ("a", "mixed"),
        ("drop", "mixed"),
        ("drop", "sum"),
        ("drop_again", "sum"),
        ("both", "last"),
        ("both", "wider"),
        ("b", "wider"),
    ):
        for channel in range(graph.shapes[asked][1]):
            bench.check(name, channel_mean(graph, asked, channel))


def test_an_edited_copy_of_the_input_is_copied_again():
    graph = chain(Dropout(0.5), Conv2d(2, 3, kernel_size=(3, 3)), shape=(2, 5, 5))
    bench = Bench(graph, parameters_of(graph), Edit("layer_0", "fill", (0,), 0.5, region=Region(1, 1, 3, 3)))
    for name in ("input", "layer_0"):
        bench.check(name, channel_mean(graph, "layer_1", 1))


def test_mutes_come_on_top_of_edits():
    bench = small(
        Edit("relu", "fill", (1, 2), 0.75, region=Region(0, 0, 3, 4)),
        Edit("relu", "mute", (0,)),
        Edit("dropout", "fill", (3,), 2.0),
        Edit("narrow", "set", (1,), 0.5, "bias"),
    )
    for node in ("input", "relu", "stem", "flatten", "dropout", "narrow"):
        mutes = bench.check(node, class_score(bench.graph, 2))
    assert next(Mutes(bench.plan, bench.x, "relu", class_score(bench.graph, 2)).each()).value == mutes.value


@pytest.mark.parametrize("name", model_names())
def test_mutes_of_every_packaged_network_are_runs_of_it_edited(name):
    model = load_model(name)
    bench = Bench(model.graph, model.parameters)
    nodes = [node.name for node in model.graph.nodes[1:-1]]
    for node in {nodes[len(nodes) // 2], nodes[-2]}:
        bench.check(node, class_score(model.graph, 2), most=1)


def test_before_the_classes_mutes_add_up_to_the_score_without_its_bias():
    model = load_model("lenet5")
    parameters = {key: value.astype(np.float32) for key, value in model.parameters.items()}
    bench = Bench(model.graph, parameters)
    asked = class_score(model.graph, 3)
    dense = model.graph[asked.node]
    mutes = Mutes(bench.plan, bench.x, dense.inputs[0], asked)
    values = [found.value for found in mutes.each()]
    total = mutes.total(values)
    assert total.adds_up
    assert total.constant == parameters[f"{dense.name}.bias"][3]
    assert total.sum == pytest.approx(mutes.value - float(total.constant), abs=1e-4)
    assert not mutes.total([values[0] + 0.01, *values[1:]]).adds_up
    early = Mutes(bench.plan, bench.x, model.graph.nodes[1].name, asked)
    told = early.total([found.value for found in early.each()])
    assert (told.constant, told.adds_up) == (None, False)


def test_where_something_goes_round_a_layer_its_mutes_need_not_add_up():
    bench = small()
    for node, additive in (("dropout", True), ("avg_pool", True), ("body", False), ("squeeze", False)):
        mutes = Mutes(bench.plan, bench.x, node, class_score(bench.graph, 0))
        assert (mutes.total([mutes.value] * mutes.channels).constant is not None) == additive, node
    nodes = [
        Node("input", Input(shape=(2, 4, 4))),
        Node("a", Conv2d(2, 3, kernel_size=(1, 1)), ("input",)),
        Node("b", Conv2d(3, 3, kernel_size=(1, 1)), ("a",)),
        Node("sum", Add(), ("a", "b")),
    ]
    assert not is_sum_of_channels(Graph(nodes), "b", "sum")
    assert is_sum_of_channels(Graph(nodes), "a", "sum")


def test_mutes_leave_nothing_behind():
    bench = small()
    before = {name: output.copy() for name, output in outputs(bench.plan, bench.x).items()}
    for node in ("relu", "fork"):
        list(Mutes(bench.plan, bench.x, node, class_score(bench.graph, 0)).each())
    after = outputs(bench.plan, bench.x)
    assert all(np.array_equal(after[name], before[name]) for name in after)


def test_what_cannot_be_asked_is_named():
    bench = small()
    with pytest.raises(GraphError, match="'stam'"):
        Mutes(bench.plan, bench.x, "stam", class_score(bench.graph, 0))
    with pytest.raises(BadInput, match="'gate' does not lead to 'narrow'"):
        Mutes(bench.plan, bench.x, "gate", channel_mean(bench.graph, "narrow", 0))
    with pytest.raises(BadInput, match="0 to 2, got 3"):
        class_score(bench.graph, 3)
