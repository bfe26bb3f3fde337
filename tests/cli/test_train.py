"""``convscope train`` and ``convscope evaluate`` as a person runs them."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.cli.commands.options import split_names, split_settings
from app.cli.train import TrainOptions
from app.services.training_runs.run import TRAINER_LOCK
from cnn_core.models import load_card, save_card
from cnn_core.training.checkpoint import load_checkpoint
from cnn_core.training.recipes import Recipe, with_settings
from cnn_core.training.runs import CHECKPOINT
from tests.cli.command import convscope
from tests.server import COMMAND, PATIENCE

KILLED = Path(__file__).with_name("killed.py")
RUN = [TRAINER_LOCK, CHECKPOINT, "metrics.csv", "run.json", "scores.csv", "states", "steps.csv"]
"""What a run leaves, finished or not."""

OPTIONS = ("--holdout", "4", "--epochs", "12", "--batch", "8", "--lr", "0.003", "--seed", "3")


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``data``: reddish and bluish noise, twelve of each, and one file that is no image."""
    root = tmp_path_factory.mktemp("work")
    rng = np.random.default_rng(0)
    for name, tint in (("red", (90, 0, 0)), ("blue", (0, 0, 90))):
        (root / "data" / name).mkdir(parents=True)
        for i in range(12):
            pixels = rng.integers(0, 160, (64, 64, 3)) + np.array(tint)
            Image.fromarray(pixels.astype(np.uint8)).save(root / "data" / name / f"{i:02d}.png")
    (root / "data" / "red" / "notes.png").write_text("no image")
    return root


@pytest.fixture(scope="module")
def trained(work: Path) -> Path:
    """The folder of a finished run."""
    done = convscope("train", "tiny_vgg", "--data", "data", *OPTIONS, "--out", "whole", folder=work)
    assert done.returncode == 0, done.stderr
    assert "skipped red/notes.png: " in done.stderr
    assert "2 classes, 16 images to train on, 8 to measure on" in done.stdout
    assert done.stdout.count("\nepoch ") == 12
    return work / "whole"


def test_a_run_leaves_weights_card_metrics_and_checkpoint(trained: Path) -> None:
    names = sorted(path.name for path in trained.iterdir())
    assert names == [*RUN, "tiny_vgg.json", "tiny_vgg.safetensors"]
    card = load_card(trained / "tiny_vgg.json")
    assert card.validation is not None
    assert card.validation.n == 8
    assert card.epochs == 12
    assert card.command == "convscope train tiny_vgg --data data " + " ".join(OPTIONS)


def test_a_killed_run_is_taken_up_and_ends_with_the_same_weights(work: Path, trained: Path) -> None:
    arguments = ("train", "tiny_vgg", "--data", "data", *OPTIONS, "--out", "killed")
    with subprocess.Popen([*COMMAND, *arguments], cwd=work, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if line.startswith("epoch 3 of 12"))
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert not (work / "killed" / "tiny_vgg.safetensors").exists()
    refused = convscope(*arguments, folder=work)
    assert refused.returncode == 1
    assert "a run is in there; resume it, or choose another folder" in refused.stderr
    resumed = convscope(*arguments, "--resume", "--threads", "1", folder=work)
    assert resumed.returncode == 0, resumed.stderr
    assert "epoch 1 of 12" not in resumed.stdout
    weights = (work / "killed" / "tiny_vgg.safetensors").read_bytes()
    assert weights == (trained / "tiny_vgg.safetensors").read_bytes()


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        ("between two steps", 6),  # of the two of epoch 3
        # before the checkpoint of epoch 3: four tables or files that say what the run is, two checkpoints;
        # each is forced twice, itself and its folder; seven snapshots are renamed too
        ("half a checkpoint", 13),
        ("before the rename", 14),
        ("after the rename", 7),
    ],
)
def test_wherever_a_kill_falls_the_run_ends_with_the_same_numbers(
    work: Path, trained: Path, moment: str, count: int
) -> None:
    folder = work / moment.replace(" ", "_")
    arguments = ("train", "tiny_vgg", "--data", "data", *OPTIONS, "--out", folder.name)
    killed = convscope(moment, str(count), *arguments, script=KILLED, folder=work)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    epochs = 3 if moment == "after the rename" else 2
    assert load_checkpoint(folder / CHECKPOINT)[0].epoch == epochs
    resumed = convscope(*arguments, "--resume", folder=work)
    assert resumed.returncode == 0, resumed.stderr
    assert f"epoch {epochs} of 12" not in resumed.stdout
    assert sorted(file.name for file in folder.iterdir()) == sorted(file.name for file in trained.iterdir())
    ours, unbroken = load_checkpoint(folder / CHECKPOINT)[0], load_checkpoint(trained / CHECKPOINT)[0]
    for group in ("parameters", "average", "optimizer"):
        for name, value in getattr(unbroken, group).items():
            assert getattr(ours, group)[name].tobytes() == value.tobytes(), (group, name)
    weights = (folder / "tiny_vgg.safetensors").read_bytes()
    assert weights == (trained / "tiny_vgg.safetensors").read_bytes()


