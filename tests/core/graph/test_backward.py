import numpy as np
import pytest

from cnn_core.errors import GraphError, ShapeError
from cnn_core.graph import Graph, Node, backward, forward
from cnn_core.layers import Add, Input, ReLU
from tests.core.graph.networks import branching, chain, doubled, finished

EPSILON = 1e-6


@pytest.fixture(scope="module", params=[False, True], ids=["inference", "training"])
def case(request):
    """A branching network in float64, seeded at three nodes, and the loss those seeds belong to."""
    training = request.param
    rng = np.random.default_rng(5)
    graph = branching()
    parameters = {k: v + 0.1 * rng.standard_normal(v.shape) for k, v in doubled(graph.init(rng)).items()}
    parameters["norm.running_var"] = 0.5 + rng.random(4)
    x = rng.standard_normal((3, 2, 8, 7))

    def run(parameters, x):
        # the same draws of dropout on every run
        return finished(forward(graph, parameters, x, training=training, rng=np.random.default_rng(9)))

    records = run(parameters, x)
    seeds = {
        name: rng.standard_normal(records[name].output.shape) for name in ("softmax", "output", "avg_pool")
    }

    def loss(parameters, x):
        done = run(parameters, x)
        return sum(float((seed * done[name].output).sum()) for name, seed in seeds.items())

    return graph, parameters, x, loss, backward(graph, parameters, records, seeds), seeds


def difference(loss, array, place):
    """Central difference of ``loss()`` by one number of an array, which is put back."""
    kept = array[place]
    array[place] = kept + EPSILON
    above = loss()
    array[place] = kept - EPSILON
    below = loss()
    array[place] = kept
    return (above - below) / (2 * EPSILON)


def places(array, count=6):
    picked = np.random.default_rng(1).choice(array.size, size=min(count, array.size), replace=False)
    return [np.unravel_index(i, array.shape) for i in picked]


def test_every_parameter_has_the_gradient_of_central_differences(case):
    graph, parameters, x, loss, gradients, _ = case
    assert set(gradients.params) == set(graph.parameter_shapes()) - graph.tracked()
    for name, gradient in gradients.params.items():
        assert gradient.shape == parameters[name].shape
        for place in places(gradient):
            expected = difference(lambda: loss(parameters, x), parameters[name], place)
            assert gradient[place] == pytest.approx(expected, rel=1e-5, abs=1e-6), (name, place)


def test_the_image_has_the_gradient_of_central_differences(case):
    _, parameters, x, loss, gradients, _ = case
    for place in places(x, count=25):
        expected = difference(lambda: loss(parameters, x), x, place)
        assert gradients.nodes["input"][place] == pytest.approx(expected, rel=1e-5, abs=1e-6), place


def test_every_node_has_a_gradient_in_the_order_of_the_graph(case):
    graph, _, _, _, gradients, seeds = case
    assert list(gradients.nodes) == [node.name for node in graph]
    np.testing.assert_array_equal(gradients.nodes["softmax"], seeds["softmax"])


def test_what_is_read_twice_gets_the_sum_and_the_seed_stays_as_it_was():
    graph = Graph(
        [
            Node("input", Input(shape=(2,))),
            Node("double", Add(), ("input", "input")),
            Node("relu", ReLU(), ("input",)),
            Node("sum", Add(), ("double", "relu")),
        ]
    )
    records = finished(forward(graph, {}, np.array([[1.0, -1.0]])))
    seeds = {"sum": np.array([[1.0, 10.0]]), "input": np.array([[100.0, 100.0]])}
    found = backward(graph, {}, records, seeds)
    assert found.nodes["input"].tolist() == [[103.0, 120.0]]
    assert seeds["sum"].tolist() == [[1.0, 10.0]]
    assert seeds["input"].tolist() == [[100.0, 100.0]]


def test_what_the_seed_does_not_depend_on_gets_zeros():
    graph = branching()
    parameters = graph.init(np.random.default_rng(0))
    records = finished(forward(graph, parameters, np.ones((1, 2, 8, 7), np.float32)))
    found = backward(graph, parameters, records, {"stem": np.ones((1, 4, 8, 7), np.float32)})
    assert not found.nodes["fork"].any()
    assert not found.params["output.weight"].any()
    assert found.params["stem.weight"].all()


def test_a_seed_of_another_shape_is_refused_with_the_node():
    graph = chain(ReLU(), shape=(1, 2, 2))
    records = finished(forward(graph, {}, np.ones((1, 1, 2, 2))))
    with pytest.raises(
        ShapeError, match=r"node 'layer_0': its gradient must be \(1, 1, 2, 2\), got \(2, 2\)"
    ):
        backward(graph, {}, records, {"layer_0": np.ones((2, 2))})


def test_a_seed_for_no_node_is_refused():
    graph = chain(ReLU(), shape=(1, 2, 2))
    records = finished(forward(graph, {}, np.ones((1, 1, 2, 2))))
    with pytest.raises(GraphError, match="no node 'logits'"):
        backward(graph, {}, records, {"logits": np.ones((1, 1, 2, 2))})


def test_an_unfinished_pass_is_refused_with_the_first_node_missing():
    graph = chain(ReLU(), shape=(1, 2, 2))
    first = next(forward(graph, {}, np.ones((1, 1, 2, 2))))
    with pytest.raises(GraphError, match="node 'layer_0' has no record"):
        backward(graph, {}, {"input": first}, {})
