"""Files cut and flipped, limits one by one, all that is unknown at once, names that want to be more."""

import contextlib

import numpy as np
import pytest
from onnx import AttributeProto, helper

from cnn_core.errors import CnnError, ModelLimit, UnsupportedOperator
from cnn_core.onnx_import import Limits, import_model
from tests.core.onnx_import.files import classifier, model, node

RELU = node("Relu", "x", "y")


@pytest.mark.parametrize("place", range(0, 2200, 37))
def test_a_file_cut_anywhere_is_refused_or_whole(place):
    data = classifier().SerializeToString()
    with pytest.raises(CnnError):
        import_model(data[: min(place, len(data) - 300)])


@pytest.mark.parametrize("seed", range(60))
def test_a_file_with_a_flipped_byte_is_read_or_refused_but_never_trips(seed):
    rng = np.random.default_rng(seed)
    data = bytearray(classifier().SerializeToString())
    for place in rng.integers(0, len(data), 3):
        data[place] = rng.integers(0, 256)
    with contextlib.suppress(CnnError):
        import_model(bytes(data))


def test_every_limit_can_be_set():
    data = classifier().SerializeToString()
    import_model(data)
    for name, least in {
        "max_bytes": 10,
        "max_structure_bytes": 100,
        "max_nodes": 3,
        "max_parameters": 100,
        "max_activation_bytes": 500,
        "max_macs": 1000,
        "max_side": 4,
        "max_name_length": 3,
        "max_rank": 2,
    }.items():
        with pytest.raises(ModelLimit):
            import_model(data, limits=Limits(**{name: least}))


def test_unsupported_operators_are_all_named_at_once():
    kinds = ["Relu", "LSTM", "Unheard", "Unheard", "GridSample"]
    nodes = [helper.make_node(kind, [f"{n}" if n else "x"], [f"{n + 1}"]) for n, kind in enumerate(kinds)]
    named = r"Unheard \(2\) at '3', '4', LSTM \(1\) at '2', GridSample \(1\) at '5'\. What would help"
    cut = r"""extract_model\("model.onnx", "part.onnx", \['x'\], \['1'\]\)"""
    with pytest.raises(UnsupportedOperator, match=f"{named}.*{cut}"):
        import_model(model(nodes).SerializeToString())


def test_names_come_out_safe_and_distinct():
    nodes = [
        helper.make_node("Relu", ["x"], ["a"], name="<script>alert(1)</script>"),
        helper.make_node("Relu", ["a"], ["b"], name="../../etc/passwd"),
        helper.make_node("Relu", ["b"], ["c"], name="../../etc/passwd"),
        helper.make_node("Relu", ["c"], ["d"], name="\x00\x1b[2J"),
        helper.make_node("Relu", ["d"], ["e"], name="λ"),
    ]
    graph = import_model(model(nodes).SerializeToString()).graph
    assert [each.name for each in graph][1:] == [
        "script.alert.1.script",
        "etc.passwd",
        "etc.passwd_2",
        "2J",
        "relu",
    ]


def test_an_attribute_that_refers_to_a_graph_is_refused_wherever_it_is():
    made = model([RELU])
    made.graph.node[0].attribute.append(
        AttributeProto(name="g", type=AttributeProto.GRAPH, g=helper.make_graph([], "g", [], []))
    )
    with pytest.raises(UnsupportedOperator, match=r"Relu \(1\)"):
        import_model(made.SerializeToString())
