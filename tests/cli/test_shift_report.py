"""``convscope shift-report`` as a process: its tables hold the library's numbers."""

from __future__ import annotations

import csv
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import skimage.data
from PIL import Image

from cnn_core import load_model, read_image, to_tensor
from cnn_core.equivariance import Lab, consistency, flip_rows
from tests.cli.command import convscope


def report(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return convscope("shift-report", *arguments)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two photos, one in a folder of its own, and two files that are none."""
    folder = tmp_path_factory.mktemp("photos")
    (folder / "more").mkdir()
    Image.fromarray(skimage.data.astronaut()).save(folder / "astronaut.png")
    Image.fromarray(skimage.data.coffee()).save(folder / "more" / "coffee.png")
    (folder / "broken.jpg").write_bytes(b"no image")
    (folder / "notes.txt").write_text("no image either")
    return folder


@pytest.fixture(scope="module")
def written(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "deep" / "er"
    done = report("tiny_vgg", photos, "--max-shift", "2", "--layers", "conv_1_2,max_pool_1", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "2 images measured" in done.stdout
    assert "skipped broken.jpg" in done.stderr
    return out


def test_errors_are_the_means_over_the_images(written: Path, photos: Path) -> None:
    model = load_model("tiny_vgg")
    lab = Lab(model.graph, model.parameters)
    files = [photos / "astronaut.png", photos / "more" / "coffee.png"]
    baselines = [lab.baseline(to_tensor(read_image(file), model.spec)) for file in files]
    found = rows(written / "errors.csv")
    assert [(row["layer"], int(row["dx"])) for row in found] == [
        (layer, dx) for layer in ("conv_1_2", "max_pool_1") for dx in range(-2, 3)
    ]
    for row in found:
        layers = [b.shift(int(row["dx"]), 0, [row["layer"]]).layers[row["layer"]] for b in baselines]
        assert float(row["mean_error"]) == pytest.approx(np.mean([layer.error for layer in layers]))
        assert float(row["exact_share"]) == np.mean([layer.exact for layer in layers])
        assert row["images"] == "2"


def test_flips_and_the_picture_are_of_the_same_numbers(written: Path, photos: Path) -> None:
    model = load_model("tiny_vgg")
    tops = []
    for file in (photos / "astronaut.png", photos / "more" / "coffee.png"):
        x = to_tensor(read_image(file), model.spec)
        tops.append(np.stack([row.top for row in flip_rows(model.graph, model.parameters, x, 2)]))
    found = rows(written / "flips.csv")
    for row, size in zip(found, (1, 2), strict=True):
        moved = [top[2 + dy, 2 + dx] for top in tops for dx, dy in _sides(size)]
        rest = [top[2, 2] for top in tops for _ in range(4)]
        assert (int(row["shift"]), int(row["pairs"])) == (size, 8)
        assert float(row["flip_share"]) == np.mean(np.array(moved) != np.array(rest))
    picture = ElementTree.parse(written / "shift-report.svg").getroot()
    texts = [element.text or "" for element in picture.iter() if element.tag.endswith("}text")]
    agree = 100 * np.mean([consistency(top) for top in tops])
    assert texts[0] == "tiny_vgg: 2 images moved by up to 2 px"
    assert any(f"consistency {agree:.1f} %" in text for text in texts)
    assert {"conv_1_2, stride 1", "max_pool_1, stride 2"} <= set(texts)


def _sides(size: int) -> list[tuple[int, int]]:
    return [(size, 0), (-size, 0), (0, size), (0, -size)]


def test_a_zip_an_npz_and_one_photo_are_data_too(photos: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.write(photos / "astronaut.png", "a/astronaut.png")
    small = np.asarray(Image.fromarray(skimage.data.coffee()).resize((64, 64)))
    np.savez(tmp_path / "photos.npz", images=np.stack([small] * 3), labels=np.array([0, 1, 1]))
    wrap = ("--max-shift", "1", "--maps", "wrap", "--pooling", "blur3", "--layers", "max_pool_2")
    for data, count in (("photos.zip", "1 image "), ("photos.npz", "2 images ")):
        done = report("tiny_vgg", tmp_path / data, *wrap, "--images", "2", "--out", tmp_path / data[-3:])
        assert done.returncode == 0, done.stderr
        assert f"{count}measured" in done.stdout
        assert "Pooled in another way than in training: max_pool_1, max_pool_2." in done.stdout
    one = report("tiny_vgg", photos / "astronaut.png", *wrap, "--out", tmp_path / "one")
    assert one.returncode == 0, one.stderr
    assert rows(tmp_path / "one" / "errors.csv") == rows(tmp_path / "zip" / "errors.csv")


def test_what_cannot_be_measured_is_one_clear_line(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    out = ("--out", tmp_path / "out")
    cases = {
        ("tiny_vgg", photos, "--layers", "flatten"): "node 'flatten': flatten gives no map",
        ("tiny_vgg", photos, "--max-shift", "64"): "max_shift must be from 1 to 63",
        ("tiny_vgg", tmp_path / "empty"): "no images in it",
        ("tiny_vgg", tmp_path / "nowhere"): "no such file or folder",
        ("tiny_vgg", photos / "notes.txt"): "not an image",
        ("no_such_net", photos): "no model 'no_such_net'",
    }
    for arguments, message in cases.items():
        done = report(*arguments, *out)
        assert done.returncode == 1, arguments
        assert message in done.stderr
        assert "Traceback" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
