"""Code reaches the browser without its comments, and unchanged otherwise."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import app.assets
from app.assets import without_comments
from tests.api.live import Live

STATIC = Path(__file__).resolve().parents[2] / "static"
CODE = sorted(path for path in STATIC.rglob("*") if path.suffix in {".js", ".css"})


def test_the_examples_in_the_docstring_hold() -> None:
    assert doctest.testmod(app.assets).failed == 0


@pytest.mark.parametrize(
    "code",
    [
        "a = 1; /* beside code */",
        "/** @type {X} */ (a).b();\n/* whole */ c();",
        'const url = "http://www.w3.org/2000/svg";',
        "a {\n  color: red; /* why */\n}",
    ],
)
def test_lines_with_code_stay_as_they_are(code: str) -> None:
    assert without_comments(code) == code


def test_a_block_comment_leaves_its_lines_empty() -> None:
    assert without_comments("a();\n  /**\n   * @param {X} x\n   */\nb();") == "a();\n\n\n\nb();"


def test_a_comment_ends_where_it_ends() -> None:
    assert without_comments("/* one */\na();\n/* two */") == "\na();\n"


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_no_line_of_code_is_lost(path: Path) -> None:
    before, after = path.read_text().split("\n"), without_comments(path.read_text()).split("\n")

    assert len(after) == len(before)
    for line, kept in zip(before, after, strict=True):
        assert kept in {line, ""}
        if kept != line:
            assert re.match(r"\s*(//|/\*|\*)|[^`;{}]*\*/\s*$", line)


def test_code_is_served_without_comments_and_revalidated(live: Live) -> None:
    address = "/static/js/state/store.js"
    answer = live.client.get(address)

    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.text == without_comments((STATIC / "js/state/store.js").read_text())
    again = live.client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_edited_file_is_sent_anew(tmp_path: Path) -> None:
    file = tmp_path / "page.js"
    file.write_text("// why\nlet a = 1;\n")
    first = app.assets._code(str(file), 1)
    file.write_text("// why\nlet a = 2;\n")

    assert first[0] == b"\nlet a = 1;\n"
    assert app.assets._code(str(file), 2)[0] == b"\nlet a = 2;\n"
    assert app.assets._code(str(file), 2)[1] != first[1]
