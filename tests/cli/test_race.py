"""``convscope race``: a race on the command line is one that the Training lab opens."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np

from app.config import Settings
from cnn_core.training.race.race import Race
from tests.api.live import served
from tests.cli.command import convscope


def raced(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    return convscope("race", *arguments, CONVSCOPE_DATA_FOLDER=str(data))


def test_a_race_on_own_pictures_opens_in_the_lab(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (60, 28, 28), dtype=np.uint8)
    np.savez(tmp_path / "noise.npz", images=images, labels=np.arange(60) % 3)
    options = (
        "--data",
        str(tmp_path / "noise.npz"),
        "--nets",
        "cnn,mlp",
        "--set",
        "passes=1",
        "--set",
        "batch=16",
    )
    done = raced(*options, data=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"MLP, [\d,]+ parameters: [\d.]+ % of 12 right", done.stdout), done.stdout
    run = re.search(r"run=(\w+)", done.stdout)
    assert run
    race = Race(tmp_path / "races" / run[1])
    assert race.step == race.total == 3
    with served(Settings(data_folder=tmp_path)) as live:
        told = live.client.get(f"/api/training/runs/{run[1]}").json()
        assert (told["step"], told["classes"], told["train"]) == (3, ["0", "1", "2"], 48)
        assert told["title"] == "noise"


def test_what_cannot_be_raced_is_one_line(tmp_path: Path) -> None:
    for arguments, words in (
        (("faces",), "no task 'faces'; tasks: shapes, digits"),
        (("shapes", "--set", "rate=fast"), "rate must be a number, got 'fast'"),
        (("shapes", "--nets", "vgg"), "no net 'vgg'"),
        (("--resume", "nothere"), "no race is in there"),
    ):
        done = raced(*arguments, data=tmp_path)
        assert done.returncode == 1
        assert words in done.stderr
        assert "Traceback" not in done.stderr
