"""``convscope`` as a process that kills itself at the COUNTth MOMENT: ``killed.py MOMENT COUNT ARG...``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from app.cli import main
from cnn_core.training import disk, loop


def die(*_: Any) -> None:
    """End at once, as a crash does: nothing is flushed, closed or removed."""
    os.kill(os.getpid(), signal.SIGKILL)


def cut(handle: int) -> None:
    """Leave half of the file, then die."""
    os.ftruncate(handle, os.fstat(handle).st_size // 2)
    die()


MOMENTS: dict[str, tuple[ModuleType, str, Callable[..., None]]] = {
    "between two steps": (loop, "clip_by_norm", die),
    "half a checkpoint": (disk.os, "fsync", cut),
    "before the rename": (disk.os, "replace", die),
    "after the rename": (disk, "_sync_folder", die),
}


def arm(moment: str, count: int) -> None:
    """Have the function that stands for a moment end the process when it is called the COUNTth time."""
    module, name, end = MOMENTS[moment]
    own, left = getattr(module, name), count

    def call(*arguments: Any) -> Any:
        nonlocal left
        left -= 1
        return own(*arguments) if left else end(*arguments)

    setattr(module, name, call)


if __name__ == "__main__":
    arm(sys.argv[1], int(sys.argv[2]))
    main(sys.argv[3:])
