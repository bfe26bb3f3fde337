import numpy as np
import pytest

from cnn_core.errors import GraphError, ShapeError
from cnn_core.graph import Trace, explain
from cnn_core.layers import Dense, Dropout, Flatten, ReLU
from tests.core.graph.networks import branching, chain, doubled

GRAPH = branching()


@pytest.fixture(scope="module")
def parameters():
    rng = np.random.default_rng(3)
    drawn = {k: v + 0.1 * rng.standard_normal(v.shape) for k, v in doubled(GRAPH.init(rng)).items()}
    return {**drawn, "norm.running_var": 0.5 + rng.random(4)}


@pytest.fixture(scope="module")
def outputs(parameters):
    return Trace(GRAPH, parameters, np.random.default_rng(4).standard_normal((1, 2, 8, 7))).outputs


def indices(shape):
    """Both corners and a place in between."""
    return {tuple(0 for _ in shape), tuple(size - 1 for size in shape), tuple(size // 2 for size in shape)}


def read(output, term):
    """What a term says it read, taken from the output of the node it names; padding is 0."""
    if output.ndim == 2:
        return output[0, term.channel : term.channel + term.patch.size].reshape(term.patch.shape)
    patch = np.zeros(term.patch.shape)
    for i, j in np.ndindex(term.patch.shape):
        y, x = term.y + i * term.step[0], term.x + j * term.step[1]
        if term.inside is None or term.inside[i, j]:
            patch[i, j] = output[0, term.channel, y, x]
    return patch


@pytest.mark.parametrize("node", [node.name for node in GRAPH])
def test_every_value_is_told_by_what_its_sources_really_hold(node, parameters, outputs):
    for index in indices(outputs[node].shape[1:]):
        told = explain(GRAPH, parameters, outputs, node, index)
        assert told.value == outputs[node][0][index]
        assert (told.node, told.index) == (node, index)
        assert len(told.sources) == len(told.terms)
        for source, term in zip(told.sources, told.terms, strict=True):
            inside = slice(None) if term.inside is None else term.inside
            np.testing.assert_array_equal(term.patch[inside], read(outputs[source], term)[inside])


@pytest.mark.parametrize("node", ["stem", "body", "skip", "narrow", "wide", "output"])
def test_the_terms_of_a_sum_add_up_to_its_value(node, parameters, outputs):
    for index in indices(outputs[node].shape[1:]):
        told = explain(GRAPH, parameters, outputs, node, index)
        assert told.operation == "sum"
        total = sum(term.sum for term in told.terms) + (told.bias or 0)
        assert total == pytest.approx(told.value, abs=1e-12)


def test_an_input_is_a_copy_without_terms(parameters, outputs):
    told = explain(GRAPH, parameters, outputs, "input", (1, 2, 3))
    assert (told.operation, told.terms, told.sources) == ("copy", (), ())
    assert told.value == outputs["input"][0, 1, 2, 3]


def test_a_sum_of_branches_names_each_branch(parameters, outputs):
    assert explain(GRAPH, parameters, outputs, "skip", (0, 0, 0)).sources == ("relu", "body")
    assert explain(GRAPH, parameters, outputs, "fork", (1, 0, 0)).sources == ("narrow",)
    assert explain(GRAPH, parameters, outputs, "fork", (2, 0, 0)).sources == ("wide",)
    assert explain(GRAPH, parameters, outputs, "gated", (4, 3, 3)).sources == ("fork", "gate")


def test_a_dense_layer_is_told_map_by_map_through_dropout_and_flatten(parameters, outputs):
    told = explain(GRAPH, parameters, outputs, "output", (2,))
    assert told.sources == ("avg_pool",) * 5
    weights = parameters["output.weight"][2].reshape(5, 3, 2)
    for channel, term in enumerate(told.terms):
        assert (term.channel, term.y, term.x, term.step) == (channel, 0, 0, (1, 1))
        np.testing.assert_array_equal(term.patch, outputs["avg_pool"][0, channel])
        np.testing.assert_array_equal(term.kernel, weights[channel])
        np.testing.assert_allclose(term.products, term.patch * term.kernel, rtol=1e-15)
        assert term.sum == pytest.approx(float(term.products.sum()), abs=1e-15)
    assert told.bias == parameters["output.bias"][2]


def test_a_flattened_value_is_copied_from_its_place_on_the_map(parameters, outputs):
    told = explain(GRAPH, parameters, outputs, "flatten", (2 * 6 + 1 * 2 + 1,))
    assert told.sources == ("avg_pool",)
    (term,) = told.terms
    assert (term.channel, term.y, term.x) == (2, 1, 1)


def test_a_dense_layer_behind_a_vector_is_told_value_by_value():
    graph = chain(Flatten(), ReLU(), Dense(8, 3), Dropout(), Dense(3, 2), shape=(2, 2, 2))
    rng = np.random.default_rng(0)
    parameters = graph.init(rng)
    outputs = Trace(graph, parameters, rng.random((1, 2, 2, 2), np.float32)).outputs
    for node, source, row in (("layer_2", "layer_1", 1), ("layer_4", "layer_3", 0)):
        told = explain(graph, parameters, outputs, node, (row,))
        values, weights = outputs[source][0], parameters[f"{node}.weight"][row]
        assert told.sources == (source,) * len(values)
        assert [(term.channel, term.y, term.x) for term in told.terms] == [
            (channel, 0, 0) for channel in range(len(values))
        ]
        assert [term.patch.item() for term in told.terms] == values.tolist()
        assert [term.kernel.item() for term in told.terms] == weights.tolist()
        assert sum(term.sum for term in told.terms) + told.bias == pytest.approx(told.value, rel=1e-5)


def test_only_the_node_and_what_it_reads_need_to_be_there(parameters, outputs):
    some = {name: outputs[name] for name in ("relu", "body")}
    assert explain(GRAPH, parameters, some, "body", (0, 1, 1)).value == outputs["body"][0, 0, 1, 1]


@pytest.mark.parametrize("index", [(4, 0, 0), (0, 8, 0), (0, 0, 7), (-1, 0, 0), (0, 0), (0,), ()])
def test_an_index_outside_is_refused_with_the_limits(index, parameters, outputs):
    with pytest.raises(ShapeError, match=r"node 'stem': index must be \(0..3, 0..7, 0..6\), got"):
        explain(GRAPH, parameters, outputs, "stem", index)


def test_an_unknown_node_is_answered_with_those_there_are(parameters, outputs):
    with pytest.raises(GraphError, match="no node 'conv_9'; nodes: input, stem"):
        explain(GRAPH, parameters, outputs, "conv_9", (0, 0, 0))
