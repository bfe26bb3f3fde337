"""``convscope ablate``: the table of the core, as text, CSV and JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from app.cli.ablate import AblateOptions, run_ablate
from cnn_core.errors import CnnError
from cnn_core.graph.edits import Edit, edited
from cnn_core.models import load_model
from cnn_core.training.datasets import read_dataset
from cnn_core.training.evaluate import evaluate


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pieces of two photos, as two classes, a file that is no picture, and a folder of another class."""
    folder = tmp_path_factory.mktemp("classes")
    for name, picture in (("espresso", skimage.data.coffee()), ("koala", skimage.data.chelsea())):
        (folder / name).mkdir()
        for piece in range(3):
            Image.fromarray(picture[40 * piece :, 30 * piece :]).save(folder / name / f"{piece}.png")
    (folder / "espresso" / "x.txt").write_text("no picture")
    (folder / "cats").mkdir()
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(folder / "cats" / "1.png")
    return folder


def test_the_table_is_that_of_networks_edited_one_by_one(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, edits = "tiny_vgg~edit-conv_1_1:mute:3", [Edit("conv_1_1", "mute", (3,))]
    files = (tmp_path / "table.csv", tmp_path / "table.json")
    run_ablate(AblateOptions(name, photos, "relu_2_2", files, as_json=True, tolerance=1.0))
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert "skipped cats/: no class of the network" in said.err
    assert "skipped espresso/x.txt: not an image" in said.err
    model = load_model("tiny_vgg")
    data = read_dataset(photos, model.spec, ("espresso", "koala")).relabel(model.labels)

    def right(*more: Edit) -> float:
        graph, parameters = edited(model.graph, model.parameters, [*edits, *more])
        return evaluate(graph, parameters, model.spec, data).top1

    assert (told["photos"], told["accuracy"]) == (6, right())
    for channel in (0, 7):
        row = told["channels"][channel]
        assert row["accuracy"] == pytest.approx(right(Edit("relu_2_2", "mute", (channel,))))
    assert sorted(told["candidates"]) == list(range(10))
    assert told["together"] == pytest.approx(right(Edit("relu_2_2", "mute")))
    assert json.loads(files[1].read_text()) == told
    lines = list(csv.DictReader(files[0].read_text().splitlines()))
    assert [float(line["change"]) for line in lines] == [row["change"] for row in told["channels"]]
    assert "change of koala" in lines[0]


def test_the_table_is_printed(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_ablate(AblateOptions("tiny_vgg", photos, "conv_2_2"))
    said = capsys.readouterr().out
    assert "6 photos, accuracy" in said
    assert len([line for line in said.splitlines() if line.split()[:1] == ["9"]]) == 1


def test_a_layer_that_is_not_there_is_named(photos: Path) -> None:
    with pytest.raises(CnnError, match="no node 'conv_9'"):
        run_ablate(AblateOptions("tiny_vgg", photos, "conv_9"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (AblateOptions("tiny_vgg", Path("nowhere"), "conv_1_1"), "no such file or folder"),
        (AblateOptions("tiny_vgg", Path("."), "conv_1_1", (Path("a.txt"),)), "FILE.csv or FILE.json"),
        (AblateOptions("tiny_vgg~edit-conv_1_1:mute:99", Path("."), "conv_1_1"), "0 to 9, got 99"),
        (AblateOptions("tiny_vgg~edit-relu_1_1:patch:1:abc", Path("."), "conv_1_1"), "patched from an image"),
        (AblateOptions("tiny_vgg~edit-@0123", Path("."), "conv_1_1"), "that a server keeps"),
    ],
    ids=["data", "out", "edit", "patch", "kept"],
)
def test_what_cannot_be_is_named(options: AblateOptions, words: str) -> None:
    with pytest.raises(CnnError, match=words):
        run_ablate(options)
