"""Arguments of a call are limited, data are not: no code of the page spreads data into one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "static" / "js"

CALLS = re.compile(r"\b(?:Math\.(?:min|max)|String\.from(?:CharCode|CodePoint))\(")

PAIRS = {"(": ")", "[": "]", "{": "}"}


def spread_calls(text: str) -> Iterator[str]:
    """Calls one of whose own arguments is spread."""
    for found in CALLS.finditer(text):
        depth = 1
        for at in range(found.end(), len(text)):
            depth += (text[at] in PAIRS) - (text[at] in PAIRS.values())
            if depth == 1 and text.startswith("...", at):
                yield text[found.start() : at + 20]
            if not depth:
                break


def test_a_spread_argument_is_found() -> None:
    assert list(spread_calls("Math.max(0, ...values) + Math.min(f([...values]), 1)")) == [
        "Math.max(0, ...values) + Math.mi"
    ]


def test_nothing_is_spread_into_calls_that_take_numbers() -> None:
    found = {
        f"{path.relative_to(SCRIPTS)}: {call}"
        for path in sorted(SCRIPTS.rglob("*.js"))
        for call in spread_calls(path.read_text())
    }
    assert not found, "use largestOf and smallestOf of geometry/extremes.js"
