"""The browser's code made ready to be sent: bundled and minified by esbuild, compressed as far as it goes.

esbuild cuts a chunk for every set of entries that use a module, which makes dozens of small files of pages
that fetch parts of themselves later. So it works on a copy of the code in which every such part also imports
what is on its page anyway: all modules of the page are then used by the same entries, and lie in one chunk.

Needs nothing of this package: wheels are built with it before there is one.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]

__all__ = ["MANIFEST", "bundle", "find_esbuild", "fingerprint"]

MANIFEST = "manifest.json"
"""Entry, as a path in ``static`` -> the file to ask for, and after it all that the browser needs with it."""

_FRONT = "js/pages/explore.js"
"""The page that is to be light: nothing is put among what pages share that this one could do without."""
_SHARED = "js/shared.js"
_THEME = "js/theme.js"
_AT_ONCE, _LATER = "import-statement", "dynamic-import"
_OPTIONS = ("--bundle", "--splitting", "--format=esm", "--minify", "--log-level=warning")

Graph = dict[str, list[str]]


@dataclass(frozen=True)
class _Imports:
    """Module -> those it imports at once, and those it fetches later."""

    static: Graph
    later: Graph

    def reached(self, start: str, *, later: bool = False) -> set[str]:
        """A module and what it imports, directly or through others."""
        found, waiting = set[str](), [start]
        while waiting:
            module = waiting.pop()
            if module not in found:
                found.add(module)
                waiting += self.static[module] + (self.later[module] if later else [])
        return found

    def parts(self) -> list[str]:
        """Modules that are fetched later, by any."""
        return sorted({part for parts in self.later.values() for part in parts})

    def fetching(self, part: str) -> set[str]:
        """Modules that fetch a part."""
        return {module for module, parts in self.later.items() if part in parts}


def find_esbuild(root: Path) -> Path | None:
    """The program that ``npm ci`` puts below ``root``, a native one for this machine; None without."""
    found = (root / "node_modules" / "@esbuild").glob("*/**/esbuild*")
    return next((path for path in sorted(found) if path.name in {"esbuild", "esbuild.exe"}), None)


def fingerprint(static: Path) -> str:
    """Names one state of the code in a folder, and of this file."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in _code(static):
        digest.update(path.relative_to(static).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def bundle(static: Path, esbuild: Path, target: Path) -> None:
    """Write the bundles of a folder ``static``, each plain, ``.br`` and ``.gz``, and a manifest.

    Raises:
        subprocess.CalledProcessError: esbuild refuses the code; ``stderr`` says why.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "static"
        for path in _code(static):
            (copy / path.relative_to(static)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / path.relative_to(static))
        pages = sorted(f"js/pages/{path.name}" for path in (copy / "js" / "pages").glob("*.js"))
        inputs = _run(esbuild, copy, pages, Path(folder) / "first")["inputs"]
        _gather(copy, pages, _Imports(_kind(inputs, _AT_ONCE), _kind(inputs, _LATER)))
        sheets = [f"css/{path.name}" for path in (copy / "css").glob("*.css")]
        made = _run(esbuild, copy, [*pages, _THEME, *sheets], target)["outputs"]
    for name in made:
        _compress(target / name)
    table = {entry: _files_of(entry, made) for entry in [*pages, _THEME, *sheets]}
    (target / MANIFEST).write_text(json.dumps(table, indent=1), encoding="utf-8")


def _code(static: Path) -> Iterator[Path]:
    return (path for path in sorted(static.rglob("*")) if path.suffix in {".js", ".css"})


def _run(esbuild: Path, folder: Path, entries: Iterable[str], target: Path) -> dict[str, Any]:
    """What esbuild tells of a run; paths of inputs are relative to ``folder``, of outputs to ``target``."""
    with tempfile.TemporaryDirectory() as notes:
        meta = Path(notes) / "meta.json"
        names = ("--entry-names=[dir]/[name]-[hash]", "--chunk-names=js/[name]-[hash]")
        places = (f"--outdir={target}", "--outbase=.", f"--metafile={meta}")
        subprocess.run(
            [esbuild, *entries, *_OPTIONS, *names, *places],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        told: dict[str, Any] = json.loads(meta.read_text(encoding="utf-8"))
    outputs = {_below(target, folder, name): output for name, output in told["outputs"].items()}
    for output in outputs.values():
        output["imports"] = [
            {**each, "path": _below(target, folder, each["path"])} for each in output["imports"]
        ]
    return {**told, "outputs": outputs}


def _below(target: Path, folder: Path, name: str) -> str:
    return Path(os.path.realpath(folder / name)).relative_to(os.path.realpath(target)).as_posix()


def _kind(inputs: dict[str, Any], kind: str) -> Graph:
    return {
        name: [each["path"] for each in module["imports"] if each["kind"] == kind]
        for name, module in inputs.items()
    }


def _gather(folder: Path, pages: list[str], imports: _Imports) -> None:
    """Write the imports that bring the modules of a page into one chunk, those of several into another."""
    at_once = {page: imports.reached(page) for page in pages}
    ever = {page: imports.reached(page, later=True) for page in pages}
    others = set[str]().union(*(ever[page] for page in pages if page != _FRONT))
    shared = [module for module in imports.static if module in at_once[_FRONT] & others]
    (folder / _SHARED).write_text("".join(_line(_SHARED, module) for module in shared), encoding="utf-8")
    for page in pages:
        _append(folder, page, _SHARED)
    parts = {part: imports.reached(part) for part in imports.parts()}
    for part in parts:
        users = [page for page in pages if part in ever[page]]
        if any(part in at_once[page] for page in users):
            if part not in shared:
                _append(folder, part, _SHARED)
            continue
        fetching = imports.fetching(part)
        if fetching & set().union(*(at_once[page] for page in users)):
            hosts = users
        else:
            hosts = [each for each, reached in parts.items() if fetching & reached and part not in reached]
        _append(folder, part, hosts[0] if len(hosts) == 1 else users[0] if len(users) == 1 else _SHARED)


def _append(folder: Path, module: str, imported: str) -> None:
    with (folder / module).open("a", encoding="utf-8") as file:
        file.write("\n" + _line(module, imported))


def _line(module: str, imported: str) -> str:
    """The line that imports one module into another; both are paths in ``static``."""
    path = Path(os.path.relpath(imported, Path(module).parent)).as_posix()
    return f'import "./{path}";\n'


def _compress(path: Path) -> None:
    body = path.read_bytes()
    path.with_name(path.name + ".br").write_bytes(brotli.compress(body))
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(body, 9, mtime=0))


def _files_of(entry: str, outputs: dict[str, Any]) -> list[str]:
    """The file with an entry's code, and all files that it imports at once.

    Where a later part imports the entry, esbuild moves its code into a chunk, and leaves of the entry a line
    that imports the chunk: the browser is spared that line.
    """
    holding = [name for name, made in outputs.items() if entry in made["inputs"]]
    own = [name for name in holding if outputs[name].get("entryPoint") == entry]
    found, waiting = list[str](), (own or holding)[:1]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.append(file)
            waiting += [each["path"] for each in outputs[file]["imports"] if each["kind"] == _AT_ONCE]
    return found
