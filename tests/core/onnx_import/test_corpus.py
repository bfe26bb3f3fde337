"""Every kind of file opens, and every layer of it is what another program computes."""

import pytest

from cnn_core.errors import BadModelFile, ModelLimit, UnsupportedOperator
from cnn_core.onnx_import import Limits, import_model
from cnn_core.onnx_import.engines import installed_engines
from tests.core.onnx_import import corpus
from tests.core.onnx_import.checks import verified
from tests.core.onnx_import.files import node


@pytest.mark.parametrize("name", corpus.OPENS)
def test_opens_and_is_verified(name):
    made = corpus.OPENS[name]()
    found = verified(made, engines=installed_engines())
    assert found.sources


def kinds(made):
    return [each.layer.kind for each in import_model(made.SerializeToString()).graph][1:]


def test_a_block_with_channels_last_keeps_its_maps():
    assert kinds(corpus.OPENS["a_block_with_channels_last"]()) == [
        "conv2d",
        "layer_norm",
        "conv2d",
        "add_constant",
        "gelu",
        "conv2d",
        "multiply_constant",
        "add",
    ]


def test_tokens_that_are_a_map_stay_one():
    found = import_model(corpus.OPENS["tokens_that_are_a_map"]().SerializeToString())
    shapes = [found.graph.shapes[each.name] for each in found.graph][1:]
    assert shapes == [(1, 4, 6, 6)] * 4 + [(1, 4, 1, 1), (1, 4)]


def test_what_is_in_the_other_branch_is_nobody_s_concern():
    made = corpus.OPENS["a_branch_that_is_known"]()
    made.graph.node[4].attribute[0].g.node[0].op_type = "Unheard"
    assert kinds(made) == ["conv2d", "relu", "sigmoid"]


def test_a_layer_beneath_a_transposition_is_compared_in_the_order_of_the_file():
    found = verified(corpus.OPENS["a_block_with_channels_last"]())
    assert found.orders["g_node"].order == (1, 2, 0)
    assert found.sources["g_node"] == "g"


def test_a_branch_decided_by_the_picture_is_refused():
    made = corpus.OPENS["a_branch_that_is_known"]()
    made.graph.node[1].CopyFrom(node("ReduceMax", "c", "shape", keepdims=0))
    made.graph.node[2].CopyFrom(node("Greater", "shape four", "channels"))
    made.graph.node[3].CopyFrom(node("Identity", "channels", "four_there"))
    with pytest.raises(UnsupportedOperator):
        import_model(made.SerializeToString())


NOTES = {
    "a_quantised_network_by_operators": "The network is quantised. Every layer is shown with the values that "
    "its whole numbers stand for, rounded as the file rounds them.",
    "an_input_that_nothing_reads": "Nothing reads its input 'scale'.",
    "a_row_of_values": "Its input is a row of 64 values; they are taken for 8 x 8 of one channel.",
    "four_channels_last": "Its input has four channels; the fourth, opacity, is full for every photo.",
    "sides_left_open_that_must_be_32": "The file leaves the sides of its input open. 224 x 224 do not fit "
    "its layers, 32 x 32 do and are taken; another size may be meant.",
}


@pytest.mark.parametrize("name", NOTES)
def test_what_is_taken_for_granted_is_said(name):
    assert NOTES[name] in import_model(corpus.OPENS[name]().SerializeToString()).notes


def test_sides_that_are_asked_for_are_not_guessed_again():
    made = corpus.OPENS["sides_left_open_that_must_be_32"]().SerializeToString()
    with pytest.raises(BadModelFile, match="do not fit"):
        import_model(made, sizes=(48, 48))


def test_functions_that_grow_without_end_are_refused_before_they_are_written_out():
    made = corpus.OPENS["functions_of_its_own"]()
    with pytest.raises(ModelLimit, match="at most 3 operators, its own functions written out make 4"):
        import_model(made.SerializeToString(), limits=Limits(max_nodes=3))
    made.functions[1].node[0].CopyFrom(made.functions[0].node[0])
    made.functions[1].opset_import.extend(made.functions[0].opset_import[1:])
    with pytest.raises(BadModelFile, match="'Bend' calls itself"):
        import_model(made.SerializeToString())


@pytest.mark.parametrize(("bytes_held", "opens"), [(2_400, True), (1_500, False), (200, False)])
def test_constants_that_nothing_reads_any_more_make_room_for_others(bytes_held, opens):
    # 4.2 kB are computed in the file, of which 1.7 kB are needed at once
    made = corpus.OPENS["weights_standardised_layer_by_layer"]().SerializeToString()
    limits = Limits(max_constant_bytes=bytes_held)
    if opens:
        assert import_model(made, limits=limits).graph
    else:
        with pytest.raises(ModelLimit, match="computed from its constants may take"):
            import_model(made, limits=limits)
