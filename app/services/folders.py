"""A folder of photos seen by two networks: how often each is right, class by class."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from cnn_core.ablation import scores_node
from cnn_core.graph.edits import edited_nodes, untouched
from cnn_core.layers.base import Array
from cnn_core.preprocess import Pixels, to_tensor
from cnn_core.runtime.plan import Plan
from cnn_core.training.class_photos import ClassPhotos

from .model_store import LoadedModel
from .trace_service import TraceService

__all__ = ["Counts", "Folder", "seen"]

_TURN_SECONDS = 0.1
"""Of work on a thread, after which others get their turn and the reader is told how far it is."""

_MOST_NAMED = 10


@dataclass(slots=True)
class Counts:
    """How far it is: photos of every class that were seen, and those that each network called rightly."""

    seen: Array
    before: Array
    after: Array
    other: int = 0
    skipped: int = 0
    unreadable: list[str] = field(default_factory=list)

    @property
    def files(self) -> int:
        """Files looked at."""
        return int(self.seen.sum()) + self.skipped

    def skip(self, why: str) -> None:
        """Count a file that is no photo; a few are named."""
        self.skipped += 1
        if len(self.unreadable) < _MOST_NAMED:
            self.unreadable.append(why)


@dataclass(frozen=True)
class Folder:
    """What is seen: photos whose labels are numbers of the networks' classes, network A, and network B."""

    photos: ClassPhotos
    a: LoadedModel
    b: LoadedModel


class _Sides:
    """The first classes of both networks, each photo by itself: the very runs that a page would show.

    Where B is A with edits, it is entered at the first node that they reach.
    """

    def __init__(self, traces: TraceService, folder: Folder) -> None:
        a, b = folder.a, folder.b
        self._spec_a, self._spec_b = a.model.spec, b.model.spec
        self._plan_a, self._plan_b = traces.plan(a), traces.plan(b)
        self._same: frozenset[str] = frozenset()
        if any(base is a for base in _bases(b)):
            changed = edited_nodes(b.model.graph, a.model.parameters, b.model.parameters)
            self._same = untouched(b.model.graph, changed)

    def first(self, pixels: Pixels) -> tuple[int, int]:
        """What A says, and what B says."""
        x = to_tensor(pixels, self._spec_a)
        before = _outputs(self._plan_a, x)
        known = {name: output for name, output in before.items() if name in self._same}
        if self._spec_b != self._spec_a:
            x = to_tensor(pixels, self._spec_b)
        after = _outputs(self._plan_b, x, known)
        return _first(self._plan_a, before), _first(self._plan_b, after)


def seen(traces: TraceService, folder: Folder) -> Iterator[Counts]:
    """The counts after every turn, the last of them of all photos."""
    sides = _Sides(traces, folder)
    none = np.zeros(len(folder.photos.classes), np.int64)
    counts = Counts(none.copy(), none.copy(), none.copy())
    end = time.perf_counter() + _TURN_SECONDS
    for photo in folder.photos.read():
        if photo.pixels is None:
            counts.skip(f"{photo.name}: {photo.problem}")
        else:
            before, after = sides.first(photo.pixels)
            counts.seen[photo.label] += 1
            counts.before[photo.label] += before == photo.label
            counts.after[photo.label] += after == photo.label
            counts.other += before != after
        if time.perf_counter() >= end:
            yield counts
            end = time.perf_counter() + _TURN_SECONDS
    yield counts


def _bases(loaded: LoadedModel) -> Iterator[LoadedModel]:
    before = loaded.base
    while before is not None:
        yield before
        before = before.base


def _outputs(plan: Plan, x: Array, known: dict[str, Array] | None = None) -> dict[str, Array]:
    return {record.node.name: record.output for record in plan.records(x, known)}


def _first(plan: Plan, outputs: dict[str, Array]) -> int:
    return int(outputs[scores_node(plan.graph)][0].argmax())
