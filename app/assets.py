"""Where the page's code comes from: bundles, made once for each state of the code, or the sources."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from .bundling import MANIFEST, bundle, find_esbuild, fingerprint
from .config import asset_folder

__all__ = ["Assets", "Bundle", "Bundles", "Sources", "Static", "open_assets"]

_log = logging.getLogger(__name__)


class Assets(Protocol):
    """Addresses of what a page is made of; files are named by their path in ``static``."""

    def addresses(self, entry: str) -> Sequence[str]:
        """Where the browser gets an entry, and after it all that it needs at once with it."""


class Sources:
    """Every file by itself, as it is written: for development, and where there is no bundle."""

    def addresses(self, entry: str) -> Sequence[str]:
        """One address; the browser finds out what else it needs."""
        return (f"/static/{entry}",)


@dataclass(frozen=True, slots=True)
class Bundle:
    """One file by encoding; the empty one is the file itself."""

    media_type: str
    bodies: Mapping[str, bytes]


class Bundles:
    """What ``bundling.bundle`` wrote into a folder, all of it in memory."""

    def __init__(self, folder: Path) -> None:
        self._entries: Mapping[str, list[str]] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        kinds = {".js": "text/javascript", ".css": "text/css"}
        self.files: Mapping[str, Bundle] = {
            path.relative_to(folder).as_posix(): Bundle(kinds[path.suffix], _bodies(path))
            for path in folder.rglob("*")
            if path.suffix in kinds
        }

    def addresses(self, entry: str) -> Sequence[str]:
        """The file with the entry's code, and those that it imports; each address holds a digest."""
        return tuple(f"/assets/{name}" for name in self._entries[entry])


class Static(StaticFiles):
    """Files as they are, asked for again at each visit."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 304."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def open_assets(wanted: bool) -> Sources | Bundles:
    """The bundles of an installed package or of this checkout's code, made if need be; else the sources."""
    if not wanted:
        return Sources()
    installed = asset_folder("bundles")
    if (installed / MANIFEST).is_file():
        return _opened(installed)
    static = asset_folder("static")
    esbuild = find_esbuild(static.parent)
    if esbuild is None:
        _log.warning("The browser gets the page's code file by file: there is no esbuild to bundle it with.")
        return Sources()
    try:
        return _opened(_made(static, esbuild))
    except (OSError, subprocess.CalledProcessError) as error:
        reason = str(getattr(error, "stderr", "") or error).strip()
        _log.warning("The browser gets the page's code file by file: it could not be bundled: %s", reason)
        return Sources()


def _made(static: Path, esbuild: Path) -> Path:
    """The folder with the bundles of the code as it is now; servers that start together make it once each."""
    home = static.parent / "build" / "bundles"
    target = home / fingerprint(static)
    if not target.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=home))
        try:
            bundle(static, esbuild, made)
            if not target.is_dir():
                made.rename(target)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return target


@lru_cache(maxsize=4)
def _opened(folder: Path) -> Bundles:
    return Bundles(folder)


def _bodies(path: Path) -> dict[str, bytes]:
    encodings = {"": "", "br": ".br", "gzip": ".gz"}
    return {encoding: path.with_name(path.name + end).read_bytes() for encoding, end in encodings.items()}
