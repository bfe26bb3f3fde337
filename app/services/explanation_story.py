"""The work of one inquiry, piece by piece: maps, films and cascades, cheap ones first."""

from __future__ import annotations

import time
from collections.abc import Generator, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np

from cnn_core.attributions import (
    Attribution,
    Case,
    EdgesOnly,
    Film,
    Memory,
    Method,
    Progress,
    cascade,
    film,
    random_map,
)
from cnn_core.errors import CnnError
from cnn_core.layers.base import Array

from .questions import Inquiry, Opened

__all__ = ["RANDOM", "Blocked", "Event", "Explained", "Played", "Remembered", "Story", "UnderWay", "keys_of"]

RANDOM = "random"
"""The film that takes pixels in random order: it is drawn beside every method's."""

_ENTRY_BYTES = 512

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How far a method's map is; of ``cascade``, maps of random networks."""

    method: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a method has no map here."""

    method: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """A method's map, and the seconds it took when it was made."""

    method: Method
    attribution: Attribution
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """The film of a method, or of random order."""

    method: str
    film: Film


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a method kept of its map in a random network."""

    memory: Memory


Event = Opened | UnderWay | Blocked | Explained | Played | Remembered


class Story:
    """The work of one inquiry in its order; each event is a piece of work that may wait for the next.

    ``kept`` is what was kept of earlier ones, ``made`` what is new, each with the bytes it takes.
    """

    def __init__(self, inquiry: Inquiry, case: Case, kept: Mapping[Hashable, Any]) -> None:
        self._inquiry, self._case, self._kept = inquiry, case, kept
        self._maps: dict[str, Explained] = {}
        self.made: dict[Hashable, tuple[Any, int]] = {}

    def told(self) -> Iterator[Event]:
        """Maps of one pass and their films, then method by method what is costly, then the cascades."""
        cheap = [method for method in self._inquiry.methods if not method.costly]
        costly = [method for method in self._inquiry.methods if method.costly]
        for method in cheap:
            yield from self._map(method)
        if self._inquiry.films:
            yield from self._film(None, random_map(self._case.x.shape[2:]))
            # the control first: the others are compared with it
            for made in sorted(self._maps.values(), key=lambda m: not isinstance(m.method, EdgesOnly)):
                yield from self._film(made.method, made.attribution.map)
        for method in costly:
            yield from self._map(method)
            if self._inquiry.films and method.name in self._maps:
                yield from self._film(method, self._maps[method.name].attribution.map)
        if self._inquiry.seeds:
            yield from self._cascade([method for method in cheap if method.name in self._maps])
            yield from self._cascade([method for method in costly if method.name in self._maps], every=2)

    def _map(self, method: Method) -> Iterator[Event]:
        key = _map_key(self._inquiry, method)
        found = cast(Explained | None, self._kept[key])
        if found is None:
            if (obstacle := method.obstacle(self._case)) is not None:
                yield Blocked(method.name, obstacle)
                return
            started, waited = time.perf_counter(), 0.0
            try:
                steps = method.explain(self._case)
                while isinstance(said := _next(steps), Progress):
                    paused = time.perf_counter()
                    yield UnderWay(method.name, said)
                    waited += time.perf_counter() - paused
            except CnnError as error:
                yield Blocked(method.name, f"{error}.")
                return
            if not np.isfinite(said.map).all():
                yield Blocked(method.name, "Its map holds values that are not finite.")
                return
            found = Explained(method, said, time.perf_counter() - started - waited)
            self.made[key] = found, 2 * said.map.nbytes + _ENTRY_BYTES
        self._maps[method.name] = found
        yield found

    def _film(self, method: Method | None, picture: Array) -> Iterator[Event]:
        key = _film_key(self._inquiry, method)
        name = RANDOM if method is None else method.name
        found = cast(Film | None, self._kept[key])
        if found is None:
            steps = film(self._case, picture)
            while isinstance(said := _next(steps), Progress):
                yield UnderWay("film", said)
            found = said
            self.made[key] = found, 3 * found.pixels.nbytes + _ENTRY_BYTES
        yield Played(name, found)

    def _cascade(self, methods: Sequence[Method], every: int = 1) -> Iterator[Event]:
        keys = {method.name: _cascade_key(self._inquiry, method) for method in methods}
        missing = {method.name: method for method in methods if self._kept[keys[method.name]] is None}
        for name, key in keys.items():
            if name not in missing:
                yield from (Remembered(memory) for memory in self._kept[key])
        found: dict[str, list[Memory]] = {name: [] for name in missing}
        seeds = self._inquiry.seeds
        for said in cascade(self._case, missing, seeds, every=every) if missing else ():
            if isinstance(said, Progress):
                yield UnderWay("cascade", said)
            else:
                found[said.method].append(said)
                yield Remembered(said)
        for name, memories in found.items():
            self.made[keys[name]] = memories, _ENTRY_BYTES * (1 + len(memories))


def _next(steps: Generator[Progress, None, T]) -> Progress | T:
    """The next progress, or at the end what the work returns."""
    try:
        return next(steps)
    except StopIteration as end:
        result: T = end.value
        return result


def _map_key(inquiry: Inquiry, method: Method) -> Hashable:
    return "map", inquiry.key, method


def _film_key(inquiry: Inquiry, method: Method | None) -> Hashable:
    return "film", inquiry.key, method


def _cascade_key(inquiry: Inquiry, method: Method) -> Hashable:
    return "cascade", inquiry.key, method, inquiry.seeds


def keys_of(inquiry: Inquiry) -> Iterator[Hashable]:
    """All that may have been kept of an inquiry."""
    yield _film_key(inquiry, None)
    for method in inquiry.methods:
        yield _map_key(inquiry, method)
        yield _film_key(inquiry, method)
        yield _cascade_key(inquiry, method)
