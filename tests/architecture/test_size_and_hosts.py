"""What must hold for every file, whoever writes it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.assets import files_behind, slim, whole_sheet
from app.pages import PAGES, Page

ROOT = Path(__file__).resolve().parents[2]
CODE = ("app", "cnn_core", "static", "templates", "tests")
LINES = 300
PAGE_BYTES = 104_000
HOST = r"""(?:(?:https?|wss?):|["'(=])//([\w.-]+\.[a-z]{2,})"""


def files(*folders: str, suffixes: set[str]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and "__pycache__" not in path.parts:
                yield path


def names(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


def test_files_too_long_to_read_at_one_sitting_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A report and no limit: where to cut is a question of what a file is about, not of its lines."""
    counted = {p: p.read_text().count("\n") for p in files(*CODE, suffixes={".py", ".js", ".css"})}
    assert counted, "no code was found"
    long = sorted((p for p in counted if counted[p] > LINES), key=lambda p: -counted[p])
    with capsys.disabled():
        for path in long:
            print(f"\n{path.relative_to(ROOT)}: {counted[path]} lines", end="")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_a_page_is_light_enough_for_a_slow_line(page: Page) -> None:
    """Everything it takes to open the page, each file compressed by itself as it is sent."""
    modules = files_behind(ROOT / f"static/js/pages/{page.slug}.js")
    assert len(modules) > 20, "the page's modules were not found"
    code = [slim(path.read_text()) for path in [*modules, ROOT / "static/js/theme.js"]]
    code.append(whole_sheet(ROOT / "static/css/app.css"))

    assert sum(len(gzip.compress(each.encode(), 9)) for each in code) < PAGE_BYTES


def foreign_hosts(text: str) -> set[str]:
    """Hosts of addresses in code; comments do not count, nor the host that names XML's namespaces."""
    code = re.sub(r"/\*.*?\*/|^\s*//.*?$", "", text, flags=re.DOTALL | re.MULTILINE)
    return set(re.findall(HOST, code)) - {"www.w3.org"}


def test_pages_name_no_foreign_host() -> None:
    suffixes = {".js", ".css", ".html", ".svg", ".json", ".webmanifest"}
    found = {
        f"{path.relative_to(ROOT)}: {host}"
        for path in files("static", "templates", suffixes=suffixes)
        for host in foreign_hosts(path.read_text())
    }
    assert found == set()


@pytest.mark.parametrize(
    "address", ["https://cdn.example.com/x.js", "//cdn.example.com", "wss://cdn.example.com"]
)
def test_a_foreign_host_is_seen(address: str) -> None:
    assert foreign_hosts(f'src="{address}"') == {"cdn.example.com"}


def test_comments_and_namespaces_are_no_foreign_hosts() -> None:
    assert foreign_hosts('/** https://numpy.org */ x = 1; // see a.js\n"http://www.w3.org/2000/svg"') == set()


@pytest.mark.parametrize(
    "pattern", [r"\b(?:import|from) (?:c?pickle|dill|joblib|shelve)\b", r"allow_pickle=True"]
)
def test_nothing_unpickles(pattern: str) -> None:
    guilty = [
        p for p in files("app", "cnn_core", suffixes={".py"}) if re.search(pattern, p.read_text(), re.I)
    ]
    assert names(guilty) == []
