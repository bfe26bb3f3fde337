"""``convscope compare``: the numbers of the core, as a table and as JSON, and an exit code for scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from PIL import Image

from app.cli.compare import ComparedFiles, run_compare
from cnn_core.comparison import compare, corresponding, untrained
from cnn_core.errors import CnnError
from cnn_core.graph import Trace
from cnn_core.models import ImageTrace, load_model
from cnn_core.preprocess import read_image, to_tensor
from cnn_core.runtime import run_compiled
from tests.cli.command import convscope
from tests.core.onnx_import.files import classifier


@pytest.fixture(scope="module")
def folder(espresso: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two photos, a file that is none, and a text."""
    made = tmp_path_factory.mktemp("photos")
    pixels = read_image(espresso)
    Image.fromarray(pixels).save(made / "a.png")
    Image.fromarray(pixels[::-1]).save(made / "c.png")
    (made / "b.png").write_bytes(b"no picture")
    (made / "notes.txt").write_text("notes")
    return made


def written(path: Path, **changes: float) -> str:
    """A small network in a file, some of its weights multiplied."""
    model = classifier()
    for tensor in model.graph.initializer:
        factor = np.float32(changes.get(tensor.name.replace(".", "_"), 1))
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor) * factor, tensor.name))
    path.write_bytes(model.SerializeToString())
    return str(path)


def found(
    capsys: pytest.CaptureFixture[str], a: str, b: str, photos: Path, tolerance: float | None = None
) -> tuple[bool, dict[str, Any]]:
    passed = run_compare(ComparedFiles(a, b, photos), tolerance, as_json=True)
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return passed, told


def test_a_folder_of_photos_is_compared_as_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    passed, told = found(capsys, "tiny_vgg", "tiny_vgg~untrained-3", folder)
    model = load_model("tiny_vgg")
    fresh = untrained(model.graph, model.parameters, 3)
    pairs = corresponding(model.graph, model.graph)
    each = []
    for name in ("a.png", "c.png"):
        a = ImageTrace(model, read_image(folder / name))
        x = to_tensor(read_image(folder / name), model.spec)
        b = Trace(model.graph, fresh, x, run=run_compiled)
        each.append(compare(a.outputs, b.outputs, pairs))
    expected = each[0] + each[1]
    assert passed
    assert (told["photos"], told["compared"], told["differing"]) == (
        2,
        expected.compared,
        expected.differing,
    )
    assert (told["first"], told["exact"], told["only_a"], told["only_b"]) == ("conv_1_1", False, [], [])
    for row, layer in zip(told["layers"], expected.layers, strict=True):
        assert row["a"] == row["b"] == layer.pair.a
        assert (row["relative"], row["cosine"]) == (layer.found.relative, layer.found.cosine)
        assert (row["largest"], row["differing"]) == (layer.found.largest, layer.found.differing)


def test_the_first_layer_above_the_tolerance_is_named(
    tmp_path: Path, espresso: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = written(tmp_path / "a.onnx"), written(tmp_path / "b.onnx", branch_weight=1.01, fc_weight=2)
    passed, told = found(capsys, a, b, espresso, 0.1)
    layers = {row["a"]: row for row in told["layers"]}
    assert not passed
    assert (told["first"], told["first_above"]) == ("branch_node", "scores_node")
    assert layers["relu_node"]["differing"] == 0
    assert 0 < layers["branch_node"]["relative"] < 0.1 < layers["scores_node"]["relative"]
    assert found(capsys, a, b, espresso, 10.0)[0]


def test_a_file_with_other_names_is_the_same_network(
    tmp_path: Path, espresso: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a = written(tmp_path / "a.onnx")
    model = classifier()
    for number, node in enumerate(model.graph.node):
        node.name = f"step_{number}"
        for position, name in enumerate(node.output):
            rename(model, name, f"t{number}_{position}")
    other = tmp_path / "other.onnx"
    other.write_bytes(model.SerializeToString())
    passed, told = found(capsys, a, str(other), espresso, 0.0)
    assert passed
    assert told["exact"]
    assert [row["a"] for row in told["layers"]] != [row["b"] for row in told["layers"]]
    assert run_compare(ComparedFiles(a, str(other), espresso), None, as_json=False)
    text = capsys.readouterr().out
    assert f"Exactly equal over 1 photo. Not one of {told['compared']:,} values differs." in text


def rename(model: onnx.ModelProto, before: str, after: str) -> None:
    for node in model.graph.node:
        for names in (node.input, node.output):
            for position, name in enumerate(names):
                if name == before:
                    names[position] = after
    for output in model.graph.output:
        if output.name == before:
            output.name = after


def test_outputs_without_a_counterpart_fail_a_check(
    espresso: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    passed, told = found(capsys, "tiny_vgg", "vgg", espresso, 1e9)
    assert (passed, told["outputs_correspond"], told["exact"]) == (False, False, False)
    assert [row["a"] for row in told["layers"]] == ["input"]
    run_compare(ComparedFiles("tiny_vgg", "vgg", espresso), None, as_json=False)
    text = capsys.readouterr().out
    assert "What they share is equal over 1 photo." in text
    assert "Exactly equal" not in text


def test_what_cannot_be_compared_is_said(tmp_path: Path, espresso: Path) -> None:
    (tmp_path / "none.png").write_bytes(b"no picture")
    for a, b, photos, said in (
        ("tiny_vgg", "nothing", espresso, "no model 'nothing'"),
        ("tiny_vgg", "nothing~untrained-1", espresso, "no model 'nothing'"),
        ("lenet5", "mlp", espresso, "no layer of one name and shape in common"),
        ("tiny_vgg", "tiny_vgg", tmp_path, "none of its images can be read"),
    ):
        with pytest.raises(CnnError, match=said):
            run_compare(ComparedFiles(a, b, photos), None, as_json=False)


def test_the_exit_code_is_for_scripts(espresso: Path) -> None:
    done = convscope("compare", "tiny_vgg", "tiny_vgg~untrained-1", "--image", espresso, "--tolerance", "0.5")
    assert done.returncode == 1
    assert done.stderr == ""
    assert "conv_1_1 is the first above 0.5." in done.stdout
    assert " ".join(done.stdout.splitlines()[1].split()) == "input 3 x 64 x 64 equal 0 of 12,288"
