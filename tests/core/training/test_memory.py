"""Memory kept between training steps."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.cli import train
from cnn_core.errors import TrainingFailed
from cnn_core.training.memory import keep_freed_memory

COUNT = """
import ctypes, sys
import numpy as np
from cnn_core.training.memory import keep_freed_memory

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in "arena ordblks smblks hblks hblkhd a b c d e".split()]

mallinfo = ctypes.CDLL(None).mallinfo
mallinfo.restype = Info
if sys.argv[1] == "kept":
    assert keep_freed_memory()
before = mallinfo().hblks
array = np.ones(10_000_000)
print(mallinfo().hblks - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="an option of glibc")
@pytest.mark.parametrize(("way", "mapped"), [("kept", 0), ("usual", 1)])
def test_large_arrays_come_from_memory_that_is_kept(way: str, mapped: int) -> None:
    command = [sys.executable, "-c", COUNT, way]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) == mapped


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert not keep_freed_memory()


def test_training_begins_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def called() -> bool:
        raise TrainingFailed("called")

    monkeypatch.setattr(train, "keep_freed_memory", called)
    with pytest.raises(TrainingFailed, match="called"):
        train.run_training(None)
