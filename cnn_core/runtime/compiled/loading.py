"""Whether the compiled functions are there: they are imported when somebody asks, never before."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
import threading
from contextlib import suppress
from types import ModuleType
from typing import Any

__all__ = ["function", "functions", "load", "load_behind"]

COMPILE = "import os; hasattr(os, 'nice') and os.nice(10); import cnn_core.runtime.compiled.functions"
MOST_SECONDS = 120

_lock = threading.Lock()
_loaded: list[ModuleType] = []


def functions() -> ModuleType | None:
    """``cnn_core.runtime.compiled.functions`` once it has been loaded; None before, and without Numba."""
    return _loaded[0] if _loaded else None


def function(name: str) -> Any:
    """One of them, by its name.

    Raises:
        RuntimeError: they have not been loaded.
    """
    if not _loaded:
        raise RuntimeError(
            f"compiled function {name!r}: cnn_core.runtime.compiled.load must have been called"
        )
    return getattr(_loaded[0], name)


def load() -> bool:
    """Load the functions, which compiles them the first time on a machine; whether they are there now.

    Plans compiled from now on use them; those compiled before stay as they are. Where Numba is missing, does
    not know this NumPy or finds no folder to keep what it compiled in, all is done by NumPy as before.
    """
    with _lock:
        if not _loaded and importlib.util.find_spec("numba"):
            with suppress(ImportError, RuntimeError):
                _loaded.append(importlib.import_module("cnn_core.runtime.compiled.functions"))
    return bool(_loaded)


def load_behind() -> threading.Thread:
    """The same in a thread of its own, which is returned, so that nobody waits.

    A process of low priority compiles first, so that this one finds all in the cache: it would hold the
    interpreter's lock for seconds.
    """
    thread = threading.Thread(target=_load_behind, name="compile", daemon=True)
    thread.start()
    return thread


def _load_behind() -> None:
    if functions() is None and importlib.util.find_spec("numba"):
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                [sys.executable, "-c", COMPILE], check=False, capture_output=True, timeout=MOST_SECONDS
            )
        load()
