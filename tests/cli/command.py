"""``convscope`` as a process of its own, forked from one that has imported everything."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.server import PATIENCE, ROOT

__all__ = ["convscope"]

Done = subprocess.CompletedProcess[str]


def convscope(
    *arguments: str | Path, folder: Path = ROOT, script: Path | None = None, **environment: str
) -> Done:
    """Run a command to its end in a folder; ``script`` is run in its place, and given the command."""
    with tempfile.TemporaryDirectory() as name:
        output, errors = Path(name, "output"), Path(name, "errors")
        output.touch()
        errors.touch()
        told = {
            "script": str(script or ""),
            "arguments": [*map(str, arguments)],
            "folder": str(folder),
            "environment": {**os.environ, **environment},
            "output": str(output),
            "errors": str(errors),
            "seconds": PATIENCE,
        }
        code = _run(json.dumps(told))
        return subprocess.CompletedProcess(arguments, code, output.read_text(), errors.read_text())


def _run(told: str) -> int:
    process = _warm()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(told + "\n")
    process.stdin.flush()
    return int(process.stdout.readline())


@cache
def _warm() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.warm"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    with process:
        assert process.stdin is not None
        process.stdin.close()
