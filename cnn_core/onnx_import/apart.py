"""A comparison in a process of its own, with time and memory that are kept, and an end at any moment.

A few hundred bytes can make another program take gigabytes or minutes, and no call of it can be broken off
from inside. So a child reads the file again, compares, and says after every layer what it knows; it is killed
when its time is over, cannot take more memory than it may, and ends when whoever started it is gone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from cnn_core.graph.graph import Graph
from cnn_core.input_spec import InputSpec
from cnn_core.onnx_import.engines import installed_engines
from cnn_core.onnx_import.limits import Bounds, Limits
from cnn_core.onnx_import.verify import Verification, verification_input, verify

__all__ = ["Comparison"]

_NO_MEMORY = 3
"""How the child ends when it may not take more."""

_PROGRAM = (sys.executable, "-P", "-m", "cnn_core.onnx_import.apart")


@dataclass
class Comparison:
    """One file, and the graph whose values are shown, to be compared; run it once.

    ``sizes`` are height and width where the file leaves them open, ``spec`` what the network is fed.
    """

    data: bytes
    graph: Graph
    spec: InputSpec
    sizes: tuple[int, int] | None = None
    limits: Limits = field(default_factory=Limits)
    bounds: Bounds = field(default_factory=Bounds)
    program: Sequence[str] = _PROGRAM

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._why_ended = ""

    def run(self) -> Verification:
        """Start the child and wait for what it finds; ends when the time is over or ``end`` is called."""
        clock = threading.Timer(
            self.bounds.seconds, self.end, [f"the time for it, {self.bounds.seconds:g} s, was over"]
        )
        clock.daemon = True
        clock.start()
        try:
            found, status = self._compared_by_child(0)
            if status < 0 and not self._why_ended and len(installed_engines()) > 1:
                # the program compared with has crashed: the next one is asked
                found, status = self._compared_by_child(1)
        finally:
            clock.cancel()
        return replace(found, failure=found.failure or self._failure(status))

    def _compared_by_child(self, first: int) -> tuple[Verification, int]:
        """What a child has found with the programs from number ``first`` on, and how it ended."""
        found = Verification("another program", len(self.graph))
        with self._lock:
            if self._why_ended:
                return found, 0
            self._process = process = self._started()
        try:
            self._tell(process, first)
            assert process.stdout is not None
            for line in process.stdout:
                found = Verification.from_config(json.loads(line))
        finally:
            process.kill()
            status = process.wait()
            for pipe in (process.stdin, process.stdout):
                _close(pipe)
        return found, status

    def end(self, why: str = "it was ended") -> None:
        """Kill the child at once, from any thread; ``run`` returns what was known by then."""
        with self._lock:
            self._why_ended = self._why_ended or why
            if self._process is not None and self._process.poll() is None:
                self._process.kill()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "MALLOC_ARENA_MAX": "2",
            },
        )

    def _tell(self, process: subprocess.Popen[bytes], first: int) -> None:
        assert process.stdin is not None
        head = json.dumps(
            {
                "bytes": len(self.data),
                "graph": self.graph.to_config(),
                "spec": asdict(self.spec),
                "sizes": self.sizes,
                "first": first,
                "limits": asdict(self.limits),
                "bounds": asdict(self.bounds),
            }
        ).encode()
        with suppress(OSError):  # where it has ended already, its status says why
            # the pipe stays open: its end tells the child that nobody waits any more
            process.stdin.write(head + b"\n")
            process.stdin.write(self.data)
            process.stdin.flush()

    def _failure(self, status: int) -> str:
        if self._why_ended:
            return self._why_ended
        if status == 0:
            return ""
        if status == _NO_MEMORY:
            return f"it needs more than the {self.bounds.memory >> 20} MiB of memory that it may take"
        return f"the process that compares has failed (status {status})"


def _close(pipe: Any) -> None:
    with suppress(OSError):
        pipe.close()


def _main() -> None:
    told = sys.stdin.buffer
    asked = json.loads(told.readline())
    data = told.read(asked["bytes"])
    threading.Thread(target=_end_with, args=(told,), daemon=True).start()
    try:
        _limit(**asked["bounds"])
        found = _compared(data, asked)
    except MemoryError:
        sys.stdout.flush()
        os._exit(_NO_MEMORY)
    _say(found)
    # nothing is left to tidy, and threads of other programs may take their time
    os._exit(0)


def _compared(data: bytes, asked: Mapping[str, Any]) -> Verification:
    from cnn_core.onnx_import.build import import_model

    sizes = asked["sizes"] and tuple(asked["sizes"])
    imported = import_model(data, limits=Limits(**asked["limits"]), sizes=sizes)
    graph = Graph.from_config(asked["graph"])
    x = verification_input(InputSpec(**asked["spec"]))
    fed = imported.entry.fed(x)
    return verify(
        data,
        graph,
        imported.parameters,
        imported.sources,
        x,
        fed=fed,
        orders=imported.orders,
        engines=installed_engines()[asked["first"] :],
        told=_say,
    )


def _say(found: Verification) -> None:
    sys.stdout.write(json.dumps(found.to_config()) + "\n")
    sys.stdout.flush()


def _end_with(told: BinaryIO) -> None:
    """End when the other end of the pipe is closed, as the system does when its process is gone."""
    told.read()
    os._exit(1)


def _limit(seconds: float, memory: int) -> None:
    """Take no more memory than that from now on, and leave the processor to those who look at something."""
    try:
        import resource

        os.nice(10)
    except (ImportError, AttributeError):  # Windows
        return
    statm = Path("/proc/self/statm")
    mapped = int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0
    for kind, most in ((resource.RLIMIT_AS, mapped + memory), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    _main()
