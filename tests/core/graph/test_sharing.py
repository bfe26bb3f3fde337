import pytest

from cnn_core.errors import GraphError
from cnn_core.graph import ParameterCounts, dense_weights, parameter_counts
from cnn_core.layers import Conv2d, Dense, Flatten, ReLU
from cnn_core.models import MODELS
from tests.core.graph.networks import chain


def test_conv_1_2_of_tiny_vgg_by_hand():
    # 10 filters of 10x3x3 and a bias; at 60x60 places; or 36,000 units on 10x62x62 values and a bias
    counts = parameter_counts(MODELS["tiny_vgg"].build(10), "conv_1_2")
    assert counts == ParameterCounts(shared=910, locally_connected=3_276_000, dense=1_383_876_000)


def test_conv_1_1_of_tiny_vgg_by_hand():
    # 10 * (27 + 1); 62*62 times that; 38,440 units on 12,288 values and a bias
    counts = parameter_counts(MODELS["tiny_vgg"].build(10), "conv_1_1")
    assert counts == ParameterCounts(shared=280, locally_connected=1_076_320, dense=472_389_160)


def test_groups_strides_and_a_missing_bias_by_hand():
    # 4 -> 6 channels in 2 groups, 2x3 kernel, 5x7 padded to 7x7, stride 2 -> 3x3 places
    conv = Conv2d(4, 6, (2, 3), stride=(2, 2), padding=(1, 0, 1, 0), groups=2, bias=False)
    counts = parameter_counts(chain(conv, shape=(4, 5, 7)), "layer_0")
    assert counts == ParameterCounts(
        shared=6 * (2 * 2 * 3),
        locally_connected=3 * 3 * 6 * (2 * 2 * 3),
        dense=(6 * 3 * 3) * (4 * 5 * 7),
    )


def test_what_is_shared_is_what_the_layer_has():
    graph = chain(Conv2d(2, 3, (3, 3)), Conv2d(3, 3, (3, 3), groups=3, bias=False), shape=(2, 9, 9))
    for node in ("layer_0", "layer_1"):
        assert parameter_counts(graph, node).shared == graph.cost(node).parameters


def test_a_kernel_as_large_as_the_map_is_the_dense_layer():
    counts = parameter_counts(chain(Conv2d(2, 5, (4, 6)), shape=(2, 4, 6)), "layer_0")
    assert counts.shared == counts.locally_connected == counts.dense == 5 * 49


def test_layers_that_share_nothing_have_no_counts():
    graph = chain(ReLU(), Flatten(), Dense(4, 2), shape=(1, 2, 2))
    assert [parameter_counts(graph, node.name) for node in graph] == [None] * 4


def test_a_thousand_units_on_a_photograph():
    assert dense_weights((256, 256, 3), 1000) == dense_weights((3, 256, 256), 1000) == 196_608_000


def test_an_unknown_node_is_answered_with_those_there_are():
    with pytest.raises(GraphError, match="no node 'conv'; nodes: input"):
        parameter_counts(chain(ReLU(), shape=(1, 2, 2)), "conv")
