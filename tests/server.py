"""A real server in a process of its own, for tests that look at it from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[1]
COMMAND = (sys.executable, "-m", "app.cli")
PATIENCE = 60
"""Seconds after which a process that should have answered is taken for dead."""


@dataclass(frozen=True)
class Server:
    address: str
    process: subprocess.Popen[str]

    def get_json(self, path: str) -> Any:
        """What it answers at ``path``."""
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:
            return json.load(answer)

    def stop(self) -> int:
        """Interrupt it as Ctrl-C does; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@contextmanager
def running_server(
    *options: str,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    command: Sequence[str] = COMMAND,
    errors: IO[str] | None = None,
) -> Iterator[Server]:
    """``convscope serve`` run in a folder, on a free port, from its first answer to the end of the block."""
    process = subprocess.Popen(
        [*command, "serve", "--port", "0", "--no-browser", *options],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            line = process.stdout.readline()
            address = next((word for word in line.split() if word.startswith("http://")), None)
            assert address, f"the server did not say where it is: {line!r}, exit code {process.poll()}"
            yield Server(address, process)
        finally:
            process.kill()
            process.wait(PATIENCE)
