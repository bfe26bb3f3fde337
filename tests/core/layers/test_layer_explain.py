"""An explanation is true: its cells are the input's, and its terms make the output's very number."""

import math

import numpy as np
import pytest

from cnn_core.layers import AvgPool2d, BatchNorm2d, Conv2d, Dense, Flatten, LeakyReLU, MaxPool2d, Softmax
from tests.core.layers.cases import build, every_example


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


FUNCTIONS = {
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "silu": lambda x: x * sigmoid(x),
    "hard_swish": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "abs": abs,
    "clip": lambda x, least=-math.inf, most=math.inf: min(max(x, least), most),
    "elu": lambda x, alpha: x if x > 0 else alpha * math.expm1(x),
    "exp": math.exp,
    "hard_sigmoid": lambda x, alpha, beta: min(max(alpha * x + beta, 0), 1),
    "log": math.log,
    "power": lambda x, exponent: x**exponent,
    "softplus": lambda x: math.log1p(math.exp(x)),
    "sqrt": math.sqrt,
    **{name: getattr(math, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan")},
    **{name: getattr(math, name) for name in ("sinh", "cosh", "asinh", "acosh", "atanh")},
    "erf": math.erf,
    "gelu": lambda x: x / 2 * (1 + math.erf(x / math.sqrt(2))),
    "gelu_tanh": lambda x: x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "swish": lambda x, alpha: x * sigmoid(alpha * x),
    "mish": lambda x: x * math.tanh(math.log1p(math.exp(x))),
    "celu": lambda x, alpha: max(x, 0) + min(0, alpha * math.expm1(x / alpha)),
    "selu": lambda x, alpha, gamma: gamma * (x if x > 0 else alpha * math.expm1(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "thresholded_relu": lambda x, alpha: x if x > alpha else 0.0,
    "shrink": lambda x, bound, bias: x + bias if x < -bound else x - bias if x > bound else 0.0,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": round,
    "levels": lambda x, scale, zero, least, most: (
        (min(max(round(float(np.float32(x) / np.float32(scale))) + zero, least), most) - zero) * scale
    ),
    "truncate": math.trunc,
    "above": lambda x: float(x > 0),
    "choose": lambda condition, yes, no: yes if condition else no,
    "sign": lambda x: (x > 0) - (x < 0),
    "divide": lambda a, b: a / b,
    "maximum": max,
    "minimum": min,
    "subtract": lambda a, b: a - b,
    "add_constant": lambda x, constant: x + constant,
    "constant_minus": lambda x, constant: constant - x,
    "constant_over": lambda x, constant: constant / x,
    "divide_by_constant": lambda x, constant: x / constant,
    "max_constant": lambda x, constant: max(x, constant),
    "min_constant": lambda x, constant: min(x, constant),
    "multiply_constant": lambda x, constant: x * constant,
    "power_by_constant": lambda x, constant: x**constant,
    "prelu": lambda x, constant: x if x > 0 else x * constant,
}

OPERATIONS = {
    "sum": lambda sums, told: sum(sums) + (told.bias or 0.0),
    "max": lambda sums, told: sums[0],
    "min": lambda sums, told: sums[0],
    "mean": lambda sums, told: sum(sums) / told.constants["divisor"],
    "product": lambda sums, told: math.prod(sums),
    "copy": lambda sums, told: sums[0],
    "affine": lambda sums, told: affine(sums[0], **told.constants),
    "softmax": lambda sums, told: sums[int(told.constants["position"])] / told.constants["total"],
    "log_softmax": lambda sums, told: math.log(OPERATIONS["softmax"](sums, told)),
    "local_response": lambda sums, told: local_response(sum(sums), **told.constants),
    "constant": lambda sums, told: told.value,
    "place": lambda sums, told: told.constants["place"],
}


def affine(x, mean, variance, gamma, beta, epsilon):
    return gamma * (x - mean) / math.sqrt(variance + epsilon) + beta


def local_response(squares, own, position, size, alpha, beta, bias):
    return own / (bias + alpha / size * squares) ** beta


def recompute(kind, told):
    """The value from the terms alone, in float64."""
    sums = [term.sum for term in told.terms]
    if told.operation == "function":
        return FUNCTIONS[kind](*sums, **told.constants)
    return OPERATIONS[told.operation](sums, told)


def check_products(told):
    """What is added up follows from the cells, and adds up to the sum."""
    for term in told.terms:
        assert term.products.dtype == np.float64
        assert term.sum == pytest.approx(float(term.products.sum()), rel=1e-12)
        cells = term.patch.astype(np.float64)
        if term.kernel is not None:
            assert np.array_equal(term.products, cells * term.kernel)
        elif told.operation in ("softmax", "log_softmax"):
            np.testing.assert_allclose(term.products, np.exp(cells - told.constants["max"]), rtol=1e-12)
        elif told.operation == "local_response":
            assert np.array_equal(term.products, cells**2)
        elif told.operation in ("max", "min"):
            winner = int(told.constants["winner_y"]), int(told.constants["winner_x"])
            inside = np.ones_like(cells, bool) if term.inside is None else term.inside
            sign = 1 if told.operation == "max" else -1
            assert sign * term.products[winner] == np.where(inside, sign * cells, -np.inf).max()
            assert np.count_nonzero(term.products) == 1
        else:
            assert np.array_equal(term.products, cells)


def check_cells(term, x):
    """Every cell of the patch is the input's value at the place it names, or padding: 0."""
    for (i, j), value in np.ndenumerate(term.patch):
        row, column = term.y + i * term.step[0], term.x + j * term.step[1]
        inside = 0 <= row < x.shape[2] and 0 <= column < x.shape[3]
        assert value == (x[0, term.channel, row, column] if inside else 0)
        assert inside == (term.inside is None or term.inside[i, j])


@every_example
def test_terms_make_the_value(example):
    case = build(example).as_type(np.float32)
    output = case.forward().output
    for index in np.ndindex(*output.shape[1:]):
        told = case.layer.explain(case.params, case.inputs, output, index)
        assert told.value == float(output[0][index])
        assert recompute(case.layer.kind, told) == pytest.approx(told.value, rel=2e-5, abs=2e-6)
        check_products(told)
        for term in told.terms:
            x = case.inputs[term.source]
            if x.ndim == 4:
                check_cells(term, x)
            elif case.layer.kind != "dense":
                assert term.patch.shape == (1, 1)
                assert (term.y, term.x) == (0, 0)
                assert term.patch.item() == x[0, term.channel]


def test_conv_has_one_term_per_channel_of_the_group():
    rng = np.random.default_rng(0)
    layer = Conv2d(4, 2, (3, 3), padding=(1, 1, 0, 0), dilation=(1, 2), groups=2)
    x = rng.standard_normal((1, 4, 5, 6)).astype(np.float32)
    params = layer.init(rng)
    told = layer.explain(params, (x,), layer.forward(params, x).output, (1, 0, 0))
    assert [term.channel for term in told.terms] == [2, 3]
    assert told.bias == 0
    first = told.terms[0]
    assert (first.y, first.x, first.step) == (-1, -1, (1, 2))
    assert first.inside.tolist() == [[False] * 3, [False, True, True], [False, True, True]]
    assert np.array_equal(first.kernel, params["weight"][1, 0])


def test_an_explanation_is_about_the_first_sample_of_a_batch():
    layer = Conv2d(1, 1, (1, 1), bias=False)
    params = {"weight": np.full((1, 1, 1, 1), 2, np.float32)}
    x = np.array([3, 5], np.float32).reshape(2, 1, 1, 1)
    told = layer.explain(params, (x,), layer.forward(params, x).output, (0, 0, 0))
    assert (told.value, told.bias, told.terms[0].patch.item()) == (6, None, 3)


def test_max_pool_names_its_first_winner():
    x = np.array([[1, 8, 8], [2, 3, 8]], np.float32)[None, None]
    layer = MaxPool2d((2, 2), (1, 1))
    told = layer.explain({}, (x,), layer.forward({}, x).output, (0, 0, 1))
    assert (told.operation, told.value) == ("max", 8)
    assert told.constants == {"winner_y": 0, "winner_x": 0}
    told = layer.explain({}, (x,), layer.forward({}, x).output, (0, 0, 0))
    assert told.constants == {"winner_y": 0, "winner_x": 1}


def test_average_pool_names_its_divisor():
    x = np.array([[4, 8]], np.float32)[None, None]
    for counted, divisor in ((False, 1), (True, 2)):
        layer = AvgPool2d((1, 2), (1, 1), (0, 1, 0, 0), count_include_pad=counted)
        told = layer.explain({}, (x,), layer.forward({}, x).output, (0, 0, 0))
        assert (told.operation, told.constants) == ("mean", {"divisor": divisor})
        assert told.terms[0].inside.tolist() == [[False, True]]


def test_batch_norm_names_every_constant():
    layer = BatchNorm2d(1, epsilon=0.5)
    values = {"weight": 2.0, "bias": 1.0, "running_mean": 3.0, "running_var": 3.5}
    params = {name: np.array([value], np.float32) for name, value in values.items()}
    x = np.array([7], np.float32).reshape(1, 1, 1, 1)
    told = layer.explain(params, (x,), layer.forward(params, x).output, (0, 0, 0))
    assert (told.operation, told.value) == ("affine", 5)
    assert told.constants == {"mean": 3, "variance": 3.5, "gamma": 2, "beta": 1, "epsilon": 0.5}


def test_leaky_relu_names_its_slope():
    x = np.array([[-4]], np.float32)
    layer = LeakyReLU(0.25)
    told = layer.explain({}, (x,), layer.forward({}, x).output, (0,))
    assert (told.operation, told.value, told.constants) == ("function", -1, {"slope": 0.25})


def test_flatten_names_the_place_a_value_came_from():
    x = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    told = Flatten().explain({}, (x,), Flatten().forward({}, x).output, (21,))
    (term,) = told.terms
    assert (told.value, term.channel, term.y, term.x) == (21, 1, 2, 1)


def test_dense_is_one_row_times_one_row():
    rng = np.random.default_rng(0)
    layer = Dense(6, 3)
    params = {**layer.init(rng), "bias": np.array([1, 2, 3], np.float32)}
    x = rng.standard_normal((2, 6)).astype(np.float32)
    told = layer.explain(params, (x,), layer.forward(params, x).output, (2,))
    (term,) = told.terms
    assert (told.operation, told.bias, term.patch.shape, term.kernel.shape) == ("sum", 3, (1, 6), (1, 6))


def test_softmax_has_one_term_per_logit():
    x = np.log(np.array([[1, 2, 5]], np.float32))
    layer = Softmax()
    told = layer.explain({}, (x,), layer.forward({}, x).output, (1,))
    assert [term.channel for term in told.terms] == [0, 1, 2]
    assert [term.sum for term in told.terms] == pytest.approx([0.2, 0.4, 1])
    assert told.constants == pytest.approx({"max": math.log(5), "total": 1.6, "position": 1})
