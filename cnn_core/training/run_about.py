"""What a training run is: who learns what, by which recipe, as its folder says."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cnn_core.errors import CnnError, TrainingFailed
from cnn_core.graph.graph import Graph
from cnn_core.preprocess import InputSpec

__all__ = ["ABOUT", "RunAbout", "is_run_name"]

ABOUT = "run.json"

LARGEST = 1 << 24
"""Bytes of such a file; no network of this package comes near."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def is_run_name(name: str) -> bool:
    """Whether a folder of that name can be named by an address: no way leads out of where it lies.

    >>> [is_run_name(name) for name in ("pets", "resnet-2.1", "../pets", "", ".hidden")]
    [True, True, False, False, False]
    """
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True, slots=True, eq=False)
class RunAbout:
    """One network, its data and the recipe.

    ``net`` is what its states are called, ``command`` what repeats the run; ``images`` are learnt from,
    ``measured`` held back to measure on. ``data`` is the digest of what it learns from.
    """

    net: str
    command: str
    graph: Graph
    spec: InputSpec
    classes: tuple[str, ...]
    images: int
    measured: int
    data: str
    recipe: Mapping[str, Any]

    @property
    def total(self) -> int:
        """Its last step."""
        return int(self.recipe["epochs"]) * math.ceil(self.images / int(self.recipe["batch"]))

    def to_config(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "title": self.net,
            "nets": [self.net],
            "command": self.command,
            "network": self.graph.to_config(),
            "input": asdict(self.spec),
            "classes": list(self.classes),
            "images": self.images,
            "measured": self.measured,
            "data": self.data,
            "recipe": dict(self.recipe),
        }

    @classmethod
    def read(cls, folder: Path) -> RunAbout:
        """What the run in a folder is.

        Raises:
            TrainingFailed: its file is missing, damaged, or says something that no run can be.
        """
        path = folder / ABOUT
        try:
            if path.stat().st_size > LARGEST:
                raise ValueError(f"more than {LARGEST:,} bytes")
            return cls._from_config(json.loads(path.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, CnnError) as error:
            raise TrainingFailed(
                f"{folder.name}: {ABOUT} is no training run's, or damaged ({_words(error)})"
            ) from error

    @classmethod
    def _from_config(cls, config: Mapping[str, Any]) -> RunAbout:
        (net,) = config["nets"]
        recipe, classes = config["recipe"], config["classes"]
        counts = [config["images"], config["measured"], recipe["epochs"], recipe["batch"]]
        if not isinstance(net, str) or not is_run_name(net):
            raise ValueError(f"a net cannot be called {net!r}")
        if not all(isinstance(name, str) for name in classes) or len(classes) < 1:
            raise ValueError("classes must be names")
        if not all(isinstance(n, int) and 0 <= n < 2**40 for n in counts) or min(*counts[2:], counts[0]) < 1:
            raise ValueError(f"images, epochs and batch must be whole numbers above 0, got {counts}")
        graph, spec = Graph.from_config(config["network"]), InputSpec(**config["input"])
        told = str(config["command"]), str(config["data"])
        return cls(net, told[0], graph, spec, tuple(classes), counts[0], counts[1], told[1], dict(recipe))


def _words(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error)
