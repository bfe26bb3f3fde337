"""Every unit of a training plan against its layer's operators in float64, within the error it states."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import ShapeError
from cnn_core.layers import Add, BatchNorm2d, Conv2d, Dense, Flatten, GlobalAvgPool2d, MaxPool2d, ReLU
from cnn_core.layers.base import Example
from cnn_core.runtime.gradient_pool import GradientPool
from cnn_core.runtime.training_plan import choose_unit
from cnn_core.runtime.units import gathering, sliding, spreading
from cnn_core.runtime.units.add import AddUnit
from cnn_core.runtime.units.base import Back, batch_first, batch_last, native_shape
from cnn_core.runtime.units.conv import ConvUnit
from cnn_core.runtime.units.dense import DenseUnit, FlattenUnit
from cnn_core.runtime.units.global_mean import GlobalMeanUnit
from cnn_core.runtime.units.max_pool import MaxPoolUnit
from cnn_core.runtime.units.norm import NormUnit
from cnn_core.runtime.units.plain import PlainUnit
from cnn_core.runtime.units.relu import ReluUnit
from tests.core.layers.cases import Case, all_examples, build

sides = st.integers(1, 7)


def distance(found, wanted):
    """The largest difference, as a share of the largest value there is to be."""
    assert found.shape == wanted.shape
    return np.abs(found - wanted).max(initial=0) / max(np.abs(wanted).max(initial=0), 1e-30)


def check(case, *, training=True, unit=None, mine=True):
    """One pass forward and back of a layer's unit, beside its operators; in float32 where it calls them."""
    single = case.as_type(np.float32)
    shapes = tuple(x.shape for x in single.inputs)
    made = choose_unit(case.layer, shapes, case.layer.infer_shape(*shapes), training)
    assert unit is None or type(made) is unit
    plain = isinstance(made, PlainUnit)
    right = single if plain else single.as_type(np.float64)
    done = right.forward(training=training)
    seed = np.random.default_rng(3).standard_normal(done.output.shape).astype(np.float32)
    wanted = right.layer.backward(right.params, right.inputs, done, seed.astype(done.output.dtype))

    pool, scratch = GradientPool(), np.full(made.scratch, np.nan, np.float32)
    sources = tuple(np.ascontiguousarray(batch_last(x)) for x in single.inputs)
    before = [x.copy() for x in sources]
    out = np.full(native_shape(done.output.shape), np.nan, np.float32)
    grad, other = pool.take(out.shape), pool.take(out.shape)
    for each in (grad, other):
        np.copyto(each, batch_last(seed))
    with np.errstate(all="ignore"):  # of bits that are no numbers
        made.forward(single.params, sources, out, scratch, np.random.default_rng(7))
        scratch.fill(np.nan)
        nothing, own = made.backward(
            single.params, sources, out, Back(other, False, (False,) * len(sources), pool), scratch
        )
        given, again = made.backward(
            single.params, sources, out, Back(grad, mine, (True,) * len(sources), pool), scratch
        )

    limit = made.error
    assert distance(batch_first(out), done.output) <= limit
    assert nothing == [None] * len(sources)
    assert own.keys() == again.keys() == wanted.params.keys()
    for name, value in wanted.params.items():
        assert own[name].dtype == np.float32
        assert distance(own[name], value) <= limit, name
    for found, value in zip(given, wanted.inputs, strict=True):
        assert distance(batch_first(found), value) <= limit
    for name, value in done.updates.items():
        assert distance(made.updates[name], value) <= limit
    assert np.array_equal(batch_first(other), seed)
    assert mine or np.array_equal(batch_first(grad), seed)
    assert all(np.array_equal(x, y) for x, y in zip(sources, before, strict=True))


@pytest.mark.parametrize("example", [e for e in all_examples() if e.values[0].inputs])
@pytest.mark.parametrize("training", [True, False])
def test_every_layer_that_there_is(example, training):
    check(build(example), training=training, mine=training)


