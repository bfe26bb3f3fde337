"""What the live socket answers to one state of the shift lab, frame by frame.

First what was asked about the shift itself, then what takes longer, in small steps; between two frames the
rest may be given up, and what has been computed is found again.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import AsyncGenerator
from typing import Any

import numpy as np

from cnn_core.equivariance import Comparison
from cnn_core.errors import CnnError

from ..errors import Problem
from ..payloads.live_frames import Rgba, failure_frame, message_frame
from ..payloads.shift_messages import (
    crop_schema,
    invariance,
    layer_maps,
    liveliest_channel,
    node_equivariance,
    seen_pixels,
    sweep_summary,
)
from ..payloads.shift_schemas import LiveState, validated
from .compute import Busy
from .live_service import LiveMessage
from .shift_checks import check_channels, check_nodes, check_shift
from .shift_contrast import Lookup, contrast
from .shift_service import ShiftService
from .shift_views import Movement, Opened, View

__all__ = ["ShiftAnswers"]

_log = logging.getLogger(__name__)


class ShiftAnswers:
    """The answers on one socket; it remembers which parts of a curve and of a sweep it has sent."""

    def __init__(self, shifts: ShiftService, lookup: Lookup) -> None:
        self._shifts, self._lookup = shifts, lookup
        self._curve_sent: tuple[str, set[int]] = ("", set())
        self._sweep_sent: tuple[str, set[int]] = ("", set())

    async def frames(self, message: LiveMessage) -> AsyncGenerator[bytes, None]:
        """Everything there is to say about one message; what goes wrong is said, too."""
        seq = message.seq
        try:
            state = validated(LiveState, message.state)
            async for part in self._parts(state):
                yield message_frame({"type": part.pop("type"), "seq": seq, **part})
            yield message_frame({"type": "done", "seq": seq})
        except Problem as problem:
            yield failure_frame(seq, problem.status, problem.title, problem.detail)
        except CnnError as error:
            yield failure_frame(seq, 422, "This cannot be computed", f"{error}.")
        except Busy as error:
            yield failure_frame(seq, 503, "The server is busy", f"All threads are at work and {error}.")
        except Exception:
            _log.exception("unexpected error in a live answer")
            detail = "Something went wrong here, not with your message. The server's log has the cause."
            yield failure_frame(seq, 500, "The server failed", detail)

    async def _parts(self, state: LiveState) -> AsyncGenerator[dict[str, Any], None]:
        movement = _movement(state)
        subject = await self._lookup.subject(state.model, state.image, state.crop)
        opened = await self._shifts.open(View(subject, state.border, state.pooling, state.size))
        nodes = tuple(layer.node for layer in state.layers)
        check_nodes(opened, nodes)
        check_channels(opened, [(layer.node, layer.channel) for layer in state.layers])
        check_shift(opened, state.dx, state.dy)
        yield await self._result(state, opened, movement)
        if state.variants:
            async for part in self._variants(opened, movement, nodes):
                yield part
        if state.curve:
            async for part in self._curve(state, opened, nodes):
                yield part
        if state.contrast:
            yield await contrast(self._shifts, self._lookup, opened, state)
        if state.sweep:
            async for part in self._sweep(state, opened):
                yield part

    async def _result(self, state: LiveState, opened: Opened, movement: Movement) -> dict[str, Any]:
        started = time.perf_counter()
        part = await self._shifts.compute(opened, _compared, opened, movement, state)
        part["probabilities"] = await self._probabilities(opened, movement, part.pop("comparison"))
        part["milliseconds"] = (time.perf_counter() - started) * 1e3
        return part

    async def _probabilities(
        self, opened: Opened, movement: Movement, comparison: Comparison
    ) -> dict[str, Any] | None:
        view = opened.view
        if not opened.has_classes:
            return None
        before = await self._shifts.probabilities(opened, 0, 0)
        if movement.transform == "shift":
            after = await self._shifts.probabilities(opened, movement.dx, movement.dy)
        else:
            after = await self._shifts.probabilities_of(opened, comparison.image)
        labels = view.subject.loaded.model.labels
        return invariance(labels, view.fill, before, after).model_dump()

    async def _variants(
        self, opened: Opened, movement: Movement, nodes: tuple[str, ...]
    ) -> AsyncGenerator[dict[str, Any], None]:
        for view, trained in await self._shifts.poolings(opened.view):
            layers = await self._numbers(view, movement, nodes)
            yield {"type": "pooling", "pooling": view.pooling, "trained": trained, "layers": layers}
        for view, trained in await self._shifts.borders(opened.view):
            layers = await self._numbers(view, movement, nodes)
            yield {"type": "border", "border": view.border, "trained": trained, "layers": layers}

    async def _numbers(self, view: View, movement: Movement, nodes: tuple[str, ...]) -> list[dict[str, Any]]:
        compared = await self._shifts.compare(await self._shifts.open(view), movement, nodes)
        return [node_equivariance(compared.layers[node]).model_dump() for node in nodes]

    async def _curve(
        self, state: LiveState, opened: Opened, nodes: tuple[str, ...]
    ) -> AsyncGenerator[dict[str, Any], None]:
        key = _name(opened.view.key, nodes, state.dy)
        if self._curve_sent[0] != key:
            self._curve_sent = (key, set())
        sent = self._curve_sent[1]
        for dx in _outwards(state.curve):
            if dx not in sent and abs(dx) < opened.width:
                point = await self._curve_point(opened, nodes, dx, state.dy)
                sent.add(dx)
                yield {"type": "curve", "key": key, "range": state.curve, "dy": state.dy, "points": [point]}

    async def _curve_point(self, opened: Opened, nodes: tuple[str, ...], dx: int, dy: int) -> dict[str, Any]:
        point = await self._shifts.curve_point(opened, nodes, dx, dy)
        probabilities = None
        if opened.has_classes:
            probabilities = (await self._shifts.probabilities(opened, dx, dy)).tolist()
        return {"dx": dx, "errors": point.errors, "exact": point.exact, "probabilities": probabilities}

    async def _sweep(self, state: LiveState, opened: Opened) -> AsyncGenerator[dict[str, Any], None]:
        opened.check_classes()
        view = opened.view
        key = _name(view.subject.key, view.fill, state.sweep)
        if self._sweep_sent[0] != key:
            self._sweep_sent = (key, set())
        sent = self._sweep_sent[1]
        sweep = self._shifts.sweep(opened, state.sweep)
        for index in range(sweep.count):
            if index in sent:
                continue
            row = await self._shifts.sweep_row(sweep, index)
            summary = None
            if index == sweep.count - 1:
                top = np.stack([each.top for each in sweep.rows])
                summary = sweep_summary(view.subject.loaded.model.labels, top).model_dump()
            sent.add(index)
            yield {
                "type": "sweep",
                "key": key,
                "max_shift": state.sweep,
                "dy": row.dy,
                "top": row.top.tolist(),
                "probability": row.probability.tolist(),
                "summary": summary,
            }


def _movement(state: LiveState) -> Movement:
    if state.transform != "shift" and (state.curve or state.sweep or state.contrast):
        raise Problem(
            422, "Shifts only", "curve, sweep and contrast need transform 'shift'; set them to 0 and false."
        )
    return Movement(state.transform, state.dx, state.dy, state.angle, state.factor)


def _compared(opened: Opened, movement: Movement, state: LiveState) -> dict[str, Any]:
    """The answer to a state without the classes, and the comparison it comes from."""
    entry = opened.lab.nodes[0]
    nodes = tuple(dict.fromkeys((entry, *(layer.node for layer in state.layers))))
    comparison = movement.apply(opened.baseline, nodes)
    loaded, graph = opened.view.subject.loaded, opened.lab.graph
    kept = comparison.layers[entry].kept
    layers = []
    for choice in state.layers:
        layer, still = comparison.layers[choice.node], opened.baseline.maps(choice.node)
        channel = liveliest_channel(still) if choice.channel is None else choice.channel
        layers.append(
            {
                "kind": graph[choice.node].layer.kind,
                **node_equivariance(layer).model_dump(),
                **layer_maps(layer, channel, still),
            }
        )
    return {
        "type": "result",
        **state.model_dump(include={"model", "image", "transform", "dx", "dy", "angle", "factor"}),
        **{"border": state.border, "pooling": state.pooling},
        "crop": crop_schema(opened.view.subject.crop).model_dump(),
        "size": list(opened.lab.shape(entry)[1:]),
        "changes": opened.changes,
        "picture": Rgba(seen_pixels(comparison, loaded.model.spec)),
        "exposed": None if kept.all() else (~kept).astype(np.uint8),
        "layers": layers,
        "comparison": comparison,
    }


def _outwards(radius: int) -> list[int]:
    """0, 1, -1, 2, -2 and so on: what is near comes first."""
    return [0, *(sign * distance for distance in range(1, radius + 1) for sign in (1, -1))]


def _name(*parts: Any) -> str:
    """A short name for everything something depends on; equal in every process."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
