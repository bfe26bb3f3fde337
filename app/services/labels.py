"""Names of classes from a file, in the forms in which people have them."""

from __future__ import annotations

import ast
import codecs
import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cnn_core.errors import BadInput

__all__ = ["distinct", "fitted", "printable", "read_labels"]

_LONGEST = 120
"""Characters of a name that are kept."""


def read_labels(data: bytes) -> tuple[str, ...]:
    """Class names in the network's order.

    Lines of text, each a name, or a number and a name; a table with commas, with or without a head; a list of
    names, or an object from the number of a class to its name, or to a list whose last entry is the name, or
    from its name to the number, as JSON or as Python prints it. In UTF-8, UTF-16 with its mark, or Latin-1.

    Raises:
        BadInput: no names, an object of another form, or numbers that leave one out.
    """
    text = _decoded(data)
    names = _from_object(text) if text.lstrip()[:1] in ("[", "{") else _from_rows(_lines(text))
    if not names:
        raise BadInput("labels: wanted one class a line, the file has none")
    return distinct([printable(name) for name in names])


def fitted(names: Sequence[str], count: int) -> tuple[str, ...]:
    """Names for so many classes, what TensorFlow calls background taken off or put in front, if that fits."""
    if len(names) == count + 1 and names[0].strip().casefold() in _BACKGROUND:
        return tuple(names[1:])
    if len(names) == count - 1 == _IMAGENET:
        return ("background", *names)
    return tuple(names)


_BACKGROUND = frozenset({"background", "__background__", "dummy", "none", "???"})

_IMAGENET = 1000
"""Classes whose networks often have one more in front."""


def _decoded(data: bytes) -> str:
    """Text in whatever of three ways it is written; a zero byte is in no text."""
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    for encoding in ("utf-16",) if data.startswith(marks) else ("utf-8-sig", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadInput("labels: wanted a text file, one class a line")


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


def _from_rows(lines: list[str]) -> list[str]:
    """Names of lines: of a table the column that is no number, in the order of the one that is."""
    if not lines or not all("," in line for line in lines):
        return lines
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines)]
    if len({len(row) for row in rows}) > 1:
        return lines
    body = rows if any(cell.isdecimal() for cell in rows[0]) else rows[1:]
    columns = list(zip(*body, strict=True))
    numbered = next((column for column in columns if all(cell.isdecimal() for cell in column)), None)
    worded = [column for column in columns if not any(cell.isdecimal() for cell in column)]
    if numbered is None or not worded:
        return lines
    return _by_number({int(number): name for number, name in zip(numbered, worded[-1], strict=True)})


def _from_object(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = _as_python(text)
    if isinstance(found, dict):
        numbers = [value for value in found.values() if isinstance(value, int)]
        if len(numbers) == len(found) and not all(str(key).isdecimal() for key in found):
            if len(set(numbers)) < len(numbers):
                raise BadInput(_KEYS)
            return _by_number({number: str(name) for name, number in found.items()})
        if not all(str(key).isdecimal() for key in found):
            raise BadInput(_KEYS)
        return _by_number({int(key): _name(entry) for key, entry in found.items()})
    return [_name(entry) for entry in found]


def _as_python(text: str) -> Any:
    """A list or an object as Python prints it."""
    try:
        found = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, TypeError, RecursionError):
        found = None
    if not isinstance(found, dict | list):
        raise BadInput("labels: the file begins as JSON but cannot be read as such")
    return found


_KEYS = "labels: the numbers of the classes must be all from 0 on, each once"


def _by_number(names: Mapping[int, str]) -> list[str]:
    """In the order of their numbers, which begin with 0 or 1.

    Raises:
        BadInput: one is left out.
    """
    numbers = sorted(names)
    if numbers not in (list(range(len(numbers))), list(range(1, len(numbers) + 1))):
        raise BadInput(_KEYS)
    return [names[number] for number in numbers]


def _name(entry: Any) -> str:
    last = entry[-1] if isinstance(entry, list | tuple) and entry else entry
    if not isinstance(last, str | int):
        raise BadInput("labels: every entry must be a name, or a list that ends with one")
    return str(last)
