"""Scores in cards: renewed by ``convscope evaluate --write-card``, and only over the same images."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli import cards
from app.cli.cards import accuracy_of, card_path, per_class_note, write_scores
from cnn_core.errors import BadDataset
from cnn_core.models import Accuracy, Card, load_card, save_card
from cnn_core.training.evaluate import ClassScore, Scores

SCORES = Scores(
    n=20,
    loss=0.5,
    top1=0.75,
    top3=1.0,
    unsure=0.1,
    calibration_error=0.04321,
    per_class=(ClassScore("cat", 10, 0.8), ClassScore("dog", 10, 0.7)),
)
SPLIT = "the last 10 images of each class by name, never trained on"
CARD = Card(
    title="Pets",
    architecture="small",
    data="photos",
    licence="MIT",
    command="convscope train tiny_vgg --data photos --holdout 10",
    seed=1,
    epochs=3,
    validation=Accuracy(0.7, 0.9, 20, SPLIT),
    notes="On four cores. Right in validation: cat 60%, dog 80%. Sold as seen.",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save_card(tmp_path / "pets.json", CARD)
    return tmp_path / "pets.json"


def test_new_scores_replace_the_old_and_all_else_stays(path: Path) -> None:
    write_scores(path, SCORES, 10)
    expected = Accuracy(0.75, 1.0, 20, SPLIT, 0.0432)
    notes = "On four cores. Right in validation: cat 80%, dog 70%. Sold as seen."
    assert load_card(path) == replace(CARD, validation=expected, notes=notes)


def test_notes_without_the_classes_stay_as_they_are(path: Path) -> None:
    save_card(path, replace(CARD, notes="Chance is 5.0 % for the first."))
    write_scores(path, SCORES, 10)
    assert load_card(path).notes == "Chance is 5.0 % for the first."


@pytest.mark.parametrize(
    ("n", "holdout"), [(20, 1), (20, None), (40, 10)], ids=["other part", "all", "other number"]
)
def test_scores_of_other_images_are_refused_and_the_card_stays(
    path: Path, n: int, holdout: int | None
) -> None:
    before = path.read_bytes()
    with pytest.raises(BadDataset, match=r"pets\.json: it speaks of 20 images, the last 10 images of each"):
        write_scores(path, replace(SCORES, n=n), holdout)
    assert path.read_bytes() == before


def test_a_card_of_a_run_that_held_nothing_back_has_nothing_to_renew(path: Path) -> None:
    save_card(path, replace(CARD, validation=None))
    with pytest.raises(BadDataset, match="it speaks of no images"):
        write_scores(path, SCORES, 10)


def test_a_card_written_before_calibration_was_measured_still_loads(path: Path) -> None:
    entries = json.loads(path.read_text())
    del entries["validation"]["calibration_error"]
    path.write_text(json.dumps(entries))
    assert load_card(path) == CARD


def test_a_card_lies_beside_its_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "WEIGHTS", tmp_path)
    assert card_path("resnet") == tmp_path / "resnet.json"
    assert card_path("runs/pets/tiny_vgg.safetensors") == Path("runs/pets/tiny_vgg.json")


def test_what_a_run_writes_is_what_a_renewal_finds(path: Path) -> None:
    fresh = replace(CARD, validation=accuracy_of(SCORES, SPLIT), notes=per_class_note(SCORES))
    save_card(path, fresh)
    write_scores(path, SCORES, 10)
    assert load_card(path) == fresh
