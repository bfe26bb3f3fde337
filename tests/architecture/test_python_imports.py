"""Modules of the application import each other relatively: the wheel installs them under another name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "app").rglob("*.py"))


def absolute(text: str) -> list[str]:
    """Names of ``app`` that a module imports by their whole name."""
    names = [
        name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
        if not (isinstance(node, ast.ImportFrom) and node.level)
    ]
    return [name for name in names if name.split(".")[0] in {"app", "convscope"}]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_of_the_application_imports_its_siblings_relatively(module: Path) -> None:
    assert absolute(module.read_text()) == []


def test_an_absolute_import_is_seen() -> None:
    assert absolute("import app.main\ndef f():\n    from app.cli import x\n") == ["app.main", "app.cli"]
    assert absolute("from .cli import x\nfrom . import app\nimport apple\n") == []
