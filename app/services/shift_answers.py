"""What the shift lab answers to one state, part by part.

First what was asked about the shift itself, then what takes longer, in small steps; between two parts the
rest may be given up, and what has been computed is found again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_core.equivariance import Comparison, Fill, FlipRow, LayerComparison, liveliest_channel
from cnn_core.preprocess import Pixels, to_pixels

from .shift_checks import check_channels, check_nodes, check_shift
from .shift_contrast import Contrast, Lookup, contrast
from .shift_service import CurvePoint, ShiftService
from .shift_views import Movement, Opened, View

__all__ = [
    "CurvePart",
    "Invariance",
    "LayerResult",
    "LayerWish",
    "Part",
    "Result",
    "ShiftAnswers",
    "SweepPart",
    "Variant",
    "Wish",
]


@dataclass(frozen=True, slots=True)
class LayerWish:
    """A layer whose maps are wanted, and which of them; None: the liveliest."""

    node: str
    channel: int | None = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """Everything wanted at one moment; ``curve`` and ``sweep`` are largest shifts, 0 where not wanted."""

    view: View
    movement: Movement
    layers: tuple[LayerWish, ...] = ()
    curve: int = 0
    sweep: int = 0
    variants: bool = False
    contrast: bool = False

    @property
    def nodes(self) -> tuple[str, ...]:
        """The layers' names."""
        return tuple(layer.node for layer in self.layers)


@dataclass(frozen=True, slots=True)
class Invariance:
    """Class probabilities of the network as it was trained, before and after."""

    labels: tuple[str, ...]
    fill: Fill
    before: NDArray[np.float32]
    after: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LayerResult:
    """One layer under the movement, the channel that is shown, and the ranges of f(x) there and in all."""

    kind: str
    compared: LayerComparison
    channel: int
    scale: tuple[float, float]
    layer_scale: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Result:
    """What the movement does: to the picture, to the layers, to the answer.

    ``exposed`` is where pixels have nothing of the photo, None where there are none.
    """

    opened: Opened
    picture: Pixels
    exposed: NDArray[np.bool_] | None
    layers: tuple[LayerResult, ...]
    moved: Comparison
    probabilities: Invariance | None = None
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Variant:
    """The same movement under another ``what``: pooling or border."""

    what: str
    view: View
    trained: bool
    layers: tuple[LayerComparison, ...]


@dataclass(frozen=True, slots=True)
class CurvePart:
    """One point of the curve of errors; those with one ``key`` belong together."""

    key: str
    reach: int
    dy: int
    point: CurvePoint
    probabilities: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True)
class SweepPart:
    """One row of a sweep; ``top`` is that of all rows, in the last one."""

    key: str
    max_shift: int
    labels: tuple[str, ...]
    row: FlipRow
    top: NDArray[np.integer] | None


Part = Result | Variant | CurvePart | Contrast | SweepPart


