"""What options of several commands mean."""

from __future__ import annotations

from collections.abc import Sequence

import typer

__all__ = [
    "DATA_HELP",
    "LABELS_HELP",
    "READING_HELP",
    "SCALING_HELP",
    "SIZE_HELP",
    "split_names",
    "split_settings",
]


DATA_HELP = "Folder or zip with one folder of images (or sounds) for each class, or npz of images, labels."
LABELS_HELP = "Names of the classes: a text file with one a line, or JSON."
READING_HELP = "What the answer is: classes, independent (a yes or no each), vector (other numbers)."
SCALING_HELP = (
    "How it wants pictures: unit (0 to 1), imagenet, signed (-1 to 1), bytes (0 to 255), caffe (BGR)."
)
SIZE_HELP = "Height and width where the file leaves them open: 224, or 240x320."


def split_names(text: str | None) -> tuple[str, ...] | None:
    """Class names from ``"a, b"``; None if nothing was given."""
    names = tuple(name.strip() for name in (text or "").split(",") if name.strip())
    return names or None


def split_settings(texts: Sequence[str]) -> dict[str, str]:
    """Names and values from ``["mixup=0.2", ...]``.

    Raises:
        typer.BadParameter: one without an equals sign.
    """
    for text in texts:
        if "=" not in text:
            raise typer.BadParameter(f"wanted NAME=VALUE, got {text!r}", param_hint="--set")
    return {name.strip(): value.strip() for name, _, value in (text.partition("=") for text in texts)}