def test_a_disk_that_fills_up_is_one_line_and_leaves_the_last_checkpoint_whole(
    work: Path, trained: Path
) -> None:
    """No file may outgrow a limit of the process: the system refuses the write as it does on a full disk."""
    arguments = ("train", "tiny_vgg", "--data", "data", *OPTIONS, "--out", "full")
    convscope("between two steps", "6", *arguments, script=KILLED, folder=work)
    before = (work / "full" / CHECKPOINT).read_bytes()
    limit = len(before) // 2
    limited = subprocess.run(
        [*COMMAND, *arguments, "--resume"],
        cwd=work,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert limited.returncode == 1
    (line,) = [line for line in limited.stderr.splitlines() if not line.startswith("skipped")]
    assert line.startswith("convscope: epoch 3: the checkpoint checkpoint.safetensors cannot be written (")
    assert line.endswith("; the one before it is whole")
    assert (work / "full" / CHECKPOINT).read_bytes() == before
    assert sorted(path.name for path in (work / "full").iterdir()) == RUN
    resumed = convscope(*arguments, "--resume", folder=work)
    assert resumed.returncode == 0, resumed.stderr
    weights = (work / "full" / "tiny_vgg.safetensors").read_bytes()
    assert weights == (trained / "tiny_vgg.safetensors").read_bytes()


def test_weights_that_cannot_be_written_can_be_had_later(work: Path, trained: Path) -> None:
    shutil.copytree(trained, work / "later")
    (work / "later" / "tiny_vgg.safetensors").unlink()
    (work / "later" / "tiny_vgg.safetensors").mkdir()
    arguments = ("train", "tiny_vgg", "--data", "data", *OPTIONS, "--out", "later", "--resume")
    done = convscope(*arguments, folder=work)
    assert done.returncode == 1
    assert (
        "later: weights and card cannot be written (Is a directory); the checkpoint is whole" in done.stderr
    )
    (work / "later" / "tiny_vgg.safetensors").rmdir()
    assert convscope(*arguments, folder=work).returncode == 0
    weights = (work / "later" / "tiny_vgg.safetensors").read_bytes()
    assert weights == (trained / "tiny_vgg.safetensors").read_bytes()


def test_a_run_of_another_architecture_is_not_taken_up(work: Path, trained: Path) -> None:
    done = convscope("train", "mlp", "--data", "data", *OPTIONS, "--out", "whole", "--resume", folder=work)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "convscope: whole: the run in there has another network"


def test_evaluate_gives_the_accuracy_of_trained_weights(work: Path, trained: Path) -> None:
    done = convscope("evaluate", trained / "tiny_vgg.safetensors", "data", "--json", folder=work)
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)
    assert scores["n"] == 24
    assert scores["top1"] > 0.9
    assert 0 <= scores["calibration_error"] < 0.5
    assert [row["name"] for row in scores["per_class"]] == ["blue", "red"]
    assert scores["skipped"][0].startswith("red/notes.png")


def test_scores_of_stored_weights_renew_their_card(work: Path, trained: Path) -> None:
    shutil.copytree(trained, work / "renewed")
    card, weights = work / "renewed" / "tiny_vgg.json", work / "renewed" / "tiny_vgg.safetensors"
    whole = load_card(card)
    assert whole.validation is not None
    assert whole.validation.calibration_error is not None
    save_card(card, replace(whole, validation=replace(whole.validation, top1=0.0, calibration_error=None)))
    refused = convscope("evaluate", weights, "data", "--write-card", folder=work)
    assert refused.returncode == 1
    assert "tiny_vgg.json: it speaks of 8 images, the last 4 images of each class by name" in refused.stderr
    done = convscope("evaluate", weights, "data", "--holdout", "4", "--write-card", folder=work)
    assert done.returncode == 0, done.stderr
    assert load_card(card) == whole


