import numpy as np
import pytest
from hypothesis import given, settings

from cnn_core.errors import GraphError, ShapeError
from cnn_core.graph import (
    Box,
    Graph,
    Node,
    ReceptiveField,
    backward,
    field_box,
    forward,
    receptive_field,
)
from cnn_core.layers import (
    Add,
    Concat,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool2d,
    Input,
    MaxPool2d,
    Multiply,
    ReLU,
    Softmax,
)
from cnn_core.models import MODELS
from tests.core.graph.draw import HEIGHT, WIDTH, chains, positive
from tests.core.graph.networks import branching, chain, finished

BRANCHING = branching()


def supports(graph, node, indices):
    """The box of non-zero gradient of each value by the input, None where there is none."""
    parameters = positive(graph)
    x = 0.5 + np.random.default_rng(1).random(graph.shapes["input"])
    records = finished(forward(graph, parameters, x))
    for index in indices:
        seed = np.zeros(graph.shapes[node])
        seed[(0, *index)] = 1
        gradient = backward(graph, parameters, records, {node: seed}).nodes["input"][0].any(axis=0)
        rows, columns = np.flatnonzero(gradient.any(axis=1)), np.flatnonzero(gradient.any(axis=0))
        yield Box(rows[0], columns[0], rows[-1] + 1, columns[-1] + 1) if rows.size else None


