"""What an atlas of very many photos takes: ``python -m tests.benchmarks.atlas MODEL PHOTOS [SECONDS]``.

The photos are a thousand random pictures again and again, of the network's own size; ``thin`` is a network of
one small convolution, so that everything around networks is measured. After each tenth: images a second, CPU
seconds, the most memory so far. Ends after so many seconds, wherever it is.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

import numpy as np

from cnn_core.atlas import in_threads, survey
from cnn_core.atlas.photos import PhotoReader
from cnn_core.graph import Graph, Node
from cnn_core.input_spec import InputSpec
from cnn_core.layers import Conv2d, Input, ReLU
from cnn_core.models import Card, load_model
from cnn_core.models.base import Model
from cnn_core.preprocess import Pixels

PICTURES = 1000
THREADS = 2


@dataclass(frozen=True)
class Same(Sequence[int]):
    """A long row of one label, which takes no memory."""

    size: int

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[int]: ...
    def __getitem__(self, at: int | slice) -> int | Sequence[int]:
        return Same(len(range(self.size)[at])) if isinstance(at, slice) else -1

    def __array__(self, dtype: np.dtype[np.generic] | None = None, copy: bool | None = None) -> object:
        return np.full(self.size, -1, dtype)


class Numbers(Sequence[str]):
    """Photos named by their number."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return [str(i) for i in range(self._count)[at]] if isinstance(at, slice) else str(at)


@dataclass(frozen=True)
class Repeated:
    """``count`` photos, the same thousand again and again."""

    count: int
    side: int

    @property
    def names(self) -> Sequence[str]:
        return Numbers(self.count)

    @property
    def labels(self) -> Sequence[int]:
        return Same(self.count)

    @property
    def classes(self) -> tuple[str, ...]:
        return ()

    @property
    def digest(self) -> str:
        return f"{self.count} of {self.side}"

    def open(self) -> PhotoReader:
        return _Repeated(self.side)


class _Repeated:
    def __init__(self, side: int) -> None:
        rng = np.random.default_rng(0)
        self._pictures = rng.integers(0, 256, (PICTURES, side, side, 3), np.uint8)

    def view(self, index: int, spec: InputSpec) -> Pixels:
        return np.asarray(self._pictures[index % PICTURES])

    def close(self) -> None:
        pass


def thin() -> Model:
    """One convolution of eight filters on 8 x 8 pixels."""
    conv = Conv2d(3, 8, (3, 3))
    nodes = [
        Node("input", Input(shape=(3, 8, 8))),
        Node("conv", conv, ("input",)),
        Node("relu", ReLU(), ("conv",)),
    ]
    graph = Graph(nodes)
    card = Card("Thin", "thin", "", "", "", 0, 0)
    return Model("thin", "Thin", graph, graph.init(np.random.default_rng(0)), (), InputSpec(3, 8, 8), card)


def told(model: Model, photos: Repeated, seconds: float) -> Iterator[str]:
    """A line for every tenth, and one for the end."""
    began, before, tenth = time.monotonic(), _cpu(), 0
    with tempfile.TemporaryDirectory() as folder:
        steps = survey(model, photos, Path(folder), in_threads(THREADS))
        for progress in steps:
            passed, cpu, done = time.monotonic() - began, _cpu() - before, progress.photos
            if done * 10 // photos.count > tenth or passed > seconds:
                tenth = done * 10 // photos.count
                yield (
                    f"{done:>9,} photos {done / passed:8,.0f} a second {cpu:7.1f} CPU s"
                    f" {1e3 * cpu / max(1, done):7.3f} CPU ms a photo {_memory():6.0f} MB at most"
                )
            if passed > seconds:
                steps.close()
                yield f"ended after {seconds:g} s with {photos.count - done:,} photos left"
                return
    yield f"done in {time.monotonic() - began:.1f} s, {_cpu() - before:.1f} CPU s, {_memory():.0f} MB at most"


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure what the command line says."""
    name, count, *rest = sys.argv[1:]
    model = thin() if name == "thin" else load_model(name)
    for line in told(model, Repeated(int(count), model.spec.height), float(rest[0]) if rest else 600):
        print(line, flush=True)


if __name__ == "__main__":
    main()
