import itertools

import numpy as np
import pytest

from cnn_core import load_model, read_image, to_tensor, trace
from cnn_core.equivariance import (
    Lab,
    ShiftSurvey,
    class_probabilities,
    consistency,
    dense_contrast,
    error_curve,
    flip_rate,
    flip_rows,
    probability_curve,
    random_dense,
    shift_image,
    top_classes,
)
from cnn_core.errors import BadInput, GraphError, ShapeError
from cnn_core.graph import forward
from cnn_core.layers import Conv2d
from tests.core.graph.networks import chain


@pytest.fixture(scope="module")
def model():
    return load_model("tiny_vgg")


@pytest.fixture(scope="module")
def cup(model, espresso):
    return to_tensor(read_image(espresso), model.spec)


@pytest.fixture(scope="module")
def net(model):
    return model.graph, model.parameters


def test_at_rest_the_answer_is_the_trace_s(model, net, cup, espresso):
    result = trace(model, espresso)
    np.testing.assert_allclose(class_probabilities(*net, cup, 0, 0), result.output[0], atol=1e-6)
    assert [model.labels[i] for i in top_classes(*net, cup)] == [name for name, _ in result.top(3)]


def test_the_curve_is_the_answer_to_each_moved_image(net, cup):
    points = list(probability_curve(*net, cup, radius=3, dy=-1, fill="wrap"))
    assert [(p.dx, p.dy) for p in points] == [(dx, -1) for dx in range(-3, 4)]
    for point in points:
        *_, last = forward(*net, np.roll(cup, (-1, point.dx), (2, 3)))
        np.testing.assert_allclose(point.probabilities, last.output[0], atol=1e-6)
        assert point.top == last.output[0].argmax()


def test_rows_of_flips_are_the_answers_to_all_shifts(net, cup):
    rows = list(flip_rows(*net, cup, max_shift=2))
    rest = top_classes(*net, cup, 1)[0]
    assert [row.dy for row in rows] == [-2, -1, 0, 1, 2]
    for row, (place, dx) in itertools.product(rows, enumerate(range(-2, 3))):
        expected = class_probabilities(*net, cup, dx, row.dy)
        assert row.top[place] == expected.argmax()
        assert row.flips[place] == (expected.argmax() != rest)
        assert row.probability[place] == pytest.approx(expected[rest], abs=1e-6)


def test_consistency_is_the_share_of_pairs_that_agree():
    top = np.random.default_rng(0).integers(0, 3, (5, 5))
    pairs = [a == b for a in top.ravel() for b in top.ravel()]
    assert consistency(top) == pytest.approx(np.mean(pairs))
    assert consistency(np.zeros((3, 3), np.int64)) == 1.0


def test_the_flip_rate_counts_all_shifts_but_none():
    top = np.zeros((3, 3), np.int64)
    top[0, 0] = top[2, 1] = 4
    assert flip_rate(top) == 2 / 8
    with pytest.raises(ShapeError, match="square of odd side"):
        flip_rate(top[:2])


def test_the_curve_of_errors_is_every_shift_by_itself(net, cup):
    baseline = Lab(*net).baseline(cup)
    nodes = ("conv_1_2", "max_pool_2")
    for point in error_curve(baseline, nodes, radius=3, dy=2):
        layers = baseline.shift(point.dx, 2, nodes).layers
        assert point.errors == {name: layers[name].error for name in nodes}
        assert point.exact == {name: layers[name].exact for name in nodes}
        assert point.differing == {name: layers[name].differing for name in nodes}


def test_a_survey_is_the_mean_over_its_images(net, cup):
    lab = Lab(*net)
    images = [cup, cup[:, :, ::-1].copy()]
    survey = ShiftSurvey(*net, lab, ("max_pool_1", "max_pool_2"), max_shift=2)
    for x in images:
        survey.add(x)
    assert len(survey) == 2
    for row in survey.layer_errors():
        layers = [lab.baseline(x).shift(row.dx, 0, (row.node,)).layers[row.node] for x in images]
        assert row.mean == pytest.approx(np.mean([layer.error for layer in layers]))
        assert row.exact == np.mean([layer.exact for layer in layers])
        assert (row.stride, row.images) == (layers[0].stride[1], 2)
    tops = [np.stack([row.top for row in flip_rows(*net, x, 2)]) for x in images]
    assert survey.consistency() == pytest.approx(np.mean([consistency(top) for top in tops]))
    one, two = survey.flips()
    places = [(2, 1), (2, 3), (1, 2), (3, 2)]
    assert one.share == np.mean([top[place] != top[2, 2] for top in tops for place in places])
    assert (one.pairs, two.size) == (8, 2)
    with pytest.raises(ShapeError, match="max_shift must be from 1 to 63"):
        ShiftSurvey(*net, lab, (), max_shift=64)


def test_a_dense_layer_takes_a_moved_image_almost_for_another(cup):
    dense = random_dense((3, 64, 64), outputs=32, seed=3)
    other = cup[:, ::-1, ::-1, ::-1].copy()
    found = dense_contrast(*dense, cup, other, 5, 1)
    rest, moved, strange = (
        list(forward(*dense, x))[-1].output[0].astype(float)
        for x in (cup, shift_image(cup, 5, 1, "reflect"), other)
    )
    assert found.change == pytest.approx(np.linalg.norm(moved - rest) / np.linalg.norm(rest), rel=1e-4)
    assert found.unrelated == pytest.approx(np.linalg.norm(strange - rest) / np.linalg.norm(rest), rel=1e-4)
    assert (found.node, found.inputs, found.outputs) == ("dense", 3 * 64 * 64, 32)
    assert dense_contrast(*dense, cup, other, 0, 0).change == pytest.approx(0, abs=1e-5)
    assert random_dense((3, 64, 64), 32, 3)[1]["dense.weight"].tobytes() == dense[1]["dense.weight"].tobytes()


def test_dense_layers_are_asked_for_by_name(net, cup):
    assert dense_contrast(*net, cup, cup, 1, 0).node == "output"
    with pytest.raises(GraphError, match="node 'conv_1_1': wanted a dense layer, one of output"):
        dense_contrast(*net, cup, cup, 1, 0, node="conv_1_1")
    with pytest.raises(ShapeError, match="wanted two images"):
        dense_contrast(*net, cup, cup[:, :, :9], 1, 0)
    graph = chain(Conv2d(1, 1, (1, 1)), shape=(1, 4, 4))
    with pytest.raises(GraphError, match="no dense layer"):
        dense_contrast(graph, {}, cup, cup, 1, 0)
    with pytest.raises(GraphError, match="wanted class probabilities"):
        class_probabilities(graph, {}, cup, 0, 0)


def test_bad_images_and_shifts_are_refused(net, cup):
    with pytest.raises(ShapeError, match="dx must be less"):
        class_probabilities(*net, cup, 64, 0)
    with pytest.raises(BadInput, match="must be finite"):
        class_probabilities(*net, np.full_like(cup, np.nan), 1, 0)
    with pytest.raises(BadInput, match="fill must be one of"):
        class_probabilities(*net, cup, 1, 0, "trained")