def places(shape):
    """Corners, the middle, and three places drawn."""
    rng = np.random.default_rng(2)
    found = {tuple(0 for _ in shape), tuple(n - 1 for n in shape), tuple(n // 2 for n in shape)}
    return sorted(found | {tuple(int(rng.integers(n)) for n in shape) for _ in range(3)})


def within(inner, outer):
    return (
        outer.top <= inner.top
        and outer.left <= inner.left
        and inner.bottom <= outer.bottom
        and inner.right <= outer.right
    )


def window(field, y, x):
    """What the formula says a value sees, before clipping."""
    top, left = y * field.stride[0] + field.offset[0], x * field.stride[1] + field.offset[1]
    return Box(top, left, top + field.size[0], left + field.size[1])


IMAGE = Box(0, 0, HEIGHT, WIDTH)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(chains())
def test_the_box_of_a_chain_is_the_support_of_the_gradient(graph):
    node = graph.output
    indices = places(graph.shapes[node][1:])
    for index, support in zip(indices, supports(graph, node, indices), strict=True):
        assert field_box(graph, node, index) == (support or Box(0, 0, 0, 0)), index


@settings(derandomize=True, deadline=None, max_examples=150)
@given(chains())
def test_the_formula_gives_the_box_wherever_nothing_is_clipped(graph):
    field = receptive_field(graph, graph.output)
    for channel, y, x in places(graph.shapes[graph.output][1:]):
        box, predicted = field_box(graph, graph.output, (channel, y, x)), window(field, y, x)
        if within(predicted, IMAGE):
            assert box == predicted
        else:
            assert box == Box(0, 0, 0, 0) or within(box, predicted)


@pytest.mark.parametrize("node", [node.name for node in BRANCHING])
def test_gradients_stay_inside_box_and_formula_where_branches_merge(node):
    indices = places(BRANCHING.shapes[node][1:])
    field = receptive_field(BRANCHING, node)
    for index, support in zip(indices, supports(BRANCHING, node, indices), strict=True):
        box = field_box(BRANCHING, node, index)
        assert within(support, box)
        if len(index) == 3:
            assert within(box, window(field, *index[1:]))


def test_a_shortcut_adds_to_what_is_seen_and_never_takes_away():
    graph = Graph(
        [
            Node("input", Input(shape=(1, HEIGHT, WIDTH))),
            Node("down", Conv2d(1, 1, (3, 1), padding=(2, 0, 0, 0)), ("input",)),
            Node("far", Conv2d(1, 1, (1, 3), padding=(0, 0, 0, 2)), ("input",)),
            Node("sum", Add(), ("down", "far")),
        ]
    )
    assert receptive_field(graph, "sum") == ReceptiveField((3, 3), (1, 1), (-2, 0))
    assert field_box(graph, "sum", (0, 5, 5)) == Box(3, 5, 6, 8)
    assert list(supports(graph, "sum", [(0, 5, 5)])) == [Box(3, 5, 6, 8)]


def test_padding_that_a_window_reads_does_not_count():
    graph = chain(Conv2d(1, 1, (3, 3), padding=(3, 0, 0, 0), dilation=(3, 1)), shape=(1, HEIGHT, WIDTH))
    # rows -3, 0 and 3: the first is padding, and so are -2 and -1
    assert field_box(graph, "layer_0", (0, 0, 0)) == Box(0, 0, 4, 3)
    assert receptive_field(graph, "layer_0") == ReceptiveField((7, 3), (1, 1), (-3, 0))


def test_a_value_that_reads_padding_alone_has_an_empty_box():
    graph = chain(Conv2d(1, 1, (2, 2), padding=(2, 0, 0, 0)), shape=(1, HEIGHT, WIDTH))
    assert field_box(graph, "layer_0", (0, 0, 0)) == Box(0, 0, 0, 0)


def test_max_pooling_is_seen_as_its_whole_window():
    graph = chain(MaxPool2d((3, 2), stride=(2, 2)), shape=(1, HEIGHT, WIDTH))
    assert field_box(graph, "layer_0", (0, 1, 2)) == Box(2, 4, 5, 6)


def test_a_flattened_value_sees_what_its_place_on_the_map_sees():
    graph = chain(Conv2d(1, 2, (3, 3), stride=(2, 2)), Flatten(), ReLU(), shape=(1, HEIGHT, WIDTH))
    for position in (0, 17, 59):
        _, y, x = np.unravel_index(position, (2, 6, 5))
        expected = field_box(graph, "layer_0", (0, int(y), int(x)))
        assert field_box(graph, "layer_1", (position,)) == expected
        assert field_box(graph, "layer_2", (position,)) == expected
        assert list(supports(graph, "layer_2", [(position,)])) == [expected]
    assert receptive_field(graph, "layer_2") == receptive_field(graph, "layer_0")


@pytest.mark.parametrize("head", [GlobalAvgPool2d(), Softmax(axis=2)], ids=lambda layer: layer.kind)
def test_a_layer_over_the_whole_map_sees_all_rows(head):
    graph = chain(head, shape=(1, HEIGHT, WIDTH))
    box, field = field_box(graph, "layer_0", (0, 0, 0)), receptive_field(graph, "layer_0")
    assert (box.top, box.bottom) == (0, HEIGHT)
    assert (field.size[0], field.stride[0], field.offset[0]) == (HEIGHT, 0, 0)


def test_a_dense_layer_sees_the_whole_image():
    graph = chain(Conv2d(1, 1, (3, 3)), Flatten(), Dense(99, 4), ReLU(), shape=(1, HEIGHT, WIDTH))
    assert field_box(graph, "layer_3", (2,)) == IMAGE
    assert receptive_field(graph, "layer_3") == ReceptiveField((HEIGHT, WIDTH), (0, 0), (0, 0))


def test_a_dense_layer_does_not_see_rows_that_strides_left_out():
    graph = chain(Conv2d(1, 1, (1, 1), stride=(5, 5)), Flatten(), Dense(9, 4), shape=(1, HEIGHT, WIDTH))
    assert field_box(graph, "layer_2", (0,)) == Box(0, 0, 11, 11)


def test_a_broadcast_row_is_read_from_every_row():
    graph = Graph(
        [
            Node("input", Input(shape=(1, HEIGHT, WIDTH))),
            Node("row", Conv2d(1, 1, (HEIGHT, 1)), ("input",)),
            Node("product", Multiply(), ("input", "row")),
        ]
    )
    assert field_box(graph, "product", (0, 7, 3)) == Box(0, 3, HEIGHT, 4)
    assert receptive_field(graph, "product") == ReceptiveField((HEIGHT, 1), (0, 1), (0, 0))


def test_maps_joined_side_by_side_keep_their_own_places():
    graph = Graph(
        [
            Node("input", Input(shape=(1, HEIGHT, WIDTH))),
            Node("left", Conv2d(1, 1, (1, 3)), ("input",)),
            Node("joined", Concat(axis=3), ("left", "input")),
        ]
    )
    indices = [(0, 4, 2), (0, 4, 8), (0, 4, 9), (0, 4, 19)]
    expected = [Box(4, 2, 5, 5), Box(4, 8, 5, 11), Box(4, 0, 5, 1), Box(4, 10, 5, 11)]
    assert [field_box(graph, "joined", index) for index in indices] == expected
    assert list(supports(graph, "joined", indices)) == expected


def test_tiny_vgg_has_the_fields_known_from_the_literature():
    graph = MODELS["tiny_vgg"].build(10)
    sizes = {name: receptive_field(graph, name) for name in ("input", "relu_1_2", "max_pool_1", "max_pool_2")}
    assert sizes == {
        "input": ReceptiveField((1, 1), (1, 1), (0, 0)),
        "relu_1_2": ReceptiveField((5, 5), (1, 1), (0, 0)),
        "max_pool_1": ReceptiveField((6, 6), (2, 2), (0, 0)),
        "max_pool_2": ReceptiveField((16, 16), (4, 4), (0, 0)),
    }
    assert field_box(graph, "max_pool_2", (9, 12, 0)) == Box(48, 0, 64, 16)


@pytest.mark.parametrize("index", [(0, HEIGHT, 0), (0, 0, -1), (0,), ()])
def test_an_index_outside_is_refused_with_the_node(index):
    with pytest.raises(ShapeError, match="node 'layer_0': index must lie in"):
        field_box(chain(ReLU(), shape=(1, HEIGHT, WIDTH)), "layer_0", index)


@pytest.mark.parametrize("ask", [receptive_field, lambda graph, node: field_box(graph, node, (0, 0, 0))])
def test_an_unknown_node_is_answered_with_those_there_are(ask):
    with pytest.raises(GraphError, match="no node 'conv'; nodes: input"):
        ask(chain(ReLU(), shape=(1, 2, 2)), "conv")
