import numpy as np
import pytest

from cnn_core.comparison import EPSILONS, Attack, answer_gradient, noisy, untrained
from cnn_core.errors import BadInput
from cnn_core.graph import Trace
from cnn_core.input_spec import InputSpec, scaled_spec
from cnn_core.layers import BatchNorm2d, Conv2d, Dense, Flatten, MultiplyConstant, ReLU, Sigmoid, Softmax
from cnn_core.models import load_model
from cnn_core.preprocess import scale_pixels
from tests.core.graph.networks import chain, doubled


@pytest.fixture(scope="module")
def tiny():
    model = load_model("tiny_vgg")
    coarse = np.random.default_rng(2).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    return model, coarse.repeat(8, axis=0).repeat(8, axis=1)


def made(tiny, *attack):
    model, pixels = tiny
    return noisy(model.graph, model.parameters, model.spec, pixels, Attack(*attack))


@pytest.mark.parametrize("epsilon", [EPSILONS[0], 4, EPSILONS[-1]])
@pytest.mark.parametrize(("steps", "seed"), [(1, None), (10, None), (3, 5)])
def test_no_pixel_moves_further_than_epsilon_and_some_move_so_far(tiny, epsilon, steps, seed):
    noise = made(tiny, epsilon, steps, seed)
    moved = np.abs(noise.pixels.astype(int) - tiny[1])
    assert noise.pixels.dtype == np.uint8
    assert noise.pixels.shape == tiny[1].shape
    assert moved.max() == epsilon


def test_one_step_is_the_sign_of_the_gradient_between_black_and_white(tiny):
    model, pixels = tiny
    noise = made(tiny, 8)
    gradient = answer_gradient(model.graph, model.parameters, scale_pixels(pixels, model.spec)).gradient
    expected = np.clip(pixels + 8 * np.sign(gradient[0].transpose(1, 2, 0)), 0, 255)
    np.testing.assert_array_equal(noise.pixels, expected.astype(np.uint8))


def test_it_leads_away_from_the_answer_and_more_steps_lead_further(tiny):
    model, pixels = tiny
    one, ten = made(tiny, 4), made(tiny, 4, 10)
    answer = Trace(model.graph, model.parameters, scale_pixels(pixels, model.spec)).output[0]
    assert one.label == ten.label == answer.argmax()
    assert one.before == pytest.approx(-np.log(answer.max()), rel=1e-4)
    after = Trace(model.graph, model.parameters, scale_pixels(one.pixels, model.spec)).output[0]
    assert one.after == pytest.approx(-np.log(after[one.label]), rel=1e-4)
    assert one.before < one.after < ten.after


def test_it_is_the_same_each_time_and_another_from_another_seed(tiny):
    np.testing.assert_array_equal(made(tiny, 4, 3).pixels, made(tiny, 4, 3).pixels)
    np.testing.assert_array_equal(made(tiny, 4, 3, 1).pixels, made(tiny, 4, 3, 1).pixels)
    assert np.any(made(tiny, 4, 3, 1).pixels != made(tiny, 4, 3, 2).pixels)


def test_the_order_of_the_colours_is_that_of_the_network():
    graph = chain(Flatten(), Dense(12, 2), Softmax(), shape=(3, 2, 2))
    parameters = graph.init(np.random.default_rng(0))
    # the first class is helped by the network's first channel alone, which is blue
    parameters["layer_1.weight"] = np.zeros((2, 12), np.float32)
    parameters["layer_1.weight"][0, :4] = 0.01
    parameters["layer_1.bias"] = np.array([5.0, 0.0], np.float32)
    spec = scaled_spec(InputSpec(3, 2, 2), "caffe")
    pixels = np.full((2, 2, 3), 100, np.uint8)
    noise = noisy(graph, parameters, spec, pixels, Attack(3))
    np.testing.assert_array_equal(noise.pixels - pixels.astype(int), np.broadcast_to([0, 0, -3], (2, 2, 3)))


@pytest.mark.parametrize("end", [Softmax(), Sigmoid()])
def test_the_gradient_is_that_of_central_differences(end):
    graph = chain(Conv2d(1, 2, (3, 3)), ReLU(), Flatten(), Dense(18, 4), end, shape=(1, 5, 5))
    rng = np.random.default_rng(4)
    parameters = doubled(graph.init(rng))
    x = rng.standard_normal((1, 1, 5, 5))
    found = answer_gradient(graph, parameters, x, 2)

    def loss():
        return -np.log(Trace(graph, parameters, x).output[0, 2])

    assert found.loss == pytest.approx(loss(), rel=1e-12)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + 1e-6
        above = loss()
        x[place] = kept - 1e-6
        below = loss()
        x[place] = kept
        assert found.gradient[place] == pytest.approx((above - below) / 2e-6, rel=1e-6, abs=1e-9)


def test_a_certain_answer_has_a_finite_loss():
    graph = chain(Flatten(), Dense(4, 2), Sigmoid(), shape=(1, 2, 2))
    parameters = {"layer_1.weight": np.zeros((2, 4)), "layer_1.bias": np.array([900.0, -900.0])}
    found = answer_gradient(graph, parameters, np.zeros((1, 1, 2, 2)), 1)
    assert found.loss == 900.0
    assert answer_gradient(graph, parameters, np.zeros((1, 1, 2, 2))).loss == 0.0


def test_what_cannot_be_is_refused(tiny):
    model, pixels = tiny
    for bad in ({"epsilon": 0}, {"epsilon": 17}, {"epsilon": 4, "steps": 0}, {"epsilon": 4, "steps": 1000}):
        with pytest.raises(BadInput, match="noise: "):
            Attack(**bad)
    maps = chain(ReLU(), shape=(3, 64, 64))
    with pytest.raises(BadInput, match="this one ends in 'relu'"):
        noisy(maps, {}, model.spec, pixels, Attack(4))
    with pytest.raises(BadInput, match="the class must be 0 to 9, got 10"):
        answer_gradient(model.graph, model.parameters, scale_pixels(pixels, model.spec), 10)


def test_whoever_waits_can_end_it_between_two_steps(tiny):
    model, pixels = tiny
    steps = iter([None, None])

    class Gone(Exception):
        pass

    def each_step():
        if next(steps, "over") == "over":
            raise Gone

    with pytest.raises(Gone):
        noisy(model.graph, model.parameters, model.spec, pixels, Attack(4, 10), each_step=each_step)


def test_an_untrained_twin_has_fresh_weights_and_keeps_what_is_not_trained():
    graph = chain(Conv2d(3, 64, (3, 3)), BatchNorm2d(64), MultiplyConstant((1,)), ReLU(), shape=(3, 9, 9))
    trained = {name: np.full(shape, 0.37, np.float32) for name, shape in graph.parameter_shapes().items()}
    twin = untrained(graph, trained, seed=1)
    assert set(twin) == set(trained)
    graph.check_parameters(twin)
    assert twin["layer_2.constant"] == np.float32(0.37)
    assert set(twin["layer_0.bias"]) == {0.0}
    assert set(twin["layer_1.running_var"]) == {1.0}
    assert twin["layer_0.weight"].std() == pytest.approx(np.sqrt(2 / 27), rel=0.05)


def test_a_seed_makes_one_twin(tiny):
    model, _ = tiny
    first, again, other = (untrained(model.graph, model.parameters, seed) for seed in (1, 1, 2))
    for name, value in first.items():
        np.testing.assert_array_equal(value, again[name])
    assert np.any(first["conv_1_1.weight"] != other["conv_1_1.weight"])
    assert np.any(first["conv_1_1.weight"] != model.parameters["conv_1_1.weight"])
