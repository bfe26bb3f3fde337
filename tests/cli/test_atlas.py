"""``convscope atlas`` as a process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnn_core import load_model
from cnn_core.atlas import open_atlas
from tests.cli.command import convscope


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes of four photos, and a text that is none."""
    root = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(2)
    for name in ("espresso", "orange"):
        (root / name).mkdir()
        for number in range(4):
            pixels = rng.integers(0, 256, (70, 80, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / name / f"{number}.png")
    (root / "orange" / "list.txt").write_text("no photo")
    return root


def test_an_atlas_lies_where_the_command_says(photos: Path, tmp_path: Path) -> None:
    done = convscope("atlas", "tiny_vgg", photos, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "8 photos, " in done.stdout
    assert "50 channels in 5 layers" in done.stdout
    assert "skipped orange/list.txt: not an image" in done.stderr
    atlas = open_atlas(done.stdout.splitlines()[-1], load_model("tiny_vgg"))
    assert atlas.folder.parent == tmp_path
    assert atlas.classes == ("espresso", "orange")


def test_without_out_the_page_finds_it(photos: Path, tmp_path: Path) -> None:
    done = convscope("atlas", "tiny_vgg", photos, CONVSCOPE_DATA_FOLDER=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.splitlines()[-1]).parent == tmp_path / "atlases"


def test_what_cannot_be_surveyed_is_one_line(tmp_path: Path) -> None:
    done = convscope("atlas", "tiny_vgg", tmp_path, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "there is no file in it" in done.stderr
    assert done.stderr.count("\n") == 1
    (tmp_path / "a.txt").write_text("a")
    lost = convscope("atlas", "nothing", tmp_path)
    assert lost.returncode == 1
    assert "no model 'nothing'" in lost.stderr
