"""Every kernel against the plain operator in float64, over drawn shapes, within the error it states."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import ShapeError
from cnn_core.layers import Conv2d, MaxPool2d
from cnn_core.runtime.chooser import ROWS
from cnn_core.runtime.kernels.compiled import CompiledDepthwise
from cnn_core.runtime.kernels.conv_1x1 import Conv1x1
from cnn_core.runtime.kernels.conv_columns import ConvColumns
from cnn_core.runtime.kernels.conv_exact import ConvExact
from cnn_core.runtime.kernels.conv_filters import ConvFilters
from cnn_core.runtime.kernels.conv_planes import ConvPlanes
from cnn_core.runtime.kernels.conv_rows import ConvRows
from cnn_core.runtime.kernels.depthwise import Depthwise
from cnn_core.runtime.kernels.max_pool import MaxPoolRows
from cnn_core.runtime.kernels.winograd import WinogradF2, WinogradF4
from tests.core.runtime.alone import in_float64, relative_error, run_alone, site_of, strips_of

pytestmark = pytest.mark.usefixtures("compiled_functions")

ORDERS = {ConvPlanes: ("NCHW", "NHWC"), ConvRows: ("NHCW", "NHCW"), ConvExact: ("NHCW", "NHCW")}
FREE = (ConvColumns, ConvPlanes, ConvRows, ConvExact)
WINOGRAD = (WinogradF2, WinogradF4)

sides = st.integers(1, 4)
few = st.integers(1, 9)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def convolutions(draw, groups=1, kernels=pairs, strides=pairs, dilations=pairs, channels=few):
    into = draw(channels)
    return Conv2d(
        in_channels=into,
        out_channels=into if groups == "depthwise" else draw(channels),
        kernel_size=draw(kernels),
        stride=draw(strides),
        padding=tuple(draw(st.integers(0, 2)) for _ in range(4)),
        dilation=draw(dilations),
        groups=into if groups == "depthwise" else 1,
        bias=draw(st.booleans()),
    )


def check(kernel_class, layer, size, seed, rows=3, more=0):
    rng = np.random.default_rng(seed)
    batch, height, width = size
    shape = (batch, layer.in_channels if isinstance(layer, Conv2d) else 3, height, width)
    try:
        layer.infer_shape(shape)
    except ShapeError:
        return
    source, order = ORDERS.get(kernel_class, ("NHWC", "NHWC"))
    site = site_of(layer, (shape,), (source,), order, rng)
    x = rng.standard_normal(shape).astype(np.float32)
    kernel = kernel_class(site)
    found = run_alone(kernel, (x,), strips_of(kernel, rows), more)
    assert relative_error(found, in_float64(site, (x,))) <= kernel.error


sizes = st.tuples(st.integers(1, 3), st.integers(1, 11), st.integers(1, 11))
seeds = st.integers(0, 99)


@pytest.mark.parametrize("kernel", FREE)
@given(layer=convolutions(), size=sizes, seed=seeds, rows=sides, more=st.integers(0, 2))
def test_any_convolution_of_one_group(kernel, layer, size, seed, rows, more):
    if kernel is ConvRows:
        layer = Conv2d(**{**layer.config(), "dilation": (1, layer.dilation[1])})
    check(kernel, layer, size, seed, rows, more)


@given(layer=convolutions(), size=sizes, seed=seeds)
def test_cut_by_filters(layer, size, seed):
    check(ConvFilters, layer, size, seed)


one = st.just((1, 1))


@given(layer=convolutions(kernels=one, strides=one, dilations=one), size=sizes, seed=seeds, rows=sides)
@pytest.mark.parametrize("more", [0, 1])
def test_one_cell(more, layer, size, seed, rows):
    check(Conv1x1, Conv2d(**{**layer.config(), "padding": (0, 0, 0, 0)}), size, seed, rows, more)


@given(layer=convolutions(groups="depthwise"), size=sizes, seed=seeds, rows=sides, more=st.integers(0, 1))
def test_every_channel_with_its_own_filter(layer, size, seed, rows, more):
    check(Depthwise, layer, size, seed, rows, more)
    check(CompiledDepthwise, layer, size, seed, rows, more)


@pytest.mark.parametrize("kernel", WINOGRAD)
@given(
    layer=convolutions(kernels=st.just((3, 3)), strides=one, dilations=one, channels=st.integers(1, 5)),
    size=sizes,
    seed=seeds,
    rows=sides,
    more=st.integers(0, 2),
)
def test_winograd_on_maps_that_its_tiles_do_not_fit(kernel, layer, size, seed, rows, more):
    check(kernel, layer, size, seed, rows, more)


@pytest.mark.parametrize("kernel", WINOGRAD)
def test_winograd_sums_many_channels_within_its_error_and_beyond_the_plain_one(kernel):
    layer = Conv2d(128, 32, (3, 3), padding=(1, 1, 1, 1))
    rng = np.random.default_rng(3)
    site = site_of(layer, ((1, 128, 20, 18),), ("NHWC",), "NHWC", rng)
    x = rng.standard_normal(site.inputs[0]).astype(np.float32)
    made = kernel(site)
    error = relative_error(run_alone(made, (x,), strips_of(made, 4)), in_float64(site, (x,)))
    assert error <= made.error
    assert made.approximate


def test_convolutions_of_many_groups_in_the_exact_order():
    for groups in (2, 3, 6):
        check(ConvExact, Conv2d(6, 12, (3, 2), stride=(2, 1), groups=groups), (2, 7, 6), groups)


@given(
    kernel_size=pairs,
    stride=pairs,
    dilation=pairs,
    ceil=st.booleans(),
    padding=st.tuples(*[st.integers(0, 2)] * 4),
    size=sizes,
    seed=seeds,
    rows=sides,
)
@pytest.mark.parametrize("order", ["NHWC", "NHCW"])
def test_max_pooling(order, kernel_size, stride, dilation, ceil, padding, size, seed, rows):
    try:
        layer = MaxPool2d(kernel_size, stride, padding, dilation, ceil)
        shape = (size[0], 3, *size[1:])
        layer.infer_shape(shape)
    except ShapeError:
        return
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape).astype(np.float32)
    kernel = MaxPoolRows(site_of(layer, (shape,), (order,), order, rng))
    np.testing.assert_array_equal(
        run_alone(kernel, (x,), strips_of(kernel, rows)), layer.forward({}, x).output
    )


def _site(example, order):
    shapes = example.inputs
    orders = tuple("NC" if len(shape) == 2 else order for shape in shapes)
    output = example.layer.infer_shape(*shapes)
    rng = np.random.default_rng(0)
    return site_of(example.layer, shapes, orders, "NC" if len(output) == 2 else order, rng)


FITTING = [
    (kernel, site)
    for layer, kernel in ROWS
    for example in layer.examples()
    for site in (_site(example, "NHWC"), _site(example, "NHCW"))
    if kernel.fits(site)
]


def test_every_kernel_fits_some_example_or_is_drawn_above():
    drawn = {*FREE, *WINOGRAD, ConvFilters, Conv1x1, CompiledDepthwise, Depthwise, MaxPoolRows}
    assert {kernel for _, kernel in ROWS} <= drawn | {kernel for kernel, _ in FITTING}


@pytest.mark.parametrize(("kernel", "site"), FITTING)
@pytest.mark.parametrize("rows", [1, 5])
def test_every_example_of_every_layer_it_fits(kernel, site, rows):
    rng = np.random.default_rng(rows)
    inputs = tuple(rng.standard_normal(shape).astype(np.float32) for shape in site.inputs)
    made = kernel(site)
    found = run_alone(made, inputs, strips_of(made, rows))
    assert relative_error(found, in_float64(site, inputs)) <= made.error
