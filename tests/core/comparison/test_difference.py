import numpy as np
import pytest

from cnn_core.comparison import Pair, compare, corresponding, difference, unmatched
from cnn_core.errors import GraphError, ShapeError
from cnn_core.graph import Graph, Node, Trace
from cnn_core.layers import Conv2d, Dense, Flatten, Input, ReLU, Softmax
from cnn_core.models import load_model
from cnn_core.preprocess import to_tensor


def maps(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def test_an_array_equals_itself_exactly_and_every_value_is_counted():
    a = maps(1, 3, 5, 4)
    found = difference(a, a.copy())
    assert (found.compared, found.differing, found.largest) == (60, 0, 0.0)
    assert found.exact
    assert found.relative == 0.0
    assert found.cosine == 1.0
    assert found.channels == [0.0, 0.0, 0.0]


def test_the_cosine_of_the_same_is_one_in_every_bit():
    two = np.ones((1, 2), np.float32)  # 2 / (sqrt(2) * sqrt(2)) is not
    assert difference(two, two).cosine == 1.0


def test_numbers_written_by_hand():
    a = np.array([[[[3.0, 0.0]], [[0.0, 4.0]]]], np.float32)
    b = np.array([[[[3.0, 1.0]], [[0.0, 2.0]]]], np.float32)
    found = difference(a, b)
    assert (found.compared, found.differing, found.largest) == (4, 2, 2.0)
    assert found.relative == pytest.approx(np.sqrt(5) / 5)
    assert found.cosine == pytest.approx((9 + 8) / (5 * np.sqrt(9 + 1 + 4)))
    assert found.channels == pytest.approx([1 / 3, 2 / 4])


def test_one_bit_is_a_difference():
    a = maps(1, 2, 3, 3)
    b = a.copy()
    b[0, 1, 2, 2] = np.nextafter(b[0, 1, 2, 2], np.float32(np.inf))
    found = difference(a, b)
    assert found.differing == 1
    assert not found.exact
    assert found.channels[0] == 0.0
    assert found.channels[1] > 0


def test_minus_zero_has_other_bits_but_no_distance():
    found = difference(np.zeros((1, 2), np.float32), np.full((1, 2), -0.0, np.float32))
    assert (found.differing, found.relative, found.largest) == (2, 0.0, 0.0)


def test_a_layer_that_is_zero_has_no_length_to_measure_by():
    zero, other = np.zeros((1, 1, 2, 2), np.float32), np.ones((1, 1, 2, 2), np.float32)
    found = difference(zero, other)
    assert (found.relative, found.cosine, found.channels) == (None, None, [None])
    assert difference(zero, zero).relative == 0.0


def test_images_add_up_as_if_they_were_one_batch():
    a, b = maps(4, 3, 5, 4), maps(4, 3, 5, 4, seed=1)
    whole = difference(a, b)
    summed = difference(a[:1], b[:1]) + difference(a[1:], b[1:])
    assert (summed.compared, summed.differing, summed.largest) == (240, whole.differing, whole.largest)
    assert summed.relative == pytest.approx(whole.relative, rel=1e-14)
    assert summed.cosine == pytest.approx(whole.cosine, rel=1e-14)
    assert summed.channels == pytest.approx(whole.channels, rel=1e-14)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"b must be float32 \(1, 2\) as a is, got float32 \(1, 3\)"):
        difference(maps(1, 2), maps(1, 3))
    with pytest.raises(ShapeError, match="got float64"):
        difference(maps(1, 2), maps(1, 2).astype(np.float64))


def net(names, channels=2):
    entry, conv, relu = names
    return Graph(
        [
            Node(entry, Input(shape=(1, 6, 6))),
            Node(conv, Conv2d(1, channels, (3, 3)), (entry,)),
            Node(relu, ReLU(), (conv,)),
        ]
    )


