"""The shift lab's numbers: what moves along with the picture, and what does not.

Everything is computed in the pool, one step at a time and never two for one network, so that no thread waits
for another; whatever can be asked for again is kept, bounded in bytes.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from cnn_core.equivariance import (
    BORDERS,
    POOLINGS,
    Comparison,
    Fill,
    FlipRow,
    Lab,
    flip_rows,
    shift_image,
)
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array
from cnn_core.preprocess import to_tensor
from cnn_core.runtime import PlanCache

from .cache import ByteLru
from .compute import SingleFlight, WorkerPool
from .model_store import LoadedModel
from .shift_views import Movement, Opened, View, make_lab
from .trace_service import TraceService

__all__ = ["CurvePoint", "ShiftService", "Sweep"]

T = TypeVar("T")

_ENTRY_BYTES = 500
"""What a small entry takes beside its arrays: its key, and the objects around it."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The error of some layers, in the order asked, after one shift."""

    dx: int
    errors: tuple[float | None, ...]
    exact: tuple[bool, ...]


@dataclass(slots=True)
class _Network:
    lab: Lab
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sweep:
    """The first class for every shift up to a largest one, a row of dx at a time, computed once.

    One that has failed fails for everyone who asks it for more, and is ``broken``.
    """

    def __init__(self, graph: Graph, parameters: Any, x: Array, max_shift: int, fill: Fill) -> None:
        self.rows: list[FlipRow] = []
        self.count = 2 * max_shift + 1
        self._source = flip_rows(graph, parameters, x, max_shift, fill)
        self._lock = threading.Lock()
        self._failure: Exception | None = None

    @property
    def broken(self) -> bool:
        """Whether it has failed: no more rows come."""
        return self._failure is not None

    def advance(self, rows: int) -> None:
        """Compute until there are as many rows.

        Raises:
            Exception: whatever went wrong, now or before.
        """
        with self._lock:
            while len(self.rows) < rows:
                # a generator that has raised only says "exhausted" afterwards
                if self._failure is not None:
                    raise self._failure
                try:
                    self.rows.append(next(self._source))
                except Exception as error:
                    self._failure = error
                    raise


