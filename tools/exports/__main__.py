"""``python -m tools.exports``: export every family, open each here, print the table; 1 if any fails.

Options: ``--python`` names a Python that has torch, torchvision and timm (by default this one), ``--only`` a
part of names, ``--keep`` a folder for the files, which are taken from there if they are there already.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

HERE = Path(__file__).parent
SECONDS = 180
"""That one file may take, its comparison included."""
MEMORY = 6 << 30
"""Bytes that one file may take."""


def main() -> int:
    """Print a line a network, then the sums; the exit status."""
    asked = _asked()
    families = [line.split() for line in (HERE / "families.txt").read_text("utf-8").splitlines() if line]
    families = [found for found in families if found[0] != "#" and asked.only in " ".join(found)]
    good = exported = verified = 0
    with tempfile.TemporaryDirectory() as folder, _exporter(asked.python) as (told, heard):
        first = heard.readline().strip()
        if not first:
            print(f"{asked.python} cannot export: it wants torch, torchvision and timm (its own words above)")
            return 2
        print(first.removeprefix("ok "))
        for package, name, side in families:
            path = Path(asked.keep or folder) / f"{package}.{name}.onnx"
            answer = "ok" if path.exists() else _export(told, heard, f"{package} {name} {side} {path}")
            if answer != "ok":
                print(f"{package:24} {name:30} NOT EXPORTED  {answer.removeprefix('no ')}", flush=True)
                continue
            exported += 1
            found = _opened(path)
            good, verified = good + found["opened"], verified + found["verified"]
            print(f"{package:24} {name:30} {_row(found)}", flush=True)
            if not asked.keep:
                path.unlink()
    print(f"{len(families)} families: {exported} exported, {good} opened, {verified} verified")
    return 0 if verified == len(families) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.exports", description=__doc__)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path)
    return parser.parse_args()


@contextmanager
def _exporter(python: str) -> Iterator[tuple[IO[str], IO[str]]]:
    """Where to ask for exports, and where the answers come."""
    command = [python, str(HERE / "exporter.py")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=sys.stderr, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdin, process.stdout
        process.stdin.close()


def _export(told: IO[str], heard: IO[str], line: str) -> str:
    told.write(line + "\n")
    told.flush()
    return heard.readline().strip() or "no the exporter has ended"


def _opened(path: Path) -> dict[str, Any]:
    """What a process of its own says of a file; within time and, where the system can, memory."""
    command = [sys.executable, "-m", "tools.exports.opening", str(path)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, check=False, preexec_fn=_limit
        )
    except subprocess.TimeoutExpired:
        return {"opened": False, "verified": False, "said": f"more than {SECONDS} s", "seconds": SECONDS}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        return {"opened": False, "verified": False, "said": f"FELL OVER: {last}", "seconds": 0.0}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _row(found: dict[str, Any]) -> str:
    times = f"{found['seconds']:5.1f} + {found.get('compared', 0.0):4.1f} s"
    state = "verified" if found["verified"] else "OPENED" if found["opened"] else "REFUSED"
    said = f"{found.get('layers')} layers" if found["verified"] else found["said"]
    return f"{state:9} {times}  {said}"


if __name__ == "__main__":
    sys.exit(main())