@st.composite
def convolutions(draw):
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    return Conv2d(
        draw(st.integers(1, 5)),
        draw(st.integers(1, 5)),
        kernel,
        stride=draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
        padding=tuple(draw(st.integers(0, 3)) for _ in range(4)),
        bias=draw(st.booleans()),
    )


@given(layer=convolutions(), images=sides, size=st.tuples(sides, sides), seed=st.integers(0, 99))
def test_any_convolution_of_one_group(layer, images, size, seed):
    try:
        layer.infer_shape((images, layer.in_channels, *size))
    except ShapeError:
        return
    check(build(Example(layer, ((images, layer.in_channels, *size),)), seed), unit=ConvUnit)


@pytest.mark.parametrize("channels", [1, 6])
@pytest.mark.parametrize("stride", [(1, 1), (2, 1)])
def test_a_convolution_in_many_strips(channels, stride, monkeypatch):
    for module in (sliding, gathering, spreading):
        monkeypatch.setattr(module, "STRIP", 2000)
    layer = Conv2d(channels, 7, (3, 3), stride, padding=(1, 1, 1, 1))
    check(build(Example(layer, ((4, channels, 19, 17),))), unit=ConvUnit)


@given(
    window=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    apart=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    images=sides,
    size=st.tuples(sides, sides),
    seed=st.integers(0, 99),
)
def test_maxima_of_windows_apart(window, apart, images, size, seed):
    stride = (window[0] + apart[0], window[1] + apart[1])
    layer = MaxPool2d(window, stride)
    try:
        layer.infer_shape((images, 2, *size))
    except ShapeError:
        return
    case = build(Example(layer, ((images, 2, *size),)), seed)
    # few values, so that windows have several maxima: the first gets the gradient
    check(Case(layer, (np.round(case.inputs[0]),), {}), unit=MaxPoolUnit)


@pytest.mark.parametrize("mine", [True, False])
@pytest.mark.parametrize(
    ("layer", "shapes", "unit"),
    [
        (ReLU(), ((3, 4, 5, 6),), ReluUnit),
        (ReLU(), ((3, 7),), ReluUnit),
        (BatchNorm2d(3), ((2, 3, 4, 5),), NormUnit),
        (Add(), ((2, 3, 4, 5),) * 3, AddUnit),
        (GlobalAvgPool2d(), ((2, 3, 4, 5),), GlobalMeanUnit),
        (Flatten(), ((2, 3, 4, 5),), FlattenUnit),
        (Dense(7, 3), ((4, 7),), DenseUnit),
        (Dense(7, 3, bias=False), ((1, 7),), DenseUnit),
    ],
)
def test_units_that_may_write_into_the_gradient_or_not(layer, shapes, unit, mine):
    check(build(Example(layer, shapes)), unit=unit, mine=mine)


def test_zeros_of_either_sign_pass_no_gradient():
    x = np.array([[0.0, -0.0, 1e-45, -1e-45, 1.0]])
    check(Case(ReLU(), (x,), {}), unit=ReluUnit)


def test_the_variance_of_values_far_from_zero():
    """Of a mean a thousand deviations away a sum of squares less its square has no digit left."""
    case = build(Example(BatchNorm2d(2), ((4, 2, 30, 30),)))
    moved = Case(case.layer, (case.inputs[0] / 2 + 1000,), case.params)
    single, right = moved.as_type(np.float32), moved.as_type(np.float32).as_type(np.float64)
    made = choose_unit(case.layer, ((4, 2, 30, 30),), (4, 2, 30, 30), True)
    out = np.empty((30, 2, 30, 4), np.float32)
    source = np.ascontiguousarray(batch_last(single.inputs[0]))
    made.forward(single.params, (source,), out, np.empty(made.scratch, np.float32), None)
    done = right.forward(training=True)
    assert distance(batch_first(out), done.output) < 1e-4
    for name, value in done.updates.items():
        assert distance(made.updates[name], value) < 1e-6