def test_evaluate_prints_a_table_for_people(work: Path, trained: Path) -> None:
    done = convscope("evaluate", trained / "tiny_vgg.safetensors", "data", "--classes", "blue", folder=work)
    assert done.returncode == 0, done.stderr
    assert "top-3 100.0% of 12 images" in done.stdout
    assert "expected calibration error " in done.stdout
    assert "red" not in done.stdout


def test_evaluate_lists_classes_the_model_does_not_know(work: Path) -> None:
    done = convscope("evaluate", "tiny_vgg", "data", folder=work)
    assert done.returncode == 1
    assert "the model does not know blue, red; it knows bell_pepper, espresso" in done.stderr


def test_classes_the_model_does_not_know_are_measured_apart(work: Path, trained: Path) -> None:
    shutil.copytree(work / "data", work / "mixed")
    (work / "mixed" / "grey").mkdir()
    Image.new("RGB", (64, 64), (128, 128, 128)).save(work / "mixed" / "grey" / "0.png")
    Image.new("RGB", (64, 64), (99, 99, 99)).save(work / "mixed" / "grey" / "1.png")
    command = ("evaluate", trained / "tiny_vgg.safetensors", "mixed", "--unknown")
    done = convscope(*command, "--holdout", "1", "--json", folder=work)
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)
    assert (scores["n"], scores["unknown"]["n"]) == (2, 1)
    assert scores["unknown"]["classes"] == ["grey"]
    assert {scores["unsure"], scores["unknown"]["unsure"]} <= {0.0, 0.5, 1.0}
    assert "of 2 images of things it does not know" in convscope(*command, folder=work).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "vgg_99", "--data", "data"), "no model 'vgg_99'; models: tiny_vgg"),
        (("train", "tiny_vgg", "--data", "missing"), "data 'missing': no such file or folder"),
        (("train", "tiny_vgg", "--data", "data"), "class 'blue' has 12 images, too few to hold back 50"),
        (("evaluate", "nothing.safetensors", "data"), "nothing.safetensors: cannot be read as weights"),
        (("evaluate", "data/red/00.png.safetensors", "data"), "cannot be read as weights"),
        (("evaluate", "tiny_vgg", "data", "--unknown"), "none of these the model knows"),
    ],
)
def test_what_cannot_be_done_is_one_line(work: Path, arguments: Sequence[str], message: str) -> None:
    shutil.copy(work / "data" / "red" / "00.png", work / "data" / "red" / "00.png.safetensors")
    done = convscope(*arguments, folder=work)
    (work / "data" / "red" / "00.png.safetensors").unlink()
    assert done.returncode == 1
    assert message in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_the_manual_says_that_defaults_are_the_recipes(work: Path) -> None:
    text = " ".join(convscope("train", "--help", folder=work).stdout.replace("│", " ").split())
    assert text.count("[default: (the recipe's)]") == 5
    assert "[default: (ARCH where runs lie)]" in text


def test_the_command_on_a_card_names_what_differs_from_the_recipe(tmp_path: Path) -> None:
    settings = {"rate": "0.1", "epochs": "250", "augmentation.zoom": "0.5,1", "augmentation.flip": "false"}
    options = TrainOptions("tiny_vgg", tmp_path / "my data.zip", ("a", "b"), 7, settings, tmp_path, True, 1)
    assert options.command() == (
        "convscope train tiny_vgg --data 'my data.zip' --classes a,b --holdout 7 --lr 0.1 --seed 1"
        " --set augmentation.zoom=0.5,1.0 --set augmentation.flip=False"
    )


def test_the_command_on_a_card_gives_the_same_recipe_again(tmp_path: Path) -> None:
    settings = {"optimizer": "sgd", "small_share": "0.25", "small_side": "32", "augmentation.zoom": "0.5,1"}
    options = TrainOptions("tiny_vgg", tmp_path / "d.zip", None, 50, settings, tmp_path, False, 1)
    words = options.command().split()
    again = split_settings([words[i + 1] for i, word in enumerate(words) if word == "--set"])
    assert with_settings(Recipe(), again) == options.recipe()


def test_names_are_split_at_commas() -> None:
    assert split_names(" cat, dog,") == ("cat", "dog")
    assert split_names("") is None
    assert split_names(None) is None
