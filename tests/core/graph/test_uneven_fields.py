"""Receptive fields behind layers that cut, pad, stretch and upsample: by formula, and by what changes."""

import numpy as np
import pytest

from cnn_core.graph import ReceptiveField, field_box, forward, receptive_field
from cnn_core.layers import Conv2d, ConvTranspose2d, MaxPool2d, Pad, ReLU, Resize2d, Slice
from tests.core.graph.draw import positive
from tests.core.graph.networks import chain

SAME = {"kernel_size": (3, 3), "padding": (1, 1, 1, 1)}
SHAPE = (2, 8, 9)
PADDED = Pad(SHAPE, (2, 11, 11), (0, 1, 2), (0, 2, 0), fill=0.5)
CUT = Slice((2, 8, 9), (2, 3, 4), (0, 1, 2), (1, 2, 1), (2, 3, 4))
BACKWARDS = Slice((2, 8, 9), (2, 8, 9), (0, 7, 0), (1, -1, 1), (2, 8, 9))
MIRRORED = Pad(SHAPE, (2, 11, 11), (0, 1, 2), (0, 2, 0), "reflect")

NETWORKS = {
    "pad": chain(PADDED, Conv2d(2, 2, (3, 3), (2, 2)), shape=SHAPE),
    "slice": chain(Conv2d(2, 2, **SAME), CUT, Conv2d(2, 2, (2, 2)), shape=SHAPE),
    "backwards": chain(BACKWARDS, Conv2d(2, 2, **SAME), shape=SHAPE),
    "mirrored": chain(MIRRORED, Conv2d(2, 2, (3, 3)), shape=SHAPE),
    "transposed": chain(Conv2d(2, 2, **SAME), ConvTranspose2d(2, 2, (3, 2), (2, 3)), ReLU(), shape=SHAPE),
    "nearest": chain(MaxPool2d((2, 2), (2, 2)), Resize2d((8, 8)), Conv2d(2, 2, **SAME), shape=SHAPE),
    "linear": chain(Conv2d(2, 2, **SAME), Resize2d((12, 5), "linear"), shape=SHAPE),
}


def outputs(graph, parameters, x):
    return list(forward(graph, parameters, x))[-1].output


def test_crops_strided_slices_and_constant_pads_have_the_formula_of_a_window() -> None:
    assert receptive_field(NETWORKS["pad"], "layer_0") == ReceptiveField((1, 1), (1, 1), (-1, -2))
    assert receptive_field(NETWORKS["pad"], "layer_1") == ReceptiveField((3, 3), (2, 2), (-1, -2))
    assert receptive_field(NETWORKS["slice"], "layer_1") == ReceptiveField((3, 3), (2, 1), (0, 1))
    assert receptive_field(NETWORKS["slice"], "layer_2") == ReceptiveField((5, 4), (2, 1), (0, 1))


def test_where_there_is_no_one_window_the_largest_is_told_and_no_stride() -> None:
    assert receptive_field(NETWORKS["transposed"], "layer_1") == ReceptiveField((4, 3), (0, 0), (0, 0))
    assert receptive_field(NETWORKS["nearest"], "layer_2") == ReceptiveField((4, 4), (0, 0), (0, 0))
    assert receptive_field(NETWORKS["mirrored"], "layer_1") == ReceptiveField((3, 3), (0, 0), (0, 0))


@pytest.mark.parametrize("name", NETWORKS)
def test_no_pixel_outside_of_the_field_changes_a_value_and_some_value_has_its_size(name: str) -> None:
    graph = NETWORKS[name]
    parameters = positive(graph)
    x = np.random.default_rng(3).random((1, *SHAPE))
    node = graph.output
    plain = outputs(graph, parameters, x)
    field = receptive_field(graph, node)
    reached = np.zeros(2, int)
    changed = np.zeros((*graph.shapes[node][2:], *SHAPE[1:]), bool)
    for y, column in np.ndindex(*SHAPE[1:]):
        other = x.copy()
        other[0, :, y, column] += 1
        changed[..., y, column] = (outputs(graph, parameters, other) != plain)[0].any(axis=0)
    for place in np.ndindex(*graph.shapes[node][2:]):
        box = field_box(graph, node, (0, *place))
        inside = np.zeros(SHAPE[1:], bool)
        inside[box.top : box.bottom, box.left : box.right] = True
        assert not (changed[place] & ~inside).any(), place
        reached = np.maximum(reached, (box.bottom - box.top, box.right - box.left))
        for axis, (first, last) in enumerate(((box.top, box.bottom), (box.left, box.right))):
            if field.stride[axis] and first < last:
                start = place[axis] * field.stride[axis] + field.offset[axis]
                assert start <= first
                assert last <= start + field.size[axis]
    assert tuple(reached) == field.size