def test_nodes_correspond_by_name_and_shape():
    pairs = corresponding(net(("input", "conv", "relu")), net(("input", "conv", "relu")))
    assert pairs == (Pair("input", "input"), Pair("conv", "conv"), Pair("relu", "relu"))


def test_nodes_of_other_names_correspond_in_their_order():
    pairs = corresponding(net(("input", "conv", "relu")), net(("x", "y", "z")))
    assert pairs == (Pair("input", "x"), Pair("conv", "y"), Pair("relu", "z"))


def test_nodes_of_other_shapes_do_not_correspond():
    assert corresponding(net(("input", "c", "r")), net(("input", "c", "r"), channels=3)) == (
        Pair("input", "input"),
    )
    assert corresponding(net(("a", "b", "c")), net(("x", "y", "z"), channels=3)) == ()


def layered(prefix, extra=False, relus=9):
    nodes = [Node(f"{prefix}in", Input(shape=(1, 2, 2)))]
    layers = [*[ReLU()] * relus, Flatten(), Dense(4, 3), Softmax()]
    for number, layer in enumerate([ReLU(), *layers] if extra else layers):
        nodes.append(Node(f"{prefix}{number}", layer, (nodes[-1].name,)))
    return Graph(nodes)


def test_a_layer_more_on_one_side_leaves_the_others_in_place():
    pairs = corresponding(layered("x"), layered("y", extra=True))
    assert len(pairs) == 13
    assert unmatched(layered("x"), layered("y", extra=True), pairs) in [([], [f"y{i}"]) for i in range(10)]
    assert (pairs[0], pairs[-1]) == (Pair("xin", "yin"), Pair("x11", "y12"))


def test_networks_that_only_resemble_each_other_in_part_do_not_correspond_in_order():
    assert corresponding(layered("x"), layered("y", relus=5)) == ()


@pytest.fixture(scope="module")
def tiny():
    model = load_model("tiny_vgg")
    pixels = np.random.default_rng(3).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    x = to_tensor(pixels, model.spec)
    return model, x, Trace(model.graph, model.parameters, x).outputs


def test_a_network_equals_itself_in_every_bit_of_every_layer(tiny):
    model, x, outputs = tiny
    again = Trace(model.graph, model.parameters, x).outputs
    found = compare(outputs, again, corresponding(model.graph, model.graph))
    assert found.exact
    assert found.compared == sum(output.size for output in outputs.values())
    assert found.first is None
    assert found.first_above(0.0) is None
    assert len(found.layers) == len(model.graph)


def test_the_first_layer_that_differs_is_the_one_that_was_changed(tiny):
    model, x, outputs = tiny
    changed = dict(model.parameters)
    for name in ("conv_2_1.weight", "conv_2_1.bias"):
        changed[name] = changed[name] * np.float32(1.001)
    other = Trace(model.graph, changed, x).outputs
    found = compare(outputs, other, corresponding(model.graph, model.graph))
    assert found.first.pair.a == "conv_2_1"
    assert not found.exact
    assert found.first.found.relative == pytest.approx(0.001, rel=0.01)
    assert found.first_above(1.0) is None
    assert (found + found).compared == 2 * found.compared
    assert (found + found).differing == 2 * found.differing


def test_what_is_not_a_number_is_above_every_tolerance():
    a = {"n": np.ones((1, 2), np.float32)}
    b = {"n": np.array([[1.0, np.nan]], np.float32)}
    found = compare(a, b, [Pair("n", "n")])
    assert found.first_above(1e9) is found.layers[0]


def test_a_pair_without_outputs_and_other_layers_are_refused(tiny):
    _, _, outputs = tiny
    with pytest.raises(GraphError, match="node 'nowhere' has no output"):
        compare(outputs, outputs, [Pair("input", "nowhere")])
    with pytest.raises(ShapeError, match="same layers"):
        _ = compare(outputs, outputs, [Pair("input", "input")]) + compare(outputs, outputs, [])
