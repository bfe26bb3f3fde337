"""What is left out is what newly exposed pixels can change, value by value."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.equivariance import Lab
from cnn_core.layers import Conv2d
from tests.core.equivariance.draw import borders, strided
from tests.core.graph.draw import positive
from tests.core.graph.networks import chain

shifts = st.tuples(st.integers(-5, 5), st.integers(-5, 5))


def as_float32(parameters):
    return {name: value.astype(np.float32) for name, value in parameters.items()}


def spoilt_places(lab, moved, dx, dy):
    """Places of every map that change when the pixels do which the shift has brought in."""
    _, _, height, width = moved.shape
    rows, columns = np.arange(height) - dy, np.arange(width) - dx
    new = ~np.logical_and.outer((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
    if lab.border == "wrap":
        new[:] = False
    other = moved.copy()
    other[0, :, new] += 7
    before, after = lab.baseline(moved), lab.baseline(other)
    return {name: (before.maps(name) != after.maps(name)).any(axis=0) for name in lab.nodes}


def without_partner(layer, wraps):
    """Places that a map moved by its share of the shift has from beyond the map."""
    _, height, width = layer.first.shape
    rows, columns = np.arange(height) - layer.move[0], np.arange(width) - layer.move[1]
    inside = np.logical_and.outer((rows >= 0) & (rows <= height - 1), (columns >= 0) & (columns <= width - 1))
    return ~inside & (not wraps)


@settings(max_examples=60)
@given(strided(), borders, shifts)
def test_left_out_is_what_new_pixels_change_or_nothing_moves_to(graph, border, shift):
    lab = Lab(graph, as_float32(positive(graph)), border)
    x = 0.5 + np.random.default_rng(1).random(graph.shapes["input"]).astype(np.float32)
    result = lab.baseline(x).shift(*shift)
    changed = spoilt_places(lab, result.image, *shift)
    for name, layer in result.layers.items():
        expected = ~(changed[name] | without_partner(layer, border == "wrap"))
        if is_max_behind(graph, name):  # a maximum hides changes of what is not the largest
            assert not (layer.kept & ~expected).any(), name
        else:
            np.testing.assert_array_equal(layer.kept, expected, err_msg=name)
        channels = layer.first.shape[0]
        assert layer.compared == channels * layer.kept.sum()
        assert layer.compared + layer.left_out == layer.first.size


def is_max_behind(graph, name):
    """Whether the node or one before it takes a maximum."""
    node = graph[name]
    return node.layer.kind == "max_pool2d" or any(is_max_behind(graph, source) for source in node.inputs)


def test_zeros_that_stand_for_lost_pixels_are_counted_as_the_edge():
    conv = Conv2d(4, 4, (3, 3), padding=(1, 1, 1, 1))
    graph = chain(conv, conv, shape=(4, 12, 10))
    x = 0.5 + np.random.default_rng(1).random(graph.shapes["input"]).astype(np.float32)
    parameters = as_float32(positive(graph))
    layers = Lab(graph, parameters, "zeros").baseline(x).shift(3, 0).layers
    for depth, name in enumerate(("layer_0", "layer_1"), 1):
        layer = layers[name]
        assert layer.left_out == 4 * 12 * (3 + depth)
        assert layer.edge == layer.differing == 4 * 12 * depth
        assert layer.error > 0.01
        assert (layer.error_inside, layer.differing_inside) == (0.0, 0)
        assert not layer.exact
    # along an axis that did not move, both runs read the same zeros
    assert Lab(graph, parameters, "wrap").baseline(x).shift(3, 0).layers["layer_1"].edge == 0
