import json
import pickle
from dataclasses import asdict, replace

import numpy as np
import pytest
import safetensors
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.errors import BadModelFile
from cnn_core.graph import Graph, Node
from cnn_core.layers import Conv2d, Input
from cnn_core.models import Accuracy, Card, load_card, load_weights, save_card, save_weights

GRAPH = Graph([Node("input", Input(shape=(2, 4, 4))), Node("conv", Conv2d(2, 3, (3, 3)), ("input",))])
FRESH = GRAPH.init(np.random.default_rng(0))
WHOLE = safetensors.numpy.save(FRESH)
BRAIN_FLOAT = b'{"conv.bias":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]}}'
CARD = Card(
    title="Tiny",
    architecture="one convolution",
    data="none",
    licence="MIT",
    command="train",
    seed=3,
    epochs=60,
    validation=Accuracy(0.8, 0.95, 500, "held out"),
    notes="é",
    parameters=57,
    macs=216,
    size_bytes=300,
    hours=0.5,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tiny.safetensors"


def test_weights_come_back_as_they_were(path):
    save_weights(path, FRESH, {"seed": "0"})
    loaded = load_weights(path, GRAPH)
    assert list(loaded) == ["conv.weight", "conv.bias"]
    for name, value in FRESH.items():
        np.testing.assert_array_equal(loaded[name], value)
        assert loaded[name].dtype == np.float32
    with safetensors.safe_open(path, framework="np") as file:
        assert file.metadata() == {"seed": "0"}


def test_arrays_that_are_not_contiguous_are_written_right(path):
    turned = {"conv.weight": FRESH["conv.weight"].transpose(0, 1, 3, 2), "conv.bias": FRESH["conv.bias"]}
    save_weights(path, turned)
    np.testing.assert_array_equal(load_weights(path, GRAPH)["conv.weight"], turned["conv.weight"])


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_floating_point_types_become_float32(dtype, path):
    save_weights(path, {name: value.astype(dtype) for name, value in FRESH.items()})
    loaded = load_weights(path, GRAPH)
    assert {value.dtype for value in loaded.values()} == {np.dtype(np.float32)}
    np.testing.assert_allclose(loaded["conv.weight"], FRESH["conv.weight"], atol=2e-3)


def test_saving_replaces_the_file_and_leaves_nothing_beside_it(path):
    path.write_bytes(b"old")
    save_weights(path, FRESH)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert path.stat().st_mode & 0o777 == 0o644
    load_weights(path, GRAPH)


def test_a_save_that_fails_keeps_the_old_file_and_leaves_nothing_beside_it(path, monkeypatch):
    path.write_bytes(b"old")

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="disk full"):
        save_weights(path, FRESH)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\0" * 8,
        b"\xff" * 64,
        WHOLE[:4],
        WHOLE[:60],
        WHOLE[:-1],
        WHOLE + b"\0",
        b"\x10\0\0\0\0\0\0\0" + b"not json at all!",
        pickle.dumps(FRESH),
        np.random.default_rng(0).bytes(2000),
        WHOLE.replace(b"F32", b"BF1"),
        len(BRAIN_FLOAT).to_bytes(8, "little") + BRAIN_FLOAT + b"\0" * 6,
    ],
    ids=[
        "empty",
        "zeros",
        "ones",
        "cut in the length",
        "cut in the header",
        "cut at the end",
        "too long",
        "header no JSON",
        "pickle",
        "noise",
        "unknown type",
        "type NumPy lacks",
    ],
)
def test_a_damaged_file_is_named_with_what_was_wanted(damaged, path):
    path.write_bytes(damaged)
    with pytest.raises(BadModelFile, match=r"tiny.safetensors: wanted a safetensors file"):
        load_weights(path, GRAPH)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_flipped_bytes_never_raise_anything_else(tmp_path_factory, changes):
    data = bytearray(WHOLE)
    for place, value in changes:
        data[place] = value
    path = tmp_path_factory.getbasetemp() / "flipped.safetensors"
    path.write_bytes(data)
    try:
        loaded = load_weights(path, GRAPH)
    except BadModelFile:
        return
    GRAPH.check_parameters(loaded)


def test_a_missing_file_is_named(path):
    with pytest.raises(BadModelFile, match=r"tiny.safetensors: wanted a safetensors file.*No such file"):
        load_weights(path, GRAPH)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"conv.bias": np.zeros(4, np.float32)}, r"tiny.safetensors: conv.bias must be \(3,\), got \(4,\)"),
        ({"conv.bias": np.zeros(3, np.int8)}, r"conv.bias must be floating-point numbers, got int8"),
        ({"conv.bias": np.array([0, np.nan, 0], np.float16)}, r"conv.bias must be finite"),
        ({"conv.bias": np.array([0, 1e300, 0])}, r"conv.bias must be finite"),
        ({"dense.bias": np.zeros(3, np.float32)}, r"dense.bias belongs to no node"),
    ],
)
def test_weights_that_do_not_fit_the_graph_name_the_parameter(change, complaint, path):
    save_weights(path, {**FRESH, **change})
    with pytest.raises(BadModelFile, match=complaint):
        load_weights(path, GRAPH)


def test_a_missing_parameter_is_named(path):
    save_weights(path, {"conv.weight": FRESH["conv.weight"]})
    with pytest.raises(BadModelFile, match=r"tiny.safetensors: conv.bias is missing, wanted \(3,\)"):
        load_weights(path, GRAPH)


@pytest.mark.parametrize(
    "validation", [CARD.validation, replace(CARD.validation, calibration_error=0.04), None]
)
def test_a_card_comes_back_as_it_was(validation, tmp_path):
    card = replace(CARD, validation=validation)
    save_card(tmp_path / "tiny.json", card)
    assert load_card(tmp_path / "tiny.json") == card


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b'{"title": "x"}',
        b'{"title":"x","architecture":"","data":"","licence":"","command":"","seed":"0","epochs":1}',
        b'{"title":"x","architecture":"","data":"","licence":"","command":"","seed":0,"epochs":1,"extra":1}',
        b'{"title":"x","architecture":"","data":"","licence":"","command":"","seed":0,"epochs":1,"validation":3}',
        b'{"title":"x","architecture":"","data":"","licence":"","command":"","seed":0,"epochs":1,'
        b'"validation":{"top1":"high","top3":1,"n":1,"split":""}}',
        json.dumps(
            asdict(replace(CARD, validation=replace(CARD.validation, calibration_error="low")))
        ).encode(),
    ],
)
def test_a_damaged_card_is_named_with_what_was_wanted(content, tmp_path):
    (tmp_path / "tiny.json").write_bytes(content)
    with pytest.raises(BadModelFile, match=r"tiny.json: wanted a JSON object of title, architecture"):
        load_card(tmp_path / "tiny.json")


@pytest.mark.parametrize("lacking", ["notes", "parameters", "macs", "size_bytes", "hours"])
def test_a_card_lacks_nothing(lacking, tmp_path):
    save_card(tmp_path / "tiny.json", CARD)
    entries = json.loads((tmp_path / "tiny.json").read_text())
    del entries[lacking]
    (tmp_path / "tiny.json").write_text(json.dumps(entries))
    with pytest.raises(BadModelFile, match=rf"\(no {lacking}\)"):
        load_card(tmp_path / "tiny.json")


def test_a_missing_card_is_named(tmp_path):
    with pytest.raises(BadModelFile, match=r"tiny.json: wanted the card.*No such file"):
        load_card(tmp_path / "tiny.json")
