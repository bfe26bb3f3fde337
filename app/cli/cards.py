"""What a card says of a measurement: written after a run, and again when its weights are measured again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cnn_core.errors import BadDataset
from cnn_core.models import Accuracy, Card, load_card, save_card
from cnn_core.models.base import WEIGHTS, DoubtErrors
from cnn_core.training.evaluate import Scores

__all__ = ["accuracy_of", "card_path", "held_back", "per_class_note", "write_scores"]

_PER_CLASS = "Right in validation: "


def held_back(holdout: int, by_speaker: bool = False) -> str:
    """Which images a run does not train on, in words."""
    if by_speaker:
        return f"speakers who were never heard, the last by name, at least {holdout} sounds of each class"
    return f"the last {holdout} images of each class by name"


def accuracy_of(scores: Scores, split: str) -> Accuracy:
    """What a card keeps of scores; ``split`` says in words which images they are of."""
    return Accuracy(scores.top1, scores.top3, scores.n, split, round(scores.calibration_error, 4))


def per_class_note(scores: Scores) -> str:
    """The share that is right of every class, as one sentence."""
    return f"{_PER_CLASS}{', '.join(f'{row.name} {row.top1:.0%}' for row in scores.per_class)}."


def card_path(model: str) -> Path:
    """Where the card of a packaged model lies, or the one beside a file of weights."""
    path = Path(model)
    return path.with_suffix(".json") if path.suffix == ".safetensors" else WEIGHTS / f"{model}.json"


def write_scores(
    path: Path,
    scores: Scores,
    holdout: int | None,
    doubts: tuple[DoubtErrors, ...] | None = None,
    *,
    by_speaker: bool = False,
) -> None:
    """Put new scores into a card, in place of older ones over the same images; all else in it stays.

    ``doubts``, where they were measured, say how often each rule of doubt errs.

    Raises:
        BadDataset: the scores are of other images than the card's.
        BadModelFile: the card is missing or damaged.
        OSError: it cannot be written.
    """
    card = load_card(path)
    before = card.validation
    split = held_back(holdout, by_speaker) if holdout else "all of the data"
    if before is None or before.n != scores.n or not before.split.startswith(split):
        about = f"{before.n:,} images, {before.split}" if before else "no images"
        raise BadDataset(f"{path.name}: it speaks of {about}; measured were {scores.n:,}, {split}")
    notes = _renewed(card, per_class_note(scores))
    told = card.doubts if doubts is None else doubts
    save_card(path, replace(card, validation=accuracy_of(scores, before.split), notes=notes, doubts=told))


def _renewed(card: Card, sentence: str) -> str:
    """The card's notes with a new sentence about the classes, if they have one."""
    before, found, rest = card.notes.partition(_PER_CLASS)
    return f"{before}{sentence}{rest.partition('%.')[2]}" if found else card.notes