class ShiftAnswers:
    """The answers on one socket; it remembers which parts of a curve and of a sweep it has given."""

    def __init__(self, shifts: ShiftService, lookup: Lookup) -> None:
        self._shifts, self._lookup = shifts, lookup
        self._curve_sent: tuple[str, set[int]] = ("", set())
        self._sweep_sent: tuple[str, set[int]] = ("", set())

    async def parts(self, wish: Wish) -> AsyncGenerator[Part, None]:
        """Everything there is to say about one wish.

        Raises:
            Problem: it names a layer, a channel or a shift that cannot be.
            CnnError: it cannot be computed.
            Busy: the queue is full.
        """
        opened = await self._shifts.open(wish.view)
        check_nodes(opened, wish.nodes)
        check_channels(opened, [(layer.node, layer.channel) for layer in wish.layers])
        check_shift(opened, wish.movement.dx, wish.movement.dy)
        yield await self._result(wish, opened)
        if wish.variants:
            async for variant in self._variants(opened, wish):
                yield variant
        if wish.curve:
            async for point in self._curve(wish, opened):
                yield point
        if wish.contrast:
            yield await contrast(self._shifts, self._lookup, opened, wish.movement)
        if wish.sweep:
            async for row in self._sweep(wish, opened):
                yield row

    async def _result(self, wish: Wish, opened: Opened) -> Result:
        started = time.perf_counter()
        found = await self._shifts.compute(opened, _compared, opened, wish)
        probabilities = await self._probabilities(opened, wish.movement, found.moved)
        milliseconds = (time.perf_counter() - started) * 1e3
        return replace(found, probabilities=probabilities, milliseconds=milliseconds)

    async def _probabilities(
        self, opened: Opened, movement: Movement, comparison: Comparison
    ) -> Invariance | None:
        view = opened.view
        if not opened.has_classes:
            return None
        before = await self._shifts.probabilities(opened, 0, 0)
        if movement.transform == "shift":
            after = await self._shifts.probabilities(opened, movement.dx, movement.dy)
        else:
            after = await self._shifts.probabilities_of(opened, comparison.image)
        return Invariance(view.subject.loaded.model.labels, view.fill, before, after)

    async def _variants(self, opened: Opened, wish: Wish) -> AsyncGenerator[Variant, None]:
        for view, trained in await self._shifts.poolings(opened.view):
            yield Variant("pooling", view, trained, await self._numbers(view, wish))
        for view, trained in await self._shifts.borders(opened.view):
            yield Variant("border", view, trained, await self._numbers(view, wish))

    async def _numbers(self, view: View, wish: Wish) -> tuple[LayerComparison, ...]:
        compared = await self._shifts.compare(await self._shifts.open(view), wish.movement, wish.nodes)
        return tuple(compared.layers[node] for node in wish.nodes)

    async def _curve(self, wish: Wish, opened: Opened) -> AsyncGenerator[CurvePart, None]:
        dy = wish.movement.dy
        key = _name(opened.view.key, wish.nodes, dy)
        if self._curve_sent[0] != key:
            self._curve_sent = (key, set())
        sent = self._curve_sent[1]
        for dx in _outwards(wish.curve):
            if dx not in sent and abs(dx) < opened.width:
                point = await self._shifts.curve_point(opened, wish.nodes, dx, dy)
                shares = await self._shifts.probabilities(opened, dx, dy) if opened.has_classes else None
                sent.add(dx)
                yield CurvePart(key, wish.curve, dy, point, shares)

    async def _sweep(self, wish: Wish, opened: Opened) -> AsyncGenerator[SweepPart, None]:
        opened.check_classes()
        view = opened.view
        labels = view.subject.loaded.model.labels
        # a shift as large as the picture leaves nothing of it
        reach = min(wish.sweep, opened.height - 1, opened.width - 1)
        if reach < 1:
            return
        key = _name(view.subject.key, view.fill, reach)
        if self._sweep_sent[0] != key:
            self._sweep_sent = (key, set())
        sent = self._sweep_sent[1]
        sweep = self._shifts.sweep(opened, reach)
        for index in range(sweep.count):
            if index in sent:
                continue
            row = await self._shifts.sweep_row(sweep, index)
            last = index == sweep.count - 1
            sent.add(index)
            top = np.stack([each.top for each in sweep.rows]) if last else None
            yield SweepPart(key, reach, labels, row, top)


def _compared(opened: Opened, wish: Wish) -> Result:
    """The result without the classes."""
    entry = opened.lab.nodes[0]
    moved = wish.movement.apply(opened.baseline, tuple(dict.fromkeys((entry, *wish.nodes))))
    kept = moved.layers[entry].kept
    return Result(
        opened=opened,
        picture=to_pixels(moved.image, opened.view.subject.loaded.model.spec),
        exposed=None if kept.all() else ~kept,
        layers=tuple(_layer(opened, moved, layer) for layer in wish.layers),
        moved=moved,
    )


def _layer(opened: Opened, moved: Comparison, wish: LayerWish) -> LayerResult:
    still = opened.baseline.maps(wish.node)
    channel = liveliest_channel(still) if wish.channel is None else wish.channel
    return LayerResult(
        kind=opened.lab.graph[wish.node].layer.kind,
        compared=moved.layers[wish.node],
        channel=channel,
        scale=(float(still[channel].min()), float(still[channel].max())),
        layer_scale=(float(still.min()), float(still.max())),
    )


def _outwards(radius: int) -> list[int]:
    """0, 1, -1, 2, -2 and so on: what is near comes first."""
    return [0, *(sign * distance for distance in range(1, radius + 1) for sign in (1, -1))]


def _name(*parts: Any) -> str:
    """A short name for everything something depends on; equal in every process."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
