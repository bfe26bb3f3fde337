"""What holds exactly: sums that must come out, and methods that must agree."""

from dataclasses import replace

import numpy as np
import pytest

from cnn_core.attributions import (
    Case,
    EdgesOnly,
    GradCam,
    Gradient,
    GradientTimesInput,
    GuidedBackprop,
    IntegratedGradients,
    LayerCam,
    Lrp,
    Occlusion,
    Rise,
    SmoothGrad,
    ask_channel,
    finish,
)
from cnn_core.attributions.places import shared_out
from cnn_core.graph import Graph, Node
from cnn_core.layers import Add, Concat, Conv2d, GlobalAvgPool2d, Input, MaxPool2d, ReLU, Slice
from tests.core.attributions.cases import BENT, STRAIGHT, dense_blocks, exact, residual, toy, zoo

ALL = (*STRAIGHT, *BENT)


@pytest.mark.parametrize("network", ALL)
def test_the_gradient_is_that_of_central_differences(network):
    case = exact(network)
    found = finish(Gradient().explain(case)).map
    height, width = found.shape
    for y, x in ((0, 0), (3, 5), (height // 2, width - 1)):
        ends = np.repeat(case.x, 2, axis=0)
        ends[0, :, y, x] += 1e-6
        ends[1, :, y, x] -= 1e-6
        ahead, behind = case.question.values(case.outputs(ends))
        assert found[y, x] == pytest.approx((ahead - behind) / 2e-6, rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("network", STRAIGHT)
def test_pixels_and_biases_add_up_to_the_score(network):
    """FullGrad's completeness, with every bias counted on its own."""
    case = zoo(network)
    found = finish(GradientTimesInput().explain(case))
    assert abs(found.residual) <= 5e-6 * max(1, abs(case.value), abs(found.promise.parts["biases"]))


@pytest.mark.parametrize("network", STRAIGHT)
def test_lrp_0_is_gradient_times_input(network):
    """In float64: what a network's own rounding does is not the question."""
    case = exact(network)
    plain = finish(GradientTimesInput().explain(case)).map
    found = finish(Lrp(gamma=0, epsilon=1e-15, box=False, biases=True).explain(case)).map
    np.testing.assert_allclose(found, plain, rtol=0, atol=1e-9 * np.abs(plain).max())


@pytest.mark.parametrize("network", STRAIGHT)
@pytest.mark.parametrize("biases", [True, False])
def test_relevance_and_what_biases_kept_are_one_sum_at_every_layer(network, biases):
    case = zoo(network)
    found = finish(Lrp(biases=biases).explain(case))
    for node, waiting, kept in found.ledger:
        assert waiting + kept == pytest.approx(case.value, rel=2e-3, abs=2e-3), node
    assert found.ledger[-1][1] == pytest.approx(found.total, rel=1e-5)
    # divided by sums close to zero, relevance would be thousands of times the value
    assert np.abs(found.map).sum() < 20 * abs(case.value)
    assert abs(found.residual) <= 2e-3 * abs(case.value)


def test_a_residual_sum_and_the_convolutions_before_it_are_one_rule():
    """Two branches that cancel: divided by its own sum, each would explode."""
    same = {"kernel_size": (1, 1), "bias": False}
    graph = Graph(
        [
            Node("input", Input(shape=(2, 2, 2))),
            Node("up", Conv2d(2, 1, **same), ("input",)),
            Node("down", Conv2d(2, 1, **same), ("input",)),
            Node("add", Add(), ("up", "down")),
            Node("relu", ReLU(), ("add",)),
            Node("mean", GlobalAvgPool2d(), ("relu",)),
        ]
    )
    parameters = {
        "up.weight": np.array([100.0, 1.0]).reshape(1, 2, 1, 1),
        "down.weight": np.array([-100.0, 1.0]).reshape(1, 2, 1, 1),
    }
    case = Case(graph, parameters, np.ones((1, 2, 2, 2)), ask_channel(graph, "mean", 0))
    found = finish(Lrp(gamma=0.25, box=False).explain(case))
    # the weighed sum is 1.25 * 100 - 100 + 1.25 * 2 for a value of 2: each part stays of its size
    assert found.total == pytest.approx(case.value)
    assert np.abs(found.map).max() <= case.value


def test_grad_cam_before_a_global_mean_adds_up_to_the_score_less_the_bias():
    for network in ("vgg", "resnet", "resnet_blur", "efficientnet", "imported"):
        case = zoo(network)
        found = finish(GradCam().explain(case))
        bias = case.parameters[f"{case.question.node}.bias"] @ case.question.weights.ravel()
        assert found.total == pytest.approx(case.value - bias, rel=1e-5), network
        assert found.promise.goal == pytest.approx(case.value - bias, rel=1e-6), network


@pytest.mark.parametrize("network", ["tiny_vgg", "lenet5"])
def test_grad_cam_before_a_dense_layer_promises_nothing(network):
    assert finish(GradCam().explain(zoo(network))).promise is None


def test_cells_share_what_they_hold_among_their_pixels():
    cells = np.random.default_rng(0).standard_normal((3, 4))
    for size in ((3, 4), (9, 8), (10, 13), (2, 3)):
        assert shared_out(cells, *size).sum() == pytest.approx(cells.sum())
    np.testing.assert_allclose(shared_out(cells, 6, 8)[2:4, 4:6], cells[1, 2] / 4)


@pytest.mark.parametrize("network", ["tiny_vgg", "lenet5", "torch_residual", "torch_fire"])
def test_integrated_gradients_come_closer_with_more_steps(network):
    case = zoo(network)
    few, many = (finish(IntegratedGradients(steps).explain(case)) for steps in (2, 256))
    assert abs(few.residual) > 2 * abs(many.residual)
    assert abs(many.residual) <= 2e-3 * abs(case.value)
    nothing = np.broadcast_to(case.levels.black, case.x.shape).astype(case.x.dtype)
    black = Case(case.graph, case.parameters, nothing, case.question).value
    assert many.promise.parts == {"black": pytest.approx(black, rel=1e-5)}


def test_integrated_gradients_of_a_linear_network_are_exact_in_one_step():
    graph = Graph([Node("input", Input(shape=(3, 8, 8))), Node("conv", Conv2d(3, 2, (3, 3)), ("input",))])
    case = _asked(graph, ask_channel(graph, "conv", 1))
    assert finish(IntegratedGradients(1).explain(case)).residual == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("network", ALL)
def test_without_noise_smooth_grad_is_the_gradient(network):
    case = zoo(network)
    found, plain = (finish(m.explain(case)).map for m in (SmoothGrad(copies=3, sigma=0), Gradient()))
    # of millions of values one comes so close to a bound that rounding decides on which side it is
    share = 1e-2 if network == "efficientnet_lite0" else 1e-5
    assert np.linalg.norm(found - plain) <= share * np.linalg.norm(plain)


@pytest.mark.parametrize("network", ALL)
def test_with_everything_seen_rise_is_constant(network):
    case = zoo(network)
    found = finish(Rise(masks=4, seen=1.0).explain(case))
    assert np.abs(found.map).max() < 1e-6
    assert found.around == pytest.approx(case.answer, rel=1e-5)


def test_rise_is_the_mean_of_answers_weighed_by_what_was_seen():
    case = toy(residual(), dtype=np.float32)
    method = Rise(masks=7, cells=2)
    masks = method._masks(np.random.default_rng(0), 7, (8, 8))
    answers = [Case(case.graph, case.parameters, _hidden(case, mask), case.question).answer for mask in masks]
    mean = np.einsum("n,nyx->yx", answers, masks) / masks.sum(axis=0)
    error = np.sqrt(((masks * (np.reshape(answers, (-1, 1, 1)) - mean)) ** 2).sum(axis=0)) / masks.sum(axis=0)
    found = finish(method.explain(case))
    np.testing.assert_allclose(found.map + found.around, mean, rtol=1e-5)
    np.testing.assert_allclose(found.spread, error, rtol=1e-3, atol=1e-6)
    assert (masks >= 0).all()
    assert (masks <= 1).all()


def test_occlusion_is_the_fall_of_the_value():
    case = toy(residual())
    found = finish(Occlusion(size=2, stride=2).explain(case)).map
    covered = case.x.copy()
    covered[0, :, 4:, :4] = case.levels.grey
    fall = case.value - Case(case.graph, case.parameters, covered, case.question).value
    np.testing.assert_allclose(found[4:, :4], fall)


def test_patches_reach_every_border():
    case = toy(on_another_side(residual()))
    assert np.isfinite(finish(Occlusion(size=3, stride=4).explain(case)).map).all()


def test_edges_are_where_the_image_has_them():
    graph = residual()
    x = np.zeros((1, 3, 8, 8))
    x[..., 4:] = 1
    found = finish(EdgesOnly().explain(_asked(graph, ask_channel(graph, "conv", 0), x))).map
    assert (found[:, 3:5] == 4).all()
    assert not found[:, :3].any()
    assert not found[:, 5:].any()


@pytest.mark.parametrize("shift", [(2, 0), (0, 4), (6, 2)])
def test_the_gradient_moves_with_the_image_bit_for_bit(shift):
    """Borders joined to a ring, whole numbers: every sum is exact in whatever order it is made."""
    graph = ring()
    rng = np.random.default_rng(3)
    shapes = graph.parameter_shapes()
    parameters = {name: rng.integers(-4, 5, shape).astype(np.float64) for name, shape in shapes.items()}
    x = rng.permutation(3 * 64).reshape(1, 3, 8, 8).astype(np.float64)
    question = ask_channel(graph, "mean", 1)
    still, moved = (
        finish(Gradient().explain(Case(graph, parameters, image, question))).map
        for image in (x, np.roll(x, shift, axis=(2, 3)))
    )
    assert still.any()
    np.testing.assert_array_equal(np.roll(still, shift, axis=(0, 1)), moved)


def ring():
    """A convolution and a max pool on a map whose borders are joined."""
    rows = [_slice((3, 8, 8), 1, start, count) for start, count in ((7, 1), (0, 1))]
    columns = [_slice((3, 10, 8), 2, start, count) for start, count in ((7, 1), (0, 1))]
    return Graph(
        [
            Node("input", Input(shape=(3, 8, 8))),
            Node("above", rows[0], ("input",)),
            Node("below", rows[1], ("input",)),
            Node("tall", Concat(axis=2), ("above", "input", "below")),
            Node("left", columns[0], ("tall",)),
            Node("right", columns[1], ("tall",)),
            Node("wide", Concat(axis=3), ("left", "tall", "right")),
            Node("conv", Conv2d(3, 4, (3, 3)), ("wide",)),
            Node("relu", ReLU(), ("conv",)),
            Node("pool", MaxPool2d((2, 2)), ("relu",)),
            Node("mean", GlobalAvgPool2d(), ("pool",)),
        ]
    )


def _slice(shape, axis, first, count):
    start, counts = [0, 0, 0], list(shape)
    start[axis], counts[axis] = first, count
    return Slice(shape, tuple(counts), tuple(start), (1, 1, 1), tuple(counts))


def _asked(graph, question, x=None):
    case = toy(residual())
    rng = np.random.default_rng(1)
    parameters = {name: rng.standard_normal(shape) for name, shape in graph.parameter_shapes().items()}
    return Case(graph, parameters, case.x if x is None else x, question)


def _hidden(case, mask):
    return case.levels.grey + (case.x - case.levels.grey) * mask


def on_another_side(graph):
    """The same network on an image of sides that no patch divides."""
    nodes = [replace(n, layer=Input(shape=(3, 11, 10))) if not n.inputs else n for n in graph]
    return Graph(nodes)


def test_guided_backprop_lets_only_what_is_positive_back_through_a_relu():
    graph = Graph(
        [
            Node("input", Input(shape=(1, 1, 2))),
            Node("relu", ReLU(), ("input",)),
            Node("conv", Conv2d(1, 1, (1, 2), bias=False), ("relu",)),
        ]
    )
    parameters = {"conv.weight": np.array([2.0, -3.0]).reshape(1, 1, 1, 2)}
    case = Case(graph, parameters, np.ones((1, 1, 1, 2)), ask_channel(graph, "conv", 0))
    assert finish(Gradient().explain(case)).map.tolist() == [[2.0, -3.0]]
    assert finish(GuidedBackprop().explain(case)).map.tolist() == [[2.0, 0.0]]


def test_layer_cam_weighs_every_place_by_what_speaks_for_it():
    case = toy(dense_blocks())
    slopes, maps = case.backward(nodes=["join"])["join"][0], case.records["join"].output[0]
    wanted = np.zeros((12, 12))
    for channel in range(10):
        wanted += np.where(slopes[channel] > 0, slopes[channel], 0) * maps[channel]
    assert (slopes < 0).any()
    np.testing.assert_allclose(finish(LayerCam(layer="join").explain(case)).map, wanted)


def test_masks_are_straight_between_their_points_and_half_seen():
    masks = Rise(cells=4)._masks(np.random.default_rng(0), 400, (32, 16))
    assert masks.mean() == pytest.approx(0.5, abs=0.01)
    bends = np.abs(np.diff(masks, n=2, axis=1)) > 1e-6
    # eight rows to a cell: of thirty second differences at most two at each of five points
    assert bends.any(axis=2).sum(axis=1).max() <= 10
