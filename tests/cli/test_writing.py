"""Files that commands write are whole or not there, and a disk that is full is named."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.cli import writing
from app.cli.writing import write_array, write_whole
from cnn_core.errors import DiskFull
from tests.server import COMMAND, PATIENCE

SMALL = 20_000
"""Bytes that a file may have in a child: what is longer fails as on a disk that is full."""


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size")
@pytest.mark.parametrize("before", [b"an older file", None])
def test_an_export_that_cannot_be_written_leaves_what_was_there(tmp_path: Path, before: bytes | None) -> None:
    target = tmp_path / "net.onnx"
    if before is not None:
        target.write_bytes(before)
    done = subprocess.run(
        [*COMMAND, "export", "tiny_vgg", str(target)],
        capture_output=True, text=True, timeout=PATIENCE, check=False, preexec_fn=limited,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(f"convscope: {target}: File too large")
    assert (target.read_bytes() if target.exists() else None) == before
    assert [path.name for path in tmp_path.iterdir()] == ([] if before is None else ["net.onnx"])


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing, "replace_file", full)
    for write in (
        lambda path: write_whole(path, b"x" * 1_500_000),
        lambda path: write_array(path, np.zeros(400_000, np.float32)),
    ):
        with pytest.raises(DiskFull) as raised:
            write(tmp_path / "layer.npy")
        told = str(raised.value)
        assert told.startswith("Disk full: layer.npy takes 1.")
        assert f"the disk of {tmp_path} has " in told


def test_what_is_no_file_is_written_to_as_it_is(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        return
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, "through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
