"""The browser code imports only downwards, and features do not know each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "static" / "js"
LESSONS = ROOT / "static" / "lessons"
ORDER = ("geometry", "draw", "api", "state", "layer-views", "widgets", "features", "pages")
LEVEL = {name: level for level, name in enumerate(ORDER)}
STATIC = r"""^\s*(?:import\s*|(?:import|export)\s[^'"`;()=]*?\sfrom\s*)['"]([^'"]+)['"]"""
DYNAMIC = r"""\bimport\(\s*['"]([^'"]+)['"]"""
BARE = r"""(?<!\blate\(\(\) => )\bimport\("""
"""Code that is fetched later but not by ``late``, which waits for a server that is away."""
TABLES = {CODE / "layer-views/arithmetic/index.js": "late(SHEETS[kind] ?? generic)"}
"""Where all rows of a table are fetched in one place, and how."""


def without_comments(text: str) -> str:
    """Code, and nothing of the types that are imported in comments."""
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def imports(text: str) -> list[str]:
    """Module paths named by import and export statements; types imported in comments do not count."""
    code = without_comments(text)
    return re.findall(STATIC, code, flags=re.MULTILINE) + re.findall(DYNAMIC, code)


def folder(path: Path) -> str:
    """First folder below static/js, empty for files directly in it."""
    parts = path.relative_to(CODE).parts
    return parts[0] if len(parts) > 1 else ""


def feature(path: Path) -> str:
    """The feature that a module is of, empty for others."""
    return path.relative_to(CODE).parts[1] if folder(path) == "features" else ""


def targets(module: Path) -> list[Path]:
    """The modules of browser code that one imports."""
    found = [(module.parent / name).resolve() for name in imports(module.read_text())]
    return [path for path in found if not path.is_relative_to(LESSONS)]


MODULES = sorted(path for path in CODE.rglob("*.js") if folder(path) in LEVEL)


def test_every_folder_of_browser_code_has_a_place() -> None:
    assert {path.name for path in CODE.iterdir() if path.is_dir()} <= set(LEVEL)
    assert MODULES


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(CODE).as_posix())
def test_module_imports_only_downwards(module: Path) -> None:
    here = folder(module)
    for name in imports(module.read_text()):
        assert name.startswith("."), f"{name}: browser modules are imported by relative path"
        target = (module.parent / name).resolve()
        assert target.is_file(), f"{name} does not exist"
        if target.is_relative_to(LESSONS):
            assert feature(module) == "learn", f"lessons are data of the course alone ({name})"
            continue
        there = folder(target)
        assert there == here or LEVEL[there] < LEVEL[here], f"{here} must not import {there} ({name})"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(CODE).as_posix())
def test_features_do_not_import_each_other_and_pages_only_their_index(module: Path) -> None:
    strangers = [path for path in targets(module) if feature(path) not in {"", feature(module)}]
    if folder(module) == "pages":
        strangers = [path for path in strangers if path.name != "index.js"]
    assert [path.relative_to(CODE).as_posix() for path in strangers] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(CODE).as_posix())
def test_what_is_fetched_later_waits_for_a_server_that_is_away(module: Path) -> None:
    code = without_comments(module.read_text())
    assert TABLES[module] in code if module in TABLES else not re.findall(BARE, code)


def test_every_feature_has_an_index_that_says_what_it_is() -> None:
    for each in (CODE / "features").iterdir():
        assert (each / "index.js").read_text().startswith("/** "), each.name


def test_the_pattern_sees_every_form_of_import() -> None:
    text = """
    import { a,
      b } from './a.js';
    import './b.js';
    export * from "./c.js";
    const d = await import('./d.js');
    export function f() { return "not a module"; }
    /** @typedef {import('./types.js').T} T */
    """
    assert imports(text) == ["./a.js", "./b.js", "./c.js", "./d.js"]
    assert len(re.findall(BARE, without_comments(text))) == 1
    assert not re.findall(BARE, "late(() => import('./d.js'))")
