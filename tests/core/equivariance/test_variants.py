import numpy as np
import pytest

from cnn_core.equivariance import BORDERS, POOLINGS, Lab
from cnn_core.errors import BadInput, GraphError, ShapeError
from cnn_core.graph import Graph, Node
from cnn_core.layers import AvgPool2d, BlurPool2d, Concat, Conv2d, Dense, Flatten, Input, MaxPool2d
from cnn_core.models import load_model
from tests.core.equivariance.draw import image_of, parameters_of
from tests.core.graph.networks import branching, chain

SAME = {"kernel_size": (3, 3), "padding": (1, 1, 1, 1)}


def lab_of(graph, *variant):
    return Lab(graph, parameters_of(graph), *variant)


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("border", BORDERS)
def test_every_variant_of_a_branching_net_runs_and_moves_along_in_steps_of_its_stride(border, pooling):
    graph = branching()
    layers = lab_of(graph, border, pooling).baseline(image_of(graph)).shift(0, 2).layers
    assert list(layers)[-2:] == ["leaky", "avg_pool"]
    for name, layer in layers.items():
        assert layer.move == (2 / layer.stride[0], 0.0)
        assert layer.differing_inside == 0, name
        if border == "wrap":
            assert layer.exact, name


def test_what_a_variant_changes_is_said_and_nothing_else():
    vgg = load_model("tiny_vgg")
    pools = "Pooled in another way than in training: max_pool_1, max_pool_2."
    convs = "which training did not: conv_1_1, conv_1_2, conv_2_1, conv_2_2."
    grid = "to keep the photo's grid, "
    expected = {
        ("trained", "trained"): (),
        ("trained", "max"): (),
        ("trained", "average"): (pools,),
        ("wrap", "trained"): (f"Padded (wrap) {grid}{convs}",),
        ("zeros", "strided"): (pools, f"Padded (zeros) {grid}{convs}"),
    }
    for variant, changes in expected.items():
        assert Lab(vgg.graph, vgg.parameters, *variant).changes == changes
    padded = chain(Conv2d(2, 2, **SAME), shape=(2, 8, 8))
    assert lab_of(padded, "zeros").changes == ()
    assert lab_of(padded, "reflect").changes == ("Padded by reflect, with zeros in training: layer_0.",)
    blurred = chain(BlurPool2d(3), shape=(2, 8, 8))
    assert lab_of(blurred, "zeros", "blur3").changes == ()
    assert lab_of(blurred, "zeros", "blur5").changes == ("Pooled in another way than in training: layer_0.",)


@pytest.mark.parametrize(
    "pool",
    [
        MaxPool2d((3, 3), (2, 2), (1, 1, 1, 1)),
        MaxPool2d((2, 2), (2, 2), ceil_mode=True),
        AvgPool2d((2, 3), (2, 3)),
        BlurPool2d(5, 2),
    ],
)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_another_pooling_keeps_the_size_and_the_stride(pool, pooling):
    graph = chain(pool, shape=(2, 11, 9))
    trained, other = lab_of(graph), lab_of(graph, "trained", pooling)
    assert other.shape("layer_0") == trained.shape("layer_0") == graph.shapes["layer_0"][1:]
    assert other.stride("layer_0") == trained.stride("layer_0")
    assert np.isfinite(other.baseline(image_of(graph)).maps("layer_0")).all()


def test_a_map_behind_an_odd_side_makes_no_circle():
    graph = chain(MaxPool2d((2, 2)), shape=(1, 6, 7))
    assert not lab_of(graph, "wrap").plan.closes("layer_0")
    even = chain(MaxPool2d((2, 2)), shape=(1, 6, 8))
    assert lab_of(even, "wrap").plan.closes("layer_0")


def test_what_cannot_be_compared_is_refused_by_name():
    vgg = load_model("tiny_vgg")
    lab = Lab(vgg.graph, vgg.parameters)
    x = np.zeros((1, 3, 64, 64), np.float32)
    baseline = lab.baseline(x)
    for node in ("flatten", "output", "softmax"):
        with pytest.raises(GraphError, match=f"node '{node}': .* gives no map that could move"):
            baseline.shift(1, 0, [node])
    with pytest.raises(GraphError, match="no node 'conv_9'"):
        baseline.maps("conv_9")
    with pytest.raises(ShapeError, match="dx must be less than the image's 64 pixels, got 64"):
        baseline.shift(64, 0)
    with pytest.raises(ShapeError, match=r"node 'input': x must be \(1, 3, 64, 64\)"):
        lab.baseline(x[:, :, :32])
    x[0, 0, 3, 3] = np.nan
    with pytest.raises(BadInput, match="must be finite, got 1 values"):
        lab.baseline(x)
    with pytest.raises(BadInput, match="border must be one of trained, zeros, wrap, reflect, got 'same'"):
        Lab(vgg.graph, vgg.parameters, "same")
    with pytest.raises(BadInput, match=r"pooling must be one of .*, got 'median'"):
        Lab(vgg.graph, vgg.parameters, "wrap", "median")


def test_a_vector_has_no_maps_and_maps_joined_side_by_side_cannot_move():
    vector = chain(Dense(4, 2), shape=(4,))
    with pytest.raises(GraphError, match="one input that is an image"):
        Lab(vector, vector.init(np.random.default_rng(0)))
    graph = Graph(
        [
            Node("input", Input(shape=(1, 4, 4))),
            Node("joined", Concat(axis=3), ("input", "input")),
            Node("behind", Flatten(), ("joined",)),
        ]
    )
    assert Lab(graph, {}).nodes == ("input",)
