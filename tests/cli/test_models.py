"""``convscope models`` as a person runs it, and the commands it tells."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from app.cli import models
from app.cli.commands.options import split_settings
from cnn_core.models import MODELS, Accuracy, card_of, model_names
from cnn_core.training.recipes import recipe_for, with_settings
from tests.cli.command import convscope

NAMES = {"--epochs": "epochs", "--batch": "batch", "--lr": "rate", "--seed": "seed"}
TRAINED = [name for name, made in MODELS.items() if made.seed is None]


def test_the_table_has_a_row_a_model_smallest_first() -> None:
    done = convscope("models")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.split()[:1] and "×" in line]
    assert {row[0] for row in rows} == set(model_names())
    assert rows[0][0] == "tiny_vgg"
    assert rows[0][3:11] == ["64×64×3", "19,920", "5,608,780", "79.8", "%", "95.4", "%", "500"]
    sizes = [card_of(row[0]).parameters for row in rows]
    assert sizes == sorted(sizes)


def test_a_name_shows_the_card() -> None:
    done = convscope("models", "tiny_vgg")
    assert done.returncode == 0, done.stderr
    card = card_of("tiny_vgg")
    text = " ".join(done.stdout.split())
    for said in (card.data, card.licence, card.command, card.notes, "250 epochs, seed 1, 0.49 hours"):
        assert said in text
    assert "top-1 79.8 %, top-3 95.4 % of 500 images: the last 50 images of each class by name" in text


@pytest.mark.parametrize(
    ("error", "said"), [(0.0431, "expected calibration error 4.3 %, in 15 bins"), (None, "never measured")]
)
def test_a_card_says_how_far_its_probabilities_can_be_believed(
    error: float | None, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    accuracy = Accuracy(0.8, 0.95, 500, "held out", error)
    monkeypatch.setattr(models, "card_of", lambda name: replace(card_of(name), validation=accuracy))
    models.show_model("tiny_vgg")
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("calibration")]
    assert said in line


def test_weights_that_nobody_trained_say_so() -> None:
    assert "none: drawn from seed 1" in convscope("models", "resnet_random").stdout


def test_an_unknown_name_is_one_line() -> None:
    done = convscope("models", "vgg_99")
    assert done.returncode == 1
    assert "no model 'vgg_99'; models: tiny_vgg" in done.stderr


@pytest.mark.parametrize("name", TRAINED)
def test_the_cards_command_is_the_run_the_card_tells_of(name: str) -> None:
    card = card_of(name)
    program, verb, architecture, *words = shlex.split(card.command)
    assert (program, verb, architecture) == ("convscope", "train", name)
    options = list(zip(words[::2], words[1::2], strict=True))
    changed = {NAMES[option]: value for option, value in options if option in NAMES}
    changed |= split_settings([value for option, value in options if option == "--set"])
    recipe = with_settings(recipe_for(name), changed)
    assert (card.epochs, card.seed) == (recipe.epochs, recipe.seed)
    assert {option for option, _ in options} <= {
        *NAMES,
        "--set",
        "--data",
        "--audio",
        "--classes",
        "--holdout",
    }
