import doctest
import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnn_core
from cnn_core import preprocess
from cnn_core.errors import BadModelFile, GraphError, ShapeError, UnsupportedOperator
from cnn_core.graph import Graph, Node, Trace, graph, trace
from cnn_core.layers import Add, Conv2d, Dense, Flatten, Input, ReLU
from tests.core.graph.networks import branching, chain

ENTRY = Node("input", Input(shape=(3, 8, 8)))


@pytest.mark.parametrize("module", [cnn_core, graph, trace, preprocess], ids=lambda m: m.__name__)
def test_examples_in_the_documentation_hold(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_nodes_come_after_their_inputs_and_otherwise_as_given():
    nodes = [Node("b", ReLU(), ("a",)), Node("c", ReLU(), ("input",)), Node("a", ReLU(), ("input",)), ENTRY]
    assert [node.name for node in Graph(nodes)] == ["input", "c", "a", "b"]


@st.composite
def shuffled_graphs(draw):
    nodes = [Node("n0", Input(shape=(1, 2, 2)))]
    for position in range(1, draw(st.integers(2, 9))):
        earlier = st.sampled_from([node.name for node in nodes])
        sources = draw(st.lists(earlier, min_size=1, max_size=3))
        nodes.append(Node(f"n{position}", Add(), tuple(sources)))
    return nodes, draw(st.permutations(nodes))


@settings(derandomize=True, deadline=None, max_examples=80)
@given(shuffled_graphs())
def test_any_order_of_the_nodes_makes_the_same_network(drawn):
    nodes, shuffled = drawn
    ordered = [node.name for node in Graph(shuffled)]
    assert sorted(ordered) == sorted(node.name for node in nodes)
    for node in nodes:
        assert all(ordered.index(source) < ordered.index(node.name) for source in node.inputs)
    x = np.arange(4, dtype=np.float32).reshape(1, 1, 2, 2)
    last = nodes[-1].name
    expected = Trace(Graph(nodes), {}, x)[last].output
    np.testing.assert_array_equal(Trace(Graph(shuffled), {}, x)[last].output, expected)


def test_a_cycle_is_refused_and_named_without_the_nodes_behind_it():
    nodes = [
        ENTRY,
        Node("behind", ReLU(), ("b",)),
        Node("a", Add(), ("input", "c")),
        Node("b", ReLU(), ("a",)),
        Node("c", ReLU(), ("b",)),
    ]
    with pytest.raises(GraphError, match="a cycle runs through ") as caught:
        Graph(nodes)
    path = str(caught.value).removeprefix("a cycle runs through ").split(" -> ")
    assert path[0] == path[-1]
    assert sorted(path[1:]) == ["a", "b", "c"]
    wanted = {("a", "b"), ("b", "c"), ("c", "a")}
    assert set(itertools.pairwise(path)) == wanted


def test_a_node_that_reads_itself_is_a_cycle():
    with pytest.raises(GraphError, match=r"a cycle runs through loop -> loop"):
        Graph([ENTRY, Node("loop", Add(), ("input", "loop"))])


def test_a_missing_input_is_named_with_its_reader():
    with pytest.raises(GraphError, match=r"node 'relu': its input 'conv' is no node"):
        Graph([ENTRY, Node("relu", ReLU(), ("conv",))])


def test_a_name_used_twice_is_refused():
    with pytest.raises(GraphError, match=r"two nodes are called 'relu'"):
        Graph([ENTRY, Node("relu", ReLU(), ("input",)), Node("relu", ReLU(), ("input",))])


def test_a_node_without_a_name_is_refused():
    with pytest.raises(GraphError, match=r"a node of kind 'relu' has no name"):
        Graph([ENTRY, Node("", ReLU(), ("input",))])


def test_a_graph_without_nodes_is_refused():
    with pytest.raises(GraphError, match="at least one node"):
        Graph([])


@pytest.mark.parametrize("output", ["conv", ""])
def test_an_output_that_is_no_node_is_refused(output):
    with pytest.raises(GraphError, match=f"output '{output}' is no node; nodes: input"):
        Graph([ENTRY], output=output)


@pytest.mark.parametrize(
    ("name", "layer", "inputs"),
    [
        ("conv", Conv2d(4, 2, kernel_size=(3, 3)), ("input",)),
        ("dense", Dense(12, 2), ("input",)),
        ("relu", ReLU(), ("input", "input")),
        ("second", Input(shape=(1, 2, 2)), ("input",)),
        ("fed_by_nothing", ReLU(), ()),
    ],
)
def test_inputs_that_do_not_fit_are_refused_with_the_node(name, layer, inputs):
    with pytest.raises(ShapeError, match=f"node '{name}': "):
        Graph([ENTRY, Node(name, layer, inputs)])


def test_an_unknown_node_is_answered_with_those_there_are():
    with pytest.raises(GraphError, match=r"no node 'conv_9'; nodes: input, layer_0"):
        chain(ReLU(), shape=(1, 2, 2))["conv_9"]


def test_consumers_are_every_reader_in_order():
    assert [node.name for node in branching().consumers("relu")] == ["body", "skip"]
    assert branching().consumers("softmax") == ()


def test_shapes_follow_the_batch():
    shapes = branching().infer_shapes(batch=5)
    assert shapes["input"] == (5, 2, 8, 7)
    assert shapes["gate"] == (5, 5, 1, 1)
    assert shapes["output"] == (5, 3)


def test_cost_adds_up_by_hand():
    network = chain(Conv2d(3, 10, kernel_size=(3, 3)), Flatten(), Dense(360, 2), shape=(3, 8, 8))
    assert (network.cost("layer_0").parameters, network.cost("layer_0").macs) == (280, 36 * 270)
    total = network.total_cost()
    assert (total.parameters, total.macs) == (280 + 722, 36 * 270 + 720)


def test_a_graph_survives_json():
    network = branching()
    config = json.loads(json.dumps(network.to_config()))
    again = Graph.from_config(config)
    assert again.nodes == network.nodes
    assert again.output == network.output
    assert again.shapes == network.shapes
    assert again.to_config() == network.to_config()


def test_an_unknown_kind_in_a_config_names_its_node_and_the_known_kinds():
    config = chain(ReLU(), shape=(1, 2, 2)).to_config()
    config["nodes"][1]["kind"] = "conv5d"
    with pytest.raises(
        UnsupportedOperator, match=r"node 'layer_0': unknown layer kind 'conv5d'; known: .*conv2d"
    ):
        Graph.from_config(config)


def test_an_unknown_option_in_a_config_names_its_node():
    config = chain(ReLU(), shape=(1, 2, 2)).to_config()
    config["nodes"][1]["config"] = {"slope": 1}
    with pytest.raises(UnsupportedOperator, match=r"node 'layer_0': relu: unknown option 'slope'"):
        Graph.from_config(config)


@pytest.mark.parametrize(
    "row",
    [
        {"name": "conv", "kind": "conv2d", "config": {}, "inputs": ["input"]},
        {"name": "conv", "kind": "conv2d", "config": {"kernel_size": 3, "in_channels": "x"}, "inputs": []},
        {"name": "relu", "kind": "relu", "config": {}, "inputs": "input"},
        {"name": "relu", "kind": "relu", "config": None, "inputs": ["input"]},
        {"name": 7, "kind": "relu", "config": {}, "inputs": ["input"]},
        {"name": "relu", "kind": "relu", "inputs": ["input"]},
        "relu",
    ],
)
def test_a_damaged_row_of_a_config_is_a_bad_model_file(row):
    config = Graph([ENTRY]).to_config()
    config["nodes"].append(row)
    with pytest.raises(BadModelFile, match=r"relu|conv|7"):
        Graph.from_config(config)


@pytest.mark.parametrize("config", [None, [], {}, {"nodes": None}, {"nodes": {"name": "x"}}])
def test_a_config_without_nodes_is_a_bad_model_file(config):
    with pytest.raises(BadModelFile, match="wanted an object with a list of nodes"):
        Graph.from_config(config)


class TestCheckParameters:
    @pytest.fixture
    def network(self):
        return branching()

    @pytest.fixture
    def parameters(self, network):
        return network.init(np.random.default_rng(0))

    def test_fresh_parameters_fit(self, network, parameters):
        network.check_parameters(parameters)
        assert list(parameters) == list(network.parameter_shapes())
        assert network.tracked() == {"norm.running_mean", "norm.running_var"}

    def test_a_missing_one_is_named(self, network, parameters):
        del parameters["wide.bias"]
        with pytest.raises(BadModelFile, match=r"here: wide.bias is missing, wanted \(3,\)"):
            network.check_parameters(parameters, what="here")

    def test_one_too_many_is_named(self, network, parameters):
        parameters["body.bias"] = np.zeros(4, np.float32)
        with pytest.raises(BadModelFile, match=r"body.bias belongs to no node"):
            network.check_parameters(parameters)

    @pytest.mark.parametrize(
        ("value", "complaint"),
        [
            (np.zeros(4, np.float32), r"wide.bias must be \(3,\), got \(4,\)"),
            (np.zeros(3, np.int64), r"wide.bias must be floating-point numbers, got int64"),
            (np.zeros(3, np.complex64), r"wide.bias must be floating-point numbers, got complex64"),
            (np.array([0, np.nan, 0], np.float32), r"wide.bias must be finite"),
            (np.array([0, np.inf, 0], np.float32), r"wide.bias must be finite"),
        ],
    )
    def test_one_that_does_not_fit_is_named(self, network, parameters, value, complaint):
        with pytest.raises(BadModelFile, match=complaint):
            network.check_parameters({**parameters, "wide.bias": value})
