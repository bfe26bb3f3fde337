"""Names of classes from a file: one a line, or JSON, as people have them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from cnn_core.errors import BadInput

__all__ = ["distinct", "printable", "read_labels"]

_LONGEST = 120
"""Characters of a name that are kept."""


def read_labels(data: bytes) -> tuple[str, ...]:
    """Class names in the network's order.

    Lines of text; a JSON list of names; or a JSON object from the number of a class to its name, or to a list
    whose last entry is the name, as ImageNet's class index has it.

    Raises:
        BadInput: no UTF-8, no names, JSON of another form, or numbers that leave one out.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("labels: wanted a text file in UTF-8, one class a line") from error
    names = _from_json(text) if text.lstrip()[:1] in ("[", "{") else _lines(text)
    if not names:
        raise BadInput("labels: wanted one class a line, the file has none")
    return distinct([printable(name) for name in names])


def printable(text: str) -> str:
    """One line of at most 120 characters without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _LONGEST]).split())[:_LONGEST]


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Names that occur several times get their number: ImageNet has two cranes."""
    count = Counter(names)
    return tuple(
        f"{name} ({number})" if count[name] > 1 or not name else name for number, name in enumerate(names)
    )


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _from_json(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("labels: the file begins as JSON but cannot be read as such") from error
    if isinstance(found, dict):
        if set(found) != {str(number) for number in range(len(found))}:
            raise BadInput(
                "labels: the keys of the JSON object must be the numbers of the classes, from 0 on"
            )
        found = [found[str(number)] for number in range(len(found))]
    return [_name(entry) for entry in found]


def _name(entry: Any) -> str:
    last = entry[-1] if isinstance(entry, list) and entry else entry
    if not isinstance(last, str | int):
        raise BadInput("labels: every entry of the JSON must be a name, or a list that ends with one")
    return str(last)
