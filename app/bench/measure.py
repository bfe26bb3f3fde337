"""Taking times side by side: whatever is compared runs in turn, again and again, in one process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from cnn_core.layers.base import Array

__all__ = [
    "Others",
    "Spread",
    "busy_with_others",
    "copy_speed",
    "differences",
    "interleaved",
    "ratios",
    "sgemm_peak",
    "spread",
]

TURN_SECONDS = 0.03
"""A turn repeats what is quicker than this until it has taken as long."""

SLOW_ROUNDS = 2
"""Rounds in which the slow take part."""

REST_SECONDS = 0.05
"""Between two turns, so that threads of the last one that still look for work give up: after 5 ms those of
ONNX Runtime still took half of SqueezeNet's speed from whoever came next."""

Turn = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and quartiles."""

    median: float
    low: float
    high: float


def spread(values: Collection[float]) -> Spread:
    """Of some numbers.

    >>> spread([4.0, 1.0, 2.0, 3.0, 5.0])
    Spread(median=3.0, low=2.0, high=4.0)
    """
    low, median, high = (float(q) for q in np.quantile(np.array(list(values)), (0.25, 0.5, 0.75)))
    return Spread(median, low, high)


def ratios(theirs: Collection[float], ours: Collection[float]) -> Spread:
    """How much longer they took, round by round.

    >>> ratios([2.0, 6.0], [1.0, 2.0]).median
    2.5
    """
    return spread([their / our for their, our in zip(theirs, ours, strict=False)])


def interleaved(turns: Mapping[str, Turn], rounds: int, slow: Collection[str] = ()) -> dict[str, list[float]]:
    """Seconds a pass of each, one number a round; the slow ones, tired after ``SLOW_ROUNDS``, have fewer.

    Every turn begins with a pass that is not timed, which brings its data back into the caches.
    """
    taken: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(rounds):
        for name, turn in turns.items():
            if name not in slow or number < SLOW_ROUNDS:
                time.sleep(REST_SECONDS)
                taken[name].append(_timed(turn, once=name in slow))
    return taken


def _timed(turn: Turn, *, once: bool) -> float:
    if not once:
        turn()
    passes: list[float] = []
    began = time.perf_counter()
    while not passes or (not once and time.perf_counter() - began < TURN_SECONDS):
        started = time.perf_counter()
        turn()
        passes.append(time.perf_counter() - started)
    return float(np.median(passes))


def differences(found: Mapping[str, Array], wanted: Mapping[str, Array]) -> float:
    """The largest difference of any node, as a share of that node's largest value."""
    return max(
        float(np.abs(np.asarray(value) - wanted[name]).max() / max(np.abs(wanted[name]).max(), 1e-30))
        for name, value in found.items()
    )


def sgemm_peak(threads: int, side: int = 2048, tries: int = 7) -> float:
    """Multiply-adds of float32 a second in NumPy's own matrix product, the best of some tries."""
    rng = np.random.default_rng(0)
    a, b = (rng.random((side, side), np.float32) for _ in range(2))
    out = np.empty_like(a)
    with threadpool_limits(threads, "blas"):
        return side**3 / min(_timed(lambda: np.matmul(a, b, out=out), once=False) for _ in range(tries))


def copy_speed(values: int = 1 << 25, tries: int = 5) -> float:
    """Bytes a second, read and written, of one thread's copy of memory larger than the caches."""
    source, target = np.zeros(values, np.float32), np.zeros(values, np.float32)
    return (
        2 * source.nbytes / min(_timed(lambda: np.copyto(target, source), once=False) for _ in range(tries))
    )


@dataclass(slots=True)
class Others:
    """Share of the processor's time that went to other processes, or was taken by the machine's host."""

    share: float = float("nan")


@contextmanager
def busy_with_others() -> Iterator[Others]:
    """What others took while inside, known afterwards; NaN where there is no ``/proc/stat``."""
    found = Others()
    before, began, own = _busy(), time.perf_counter(), time.process_time()
    yield found
    capacity = (time.perf_counter() - began) * (os.cpu_count() or 1)
    found.share = (_busy() - before - (time.process_time() - own)) / capacity


def _busy() -> float:
    try:
        fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    except OSError:
        return float("nan")
    user, nice, system, _, _, irq, soft, steal = map(int, fields)
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")
