"""What must hold for every file, whoever writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ("app", "cnn_core", "static", "templates", "tests")
LINES = 300
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
