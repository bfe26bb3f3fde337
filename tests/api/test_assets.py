"""Code reaches the browser without its comments, and unchanged otherwise."""

from __future__ import annotations

import doctest
import os
import re
from pathlib import Path

import pytest

import app.assets
from app.assets import Assets, slim, whole_sheet
from tests.api.live import Live, served

STATIC = Path(__file__).resolve().parents[2] / "static"
CODE = sorted(path for path in STATIC.rglob("*") if path.suffix in {".js", ".css"})


def test_the_examples_in_the_docstring_hold() -> None:
    assert doctest.testmod(app.assets).failed == 0


@pytest.mark.parametrize(
    "code",
    [
        "a = 1; /* beside code */",
        "/** @param {X} a */ (a).b();\n/* whole */ c();",
        'const url = "http://www.w3.org/2000/svg";',
        "a {\ncolor: red; /* why */\n}",
    ],
)
def test_lines_with_code_stay_as_they_are(code: str) -> None:
    assert slim(code) == code


def test_a_block_comment_leaves_its_lines_empty() -> None:
    assert slim("a();\n  /**\n   * @param {X} x\n   */\nb();") == "a();\n\n\n\nb();"


def test_a_comment_ends_where_it_ends() -> None:
    assert slim("/* one */\na();\n/* two */") == "\na();\n"


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_no_line_of_code_is_lost(path: Path) -> None:
    before, after = path.read_text().split("\n"), slim(path.read_text()).split("\n")

    assert len(after) == len(before)
    for line, kept in zip(before, after, strict=True):
        bare = re.sub(r"/\*\* @type \{[^\n]*?\*/ ?", "", line).lstrip(" ")
        assert kept in {bare, ""}
        if kept != bare:
            assert re.match(r"\s*(//|/\*|\*)|[^`;{}]*\*/\s*$", line)


def test_a_style_sheet_is_sent_whole(live: Live) -> None:
    answer = live.client.get("/static/css/app.css")

    assert answer.headers["content-type"].startswith("text/css")
    assert "@import" not in answer.text
    assert "@layer tokens {" in answer.text
    written = {path: path.read_text() for path in CODE if path.suffix == ".css"}
    imported = ("base.css", "tokens.css")
    asked = [path for path in written if path.parent.name == "css" and path.name not in imported]
    sent = "".join(live.client.get(f"/static/css/{path.name}").text for path in asked)
    for path, text in written.items():
        assert "@import" in text or slim(text) in sent, path.name


def test_an_imported_sheet_lies_in_its_layer(tmp_path: Path) -> None:
    (tmp_path / "part.css").write_text("a {\n  color: red;\n}\n")
    (tmp_path / "all.css").write_text(
        '@layer x;\n@import url("part.css") layer(x);\n@import url("part.css");\n'
    )

    part = "a {\ncolor: red;\n}\n"
    assert whole_sheet(tmp_path / "all.css") == f"@layer x;\n@layer x {{\n{part}}}\n{part}\n"


def test_code_is_served_without_comments_and_revalidated(live: Live) -> None:
    address = "/static/js/state/store.js"
    answer = live.client.get(address)

    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text == slim((STATIC / "js/state/store.js").read_text())
    again = live.client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_edited_part_of_a_sheet_is_sent_anew(tmp_path: Path) -> None:
    (tmp_path / "all.css").write_text('@import url("part.css");\n')
    part = tmp_path / "part.css"
    part.write_text("a {}\n")
    with served(prepare=lambda app: app.mount("/sheets", Assets(directory=tmp_path))) as live:
        first = live.client.get("/sheets/all.css")
        part.write_text("b {}\n")
        os.utime(part, ns=(1, 1))
        second = live.client.get("/sheets/all.css")

    assert (first.text, second.text) == ("a {}\n\n", "b {}\n\n")
    assert first.headers["etag"] != second.headers["etag"]
