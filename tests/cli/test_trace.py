"""``convscope trace`` and the other commands as a process."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.pictures.contact_sheet import GAP, LONG_SIDE, contact_sheet
from cnn_core import load_model, trace
from tests.cli.command import convscope
from tests.server import COMMAND, PATIENCE


@pytest.fixture(scope="module")
def traced(espresso: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the layers of the espresso cup, cropped."""
    out = tmp_path_factory.mktemp("traced") / "deep" / "er"
    done = convscope("trace", espresso, "--model", "tiny_vgg", "--out", out, "--crop", "100,20,350")
    assert done.returncode == 0, done.stderr
    assert f"14 layers in {out}" in done.stdout
    return out


@pytest.fixture(scope="module")
def summary(traced: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((traced / "trace.json").read_text())
    return loaded


def test_every_layer_is_an_array_with_the_numbers_of_the_library(
    traced: Path, summary: dict[str, Any], espresso: Path
) -> None:
    result = trace(load_model("tiny_vgg"), espresso)
    assert summary["crop"] == {"left": 100, "top": 20, "width": 350, "height": 350}
    assert [node["name"] for node in summary["nodes"]] == [record.node.name for record in result]
    for node in summary["nodes"]:
        array = np.load(traced / node["array"])
        assert array.dtype == np.float32
        assert list(array.shape) == node["shape"] == list(result[node["name"]].output.shape[1:])
        assert (node["min"], node["max"]) == (array.min(), array.max())
        assert node["mean"] == pytest.approx(array.mean(dtype=np.float64))


def test_the_crop_is_what_the_network_was_given(traced: Path, espresso: Path) -> None:
    with Image.open(espresso) as photo:
        seen = photo.crop((100, 20, 450, 370)).resize((64, 64), Image.Resampling.BILINEAR)
    expected = np.asarray(seen, np.float32).transpose(2, 0, 1) / 255
    np.testing.assert_allclose(np.load(traced / "input.npy"), expected, atol=1e-6)


def test_classes_are_in_order_and_sum_to_one(summary: dict[str, Any]) -> None:
    probabilities = [row["probability"] for row in summary["top"]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1, abs=1e-5)
    assert len(probabilities) == 10


def test_every_layer_has_a_picture_with_all_its_channels(traced: Path, summary: dict[str, Any]) -> None:
    for node in summary["nodes"]:
        with Image.open(traced / node["picture"]) as picture:
            assert picture.width <= LONG_SIDE + 100
            assert picture.width * picture.height >= np.prod(node["shape"])


def test_a_contact_sheet_has_one_colour_a_value_and_zero_is_neutral() -> None:
    values = np.zeros((2, 4, 4), np.float32)
    values[0, 1, 2], values[1, 3, 0] = 1, -1
    sheet = np.asarray(contact_sheet(values))
    zoom = (sheet.shape[0] - 2 * GAP) // 4
    centre = GAP + zoom // 2
    assert tuple(sheet[centre, centre]) == (0xFC, 0xFA, 0xF7)
    assert tuple(sheet[centre + zoom, centre + 2 * zoom]) == (0x68, 0x11, 0x19)
    second = GAP + 4 * zoom + GAP + zoom // 2
    assert tuple(sheet[centre + 3 * zoom, second]) == (0x18, 0x30, 0x7A)


def test_a_contact_sheet_shows_missing_values_as_paper() -> None:
    sheet = np.asarray(contact_sheet(np.array([np.nan, 1.0], np.float32)))
    assert tuple(sheet[2, 2]) == tuple(sheet[0, 0])
    assert tuple(sheet[2, -3]) != tuple(sheet[0, 0])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trace", "missing.jpg"], "missing.jpg"),
        (["trace", "{photo}", "--model", "vgg_99"], "tiny_vgg"),
        (["trace", "{photo}", "--crop", "1,2"], "left,top,width"),
        (["trace", "{photo}", "--crop", "500,0,400"], "600"),
        (["trace", "{photo}", "--out", "/dev/null/out"], "/dev/null"),
    ],
    ids=["no image", "no such model", "half a crop", "crop outside", "no such folder"],
)
def test_a_mistake_is_one_line_on_stderr(
    arguments: list[str], said: str, espresso: Path, tmp_path: Path
) -> None:
    out = [] if "--out" in arguments else ["--out", str(tmp_path / "out")]
    done = convscope(*(argument.format(photo=espresso) for argument in arguments), *out)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("convscope: ")
    assert said in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("terminal", [{}, {"FORCE_COLOR": "1", "COLUMNS": "80"}], ids=["pipe", "terminal"])
def test_models_lists_every_model_with_its_size_uncut(terminal: dict[str, str]) -> None:
    done = convscope("models", **terminal)
    assert done.returncode == 0, done.stderr
    for cell in ("tiny_vgg", "19,920", "81 kB"):
        assert cell in done.stdout
    assert "…" not in done.stdout


def test_help_names_every_command_with_examples() -> None:
    done = convscope("--help")
    assert done.returncode == 0
    for command in ("serve", "models", "trace", "train", "evaluate"):
        assert command in done.stdout
    assert "convscope trace espresso.jpg --out espresso" in done.stdout


@pytest.mark.parametrize("command", ["serve", "models", "trace", "train", "evaluate"])
def test_every_command_explains_itself(command: str) -> None:
    done = convscope(command, "--help")
    assert done.returncode == 0, done.stderr
    assert f"{command} " in done.stdout


def test_help_is_quick_because_it_loads_no_arithmetic() -> None:
    code = (
        "import sys, app.cli; print([m for m in ('numpy', 'fastapi', 'uvicorn', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run(
        [COMMAND[0], "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_version_is_that_of_the_package() -> None:
    assert convscope("--version").stdout.startswith("convscope 0.1.0")
