"""A run's state on disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from cnn_core.errors import TrainingFailed
from cnn_core.training.checkpoint import TrainingState, load_checkpoint, save_checkpoint

STATE = TrainingState(
    parameters={"conv.weight": np.arange(6, dtype=np.float32).reshape(2, 3)},
    average={"conv.weight": np.full((2, 3), 0.1, np.float32)},
    optimizer={"steps": np.asarray(7, np.int64), "mean.conv.weight": np.ones((2, 3), np.float32)},
    epoch=3,
    step=7,
    seconds=1.5,
)


def test_everything_comes_back_as_it_was(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "c.safetensors", STATE, {"seed": 4, "zoom": [0.5, 1.0]})
    state, about = load_checkpoint(tmp_path / "c.safetensors")
    assert about == {"seed": 4, "zoom": [0.5, 1.0]}
    assert (state.epoch, state.step, state.seconds) == (3, 7, 1.5)
    for group in ("parameters", "average", "optimizer"):
        before, after = getattr(STATE, group), getattr(state, group)
        assert before.keys() == after.keys()
        for name, value in before.items():
            assert after[name].dtype == value.dtype
            assert after[name].shape == value.shape
            assert np.array_equal(after[name], value)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_last_checkpoint_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "c.safetensors"
    save_checkpoint(path, STATE, {})
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(
        TrainingFailed, match=r"epoch 3: .*\(the disk at /.* is full\); the one before it is whole"
    ):
        save_checkpoint(path, STATE, {"other": 1})
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("damage", [b"", b"no checkpoint", "half", "flipped header"])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: bytes | str) -> None:
    path = tmp_path / "c.safetensors"
    save_checkpoint(path, STATE, {})
    whole = path.read_bytes()
    pieces = {"half": whole[: len(whole) // 2], "flipped header": b"\xff" * 8 + whole[8:]}
    path.write_bytes(damage if isinstance(damage, bytes) else pieces[damage])
    with pytest.raises(TrainingFailed, match=r"c\.safetensors: not a whole checkpoint"):
        load_checkpoint(path)


def test_weights_alone_are_no_checkpoint(tmp_path: Path) -> None:
    import safetensors.numpy

    (tmp_path / "w.safetensors").write_bytes(safetensors.numpy.save({"w": np.ones(2)}))
    with pytest.raises(TrainingFailed, match="not a whole checkpoint"):
        load_checkpoint(tmp_path / "w.safetensors")
    with pytest.raises(TrainingFailed, match="not a whole checkpoint"):
        load_checkpoint(tmp_path / "missing.safetensors")
