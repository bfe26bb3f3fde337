"""What the documents say exists, exists; what they tell people to run, runs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import skimage.data
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def described_paths() -> list[str]:
    """Paths in backquotes that begin with a folder or file of the top level."""
    top = "|".join(re.escape(path.name) for path in ROOT.iterdir() if not path.name.startswith(".venv"))
    return sorted(set(re.findall(rf"`((?:{top})(?:/[\w./-]*)?)`", ARCHITECTURE)))


def listed_paths() -> list[str]:
    """Paths in the tree, where a line's indentation says which folder it is in."""
    paths, folders = [], [""]
    for line in fenced(ARCHITECTURE, "tree")[0].splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        name = line.split()[0]
        del folders[depth + 1 :]
        folders.append(folders[depth] + name if name.endswith("/") else folders[depth])
        paths.append(folders[depth] + name)
    return paths


def dependencies() -> list[str]:
    every = [
        *PROJECT["dependencies"],
        *(row for rows in PROJECT["optional-dependencies"].values() for row in rows),
    ]
    return sorted({re.split(r"[\[<>=~! ]", row)[0] for row in every} - {"convscope"})


@pytest.mark.parametrize("path", [*described_paths(), *listed_paths()])
def test_a_path_in_the_architecture_exists(path: str) -> None:
    assert "<" in path or (ROOT / path).exists()


def test_the_architecture_names_paths_at_all() -> None:
    assert len(described_paths()) > 5
    assert len(listed_paths()) > 20


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)", README + ARCHITECTURE))
def test_a_link_between_documents_leads_somewhere(link: str) -> None:
    assert (ROOT / link).is_file()


def test_the_python_lines_of_the_readme_run(tmp_path: Path) -> None:
    (lines,) = fenced(README, "python")
    Image.fromarray(skimage.data.coffee()).save(tmp_path / "espresso.jpg")
    done = subprocess.run(
        [sys.executable, "-c", lines], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    shown = [comment for line in lines.splitlines() for comment in re.findall(r"#\s*(\(.*\))", line)]
    assert shown, "the README shows what its lines print"
    assert all(comment in done.stdout for comment in shown)


def test_the_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    wanted = set(re.findall(r"\bmake ([a-z-]+)", README))
    assert {"run", "test"} <= wanted <= targets


def test_every_dependency_has_a_reason_in_the_readme() -> None:
    rows = re.findall(r"^\| `([\w-]+)`", README, flags=re.MULTILINE)
    assert sorted(set(rows) & set(dependencies())) == dependencies()


def test_versions_of_the_changelog_begin_with_this_one_and_go_down() -> None:
    versions = re.findall(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert versions[0] == PROJECT["version"]
    numbers = [tuple(map(int, version.split("."))) for version in versions]
    assert all(newer > older for newer, older in pairwise(numbers))