class ShiftService:
    """Networks, baselines f(x) and results, each made once while there is room."""

    def __init__(self, pool: WorkerPool, capacity: int, traces: TraceService) -> None:
        self.cache: ByteLru[Hashable, Any] = ByteLru(capacity)
        self._pool, self._traces, self._plans = pool, traces, traces.plans
        self._flights = SingleFlight()

    def forget(self, name: str) -> None:
        """Let go of what is kept of a model, named by its fingerprint, or of an image, by its id."""
        self.cache.forget(lambda key: _names(key, name))

    async def open(self, view: View) -> Opened:
        """The network of a view and f(x) for its image.

        Raises:
            Busy: the queue is full.
        """
        key = ("baseline", view.key)
        if (found := self.cache.get(key)) is not None:
            return cast(Opened, found)
        network = await self._network(view)
        baseline = await self._pool.run_once(key, network.lab.baseline, await self._input(view))
        opened = Opened(view, baseline, network.turn)
        self.cache.put(key, opened, _maps_bytes(network.lab))
        return opened

    async def kept(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """A file, made once while there is room; everyone who waits for it waits for the same one."""
        if (found := self.cache.get(key)) is not None:
            return cast(bytes, found)
        made = await self._flights.do(key, make)
        self.cache.put(key, made, len(made) + _ENTRY_BYTES)
        return made

    async def compute(self, opened: Opened, work: Callable[..., T], *arguments: Any) -> T:
        """Do ``work`` in the pool when nobody else uses the network."""
        async with opened.turn:
            return await self._pool.run(work, *arguments)

    async def compare(self, opened: Opened, movement: Movement, nodes: Sequence[str]) -> Comparison:
        """Both orders, T first and T last, in some layers."""
        return await self.compute(opened, movement.apply, opened.baseline, nodes)

    async def probabilities(self, opened: Opened, dx: int, dy: int) -> NDArray[np.float32]:
        """Of the classes, by the network as it was trained, after a shift."""
        subject, fill = opened.view.subject, opened.view.fill
        key = ("probabilities", subject.key, fill, dx, dy)
        if (found := self.cache.get(key)) is not None:
            return cast(NDArray[np.float32], found)
        answer = None if dx or dy else self._traces.answer(subject)
        probabilities = answer if answer is not None else await self._pass(opened, dx, dy)
        self.cache.put(key, probabilities, probabilities.nbytes + _ENTRY_BYTES)
        return probabilities

    async def probabilities_of(self, opened: Opened, x: Array) -> NDArray[np.float32]:
        """Of the classes, by the network as it was trained, for an input of its size."""
        loaded = opened.view.subject.loaded
        return await self._pool.run(_probabilities, self._plans, loaded, x, 0, 0, opened.view.fill)

    async def _pass(self, opened: Opened, dx: int, dy: int) -> NDArray[np.float32]:
        view, x = opened.view, opened.baseline.x
        return await self._pool.run(_probabilities, self._plans, view.subject.loaded, x, dx, dy, view.fill)

    async def curve_point(self, opened: Opened, nodes: tuple[str, ...], dx: int, dy: int) -> CurvePoint:
        """The error of some layers after a shift."""
        key = ("curve", opened.view.key, nodes, dx, dy)
        if (found := self.cache.get(key)) is not None:
            return cast(CurvePoint, found)
        compared = await self.compare(opened, Movement(dx=dx, dy=dy), nodes)
        layers = [compared.layers[node] for node in nodes]
        errors, exact = tuple(layer.error for layer in layers), tuple(layer.exact for layer in layers)
        point = CurvePoint(dx, errors, exact)
        self.cache.put(key, point, _ENTRY_BYTES)
        return point

    def sweep(self, opened: Opened, max_shift: int) -> Sweep:
        """The sweep of an image, as far as it has come."""
        subject, fill = opened.view.subject, opened.view.fill
        key = ("sweep", subject.key, fill, max_shift)
        found: Sweep | None = self.cache.get(key)
        if found is None or found.broken:
            model = subject.loaded.model
            found = Sweep(model.graph, model.parameters, opened.baseline.x, max_shift, fill)
            self.cache.put(key, found, opened.baseline.x.nbytes + 10 * found.count**2 + _ENTRY_BYTES)
        return found

    async def sweep_row(self, sweep: Sweep, index: int) -> FlipRow:
        """One row of a sweep; rows before it are computed first."""
        if len(sweep.rows) <= index:
            await self._pool.run_once(("sweep", id(sweep), index), sweep.advance, index + 1)
        return sweep.rows[index]

    async def poolings(self, view: View) -> list[tuple[View, bool]]:
        """The view with every pooling there is, and whether the network was trained with it."""
        trained = (await self.open(replace(view, pooling="trained"))).lab.changes
        found = []
        for pooling in POOLINGS:
            if pooling != "trained":
                other = replace(view, pooling=pooling)
                found.append((other, (await self.open(other)).lab.changes == trained))
        if not any(same for _, same in found):
            found.insert(0, (replace(view, pooling="trained"), True))
        return found

    async def borders(self, view: View) -> list[tuple[View, bool]]:
        """The view with every border there is, and whether the network was trained with it."""
        others = [replace(view, border=border) for border in BORDERS]
        changes = [(await self.open(other)).lab.changes for other in others]
        return [(other, found == changes[0]) for other, found in zip(others, changes, strict=True)]

    async def _input(self, view: View) -> Array:
        """x, shared by all views of one image in one size."""
        subject = view.subject
        key = ("input", subject.key, view.size)
        if (found := self.cache.get(key)) is not None:
            return cast(Array, found)
        x = await self._pool.run_once(key, to_tensor, subject.image.pixels, view.spec, subject.crop)
        self.cache.put(key, x, x.nbytes + _ENTRY_BYTES)
        return x

    async def _network(self, view: View) -> _Network:
        key = ("network", view.network)
        if (found := self.cache.get(key)) is not None:
            return cast(_Network, found)
        lab = await self._pool.run_once(key, make_lab, view)
        # Somebody else may have waited for the same one: all must take turns at one lock.
        if (found := self.cache.get(key)) is not None:
            return cast(_Network, found)
        network = _Network(lab)
        self.cache.put(key, network, _maps_bytes(lab))
        return network


def _probabilities(
    plans: PlanCache, loaded: LoadedModel, x: Array, dx: int, dy: int, fill: Fill
) -> NDArray[np.float32]:
    """As ``class_probabilities``, by the plan that traces run: to the last bit what they say of the photo."""
    model = loaded.model
    plan = plans.get(loaded.fingerprint, model.graph, model.parameters, x.shape)
    for record in plan.records(shift_image(x, dx, dy, fill)):
        if record.node.name == model.graph.output:
            return np.array(record.output[0])
    raise AssertionError(f"{model.graph.output} is a node of the graph")


def _names(key: Any, name: str) -> bool:
    """Whether a key, whatever it is made of, names a model or an image."""
    if isinstance(key, tuple):
        return any(_names(part, name) for part in key)
    return bool(key == name)


def _maps_bytes(lab: Lab) -> int:
    """Memory of one float32 copy of every map."""
    return 4 * sum(int(np.prod(lab.shape(node))) for node in lab.nodes)
