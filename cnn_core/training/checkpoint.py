"""A training run's state on disk: one safetensors file, whole at every moment, without pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from cnn_core.errors import TrainingFailed
from cnn_core.layers.base import Array
from cnn_core.training.disk import reason, replace_file

__all__ = ["TrainingState", "load_checkpoint", "save_checkpoint"]

FORMAT = "1"


@dataclass(frozen=True, slots=True, eq=False)
class TrainingState:
    """All that a run needs to go on exactly where it stopped.

    There is no random state: every draw of a run comes from a generator seeded with the recipe's seed
    and the number of the epoch or step, so these two numbers are it.
    """

    parameters: Mapping[str, Array]
    average: Mapping[str, Array]
    """Moving average of the weights: what a finished run ships."""
    optimizer: Mapping[str, Array]
    epoch: int = 0
    """Epochs finished."""
    step: int = 0
    """Steps finished."""
    seconds: float = 0.0
    """Time spent on them."""


_GROUPS = ("parameters", "average", "optimizer")


def save_checkpoint(path: Path, state: TrainingState, about: Mapping[str, Any]) -> None:
    """Write the state and ``about`` (plain JSON values that say what run it is).

    The file is written beside the old one, forced to disk and renamed over it, so that a crash at any
    moment leaves one of the two whole.

    Raises:
        TrainingFailed: it cannot be written (disk full, no permission); the old one is untouched.
    """
    tensors = {
        f"{group}/{name}": np.array(value, order="C")
        for group in _GROUPS
        for name, value in getattr(state, group).items()
    }
    header = {"epoch": state.epoch, "step": state.step, "seconds": state.seconds, "about": dict(about)}
    data = safetensors.numpy.save(tensors, {"format": FORMAT, "run": json.dumps(header, sort_keys=True)})
    try:
        replace_file(path, data)
    except OSError as error:
        raise TrainingFailed(
            f"epoch {state.epoch}: the checkpoint {path.name} cannot be written "
            f"({reason(path, error)}); the one before it is whole"
        ) from error


def load_checkpoint(path: Path) -> tuple[TrainingState, dict[str, Any]]:
    """The state and ``about`` of a run.

    Raises:
        TrainingFailed: the file is missing, damaged or no checkpoint.
    """
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        header = json.loads(metadata["run"])
        if metadata["format"] != FORMAT:
            raise ValueError(f"format {metadata['format']}, wanted {FORMAT}")
        groups: dict[str, dict[str, Array]] = {group: {} for group in _GROUPS}
        for key, value in tensors.items():
            group, name = key.split("/", 1)
            groups[group][name] = value
        state = TrainingState(**groups, epoch=header["epoch"], step=header["step"], seconds=header["seconds"])
        return state, header["about"]
    except (OSError, KeyError, TypeError, ValueError, safetensors.SafetensorError) as error:
        raise TrainingFailed(f"{path.name}: not a whole checkpoint ({error})") from error
