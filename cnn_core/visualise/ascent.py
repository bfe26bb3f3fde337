"""Activation maximisation: the picture that a channel answers to most.

Reference: Erhan, Bengio, Courville and Vincent 2009, Visualizing Higher-Layer Features of a Deep Network;
Olah, Mordvintsev and Schubert 2017, Feature Visualization, Distill.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cnn_core.graph.backward import backward
from cnn_core.graph.graph import Graph
from cnn_core.input_spec import InputSpec
from cnn_core.layers.base import Array, Params
from cnn_core.preprocess import Pixels, scale_batch
from cnn_core.runtime import Plan, compile_plan
from cnn_core.visualise.canvas import Canvas, PixelCanvas, SpectrumCanvas
from cnn_core.visualise.target import Target, target_of
from cnn_core.visualise.warps import SLIGHT, WIDE, Warp, random_warp

__all__ = ["Forming", "visualise"]

STARTS, TRIAL, STEPS, EXTRA = 4, 12, 96, 64
"""So many pictures are begun; after a trial the best goes on alone, and on, and on if it must."""

TINY = 8
"""Fields of no more pixels are drawn pixel by pixel, and not moved."""

SHOWN_EVERY = 8


@dataclass(frozen=True, slots=True)
class Forming:
    """A picture as far as it has come, uint8 ``(S, S, C)``, and the value that the network gives it.

    ``field`` is how many of its pixels, in the middle, the channel sees. ``robust`` says whether the picture
    was moved, turned and scaled to the end: not where the best photo was reached without only.
    """

    step: int
    steps: int
    picture: Pixels
    value: float
    field: int
    robust: bool
    done: bool = False


def visualise(
    graph: Graph,
    parameters: Params,
    spec: InputSpec,
    node: str,
    channel: int,
    *,
    goal: float | None = None,
    seed: int = 0,
    steps: int = STEPS,
) -> Iterator[Forming]:
    """A picture made to excite one channel of a node, from faint noise, reporting as it forms.

    The value is that of the picture shown, rounded to bytes, where the channel's whole field lies in it; a
    rectifier's is that before it.

    Args:
        goal: a value to reach, that of the best photo: if the picture stays below, it goes on unmoved.
        seed: the same seed makes the same picture.

    Raises:
        GraphError, ShapeError: as ``target_of``; at the first step.
    """
    target = target_of(graph, parameters, node, channel)
    return _Ascent(target, spec, goal, seed, steps).run()


class _Adam:
    """Kingma and Ba 2015, for ascent."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.mean: Array | None = None
        self.square: Array | None = None
        self.steps = 0

    def step(self, values: Array, gradient: Array) -> Array:
        mean = np.zeros_like(values) if self.mean is None else self.mean
        square = np.zeros_like(values) if self.square is None else self.square
        self.steps += 1
        self.mean = np.float32(0.9) * mean + np.float32(0.1) * gradient
        self.square = np.float32(0.99) * square + np.float32(0.01) * gradient**2
        rate = self.rate * np.sqrt(1 - 0.99**self.steps) / (1 - 0.9**self.steps)
        moved: Array = values + np.float32(rate) * self.mean / (np.sqrt(self.square) + np.float32(1e-12))
        return moved

    def only(self, row: int) -> None:
        """Forget all pictures but one."""
        if self.mean is not None and self.square is not None:
            self.mean, self.square = self.mean[row : row + 1], self.square[row : row + 1]


class _Ascent:
    def __init__(self, target: Target, spec: InputSpec, goal: float | None, seed: int, steps: int) -> None:
        self.target, self.spec, self.goal, self.steps = target, spec, goal, steps
        self.rng = np.random.default_rng(seed)
        self.tiny = target.field <= TINY
        # small waves excite what sees the whole picture too, but then no other network knows it
        self.most, fall = (WIDE, 1.5) if len(target.index) == 1 else (SLIGHT, 1.0)
        channels, side = target.channels, target.side
        self.canvas: Canvas = (
            PixelCanvas(channels, side) if self.tiny else SpectrumCanvas(channels, side, fall)
        )
        self.plans: dict[int, Plan] = {}

    def run(self) -> Iterator[Forming]:
        """Try several, go on with the best, and unmoved if it is not good enough."""
        values = self.canvas.start(STARTS, self.rng)
        adam = _Adam(self.canvas.rate)
        for _ in range(TRIAL):
            values = self._climb(values, adam, moved=not self.tiny)
        best = int(np.argmax(self._reached(values)))
        values = values[best : best + 1]
        adam.only(best)
        for step in range(TRIAL, self.steps):
            if (step - TRIAL) % SHOWN_EVERY == 0:
                yield self._shown(values, step, robust=not self.tiny)
            values = self._climb(values, adam, moved=not self.tiny)
        shown = self._shown(values, self.steps, robust=not self.tiny)
        if self.goal is None or shown.value >= self.goal:
            yield self._finished(shown)
            return
        for step in range(EXTRA):
            if step % SHOWN_EVERY == 0:
                yield self._shown(values, self.steps + step, robust=False)
            values = self._climb(values, adam, moved=False)
        yield self._finished(self._shown(values, self.steps + EXTRA, robust=False))

    def _climb(self, values: Array, adam: _Adam, *, moved: bool) -> Array:
        """One step up, of all pictures at once."""
        warp: Warp | None = random_warp(self.target.side, self.rng, self.most) if moved else None
        pictures = self.canvas.picture(values)
        seen = pictures if warp is None else warp.apply(pictures)
        gradient = self._gradient(seen)
        if warp is not None:
            gradient = warp.pull_back(gradient)
        return self.canvas.keep(adam.step(values, self.canvas.pull_back(values, gradient)))

    def _gradient(self, seen: Array) -> Array:
        """Of each picture's value by its pixels, 0..1."""
        target, spec = self.target, self.spec
        scale, x = _scaled(seen, spec)
        records = {record.node.name: record for record in self._plan(len(x)).records(x)}
        seed = np.zeros_like(records[target.node].output)
        seed[target.place] = 1
        entry = target.graph.inputs[0].name
        found = backward(
            target.graph, target.parameters, records, {target.node: seed}, nodes=[entry], params=False
        )
        gradient: Array = found.nodes[entry] * scale
        return gradient[:, ::-1] if spec.order == "BGR" else gradient

    def _reached(self, values: Array) -> Array:
        """What the network gives each picture, rounded to bytes."""
        x = scale_batch(_bytes(self.canvas.picture(values)), self.spec)
        records = {record.node.name: record for record in self._plan(len(x)).records(x)}
        return np.array(records[self.target.node].output[self.target.place])

    def _plan(self, count: int) -> Plan:
        if count not in self.plans:
            target = self.target
            shape = (count, target.channels, target.side, target.side)
            # one thread, so that a seed makes the same picture on any machine of a kind
            self.plans[count] = compile_plan(target.graph, target.parameters, shape, threads=1)
        return self.plans[count]

    def _shown(self, values: Array, step: int, *, robust: bool) -> Forming:
        picture = _bytes(self.canvas.picture(values))[0]
        value = float(self._reached(values)[0])
        steps = self.steps if step <= self.steps else self.steps + EXTRA
        field = min(self.target.field, self.target.side)
        return Forming(step, steps, picture, value, field, robust)

    def _finished(self, shown: Forming) -> Forming:
        return Forming(
            shown.step, shown.step, shown.picture, shown.value, shown.field, shown.robust, done=True
        )


def _scaled(seen: Array, spec: InputSpec) -> tuple[Array, Array]:
    """Pictures 0..1 as the network takes them, and the slope of that by channel."""
    ordered = seen[:, ::-1] if spec.order == "BGR" else seen
    mean, std = (np.asarray(v, np.float32)[:, np.newaxis, np.newaxis] for v in (spec.mean, spec.std))
    scale = np.float32(255 / spec.divisor) / std
    return scale, np.ascontiguousarray(ordered * np.float32(255 / spec.divisor) - mean, np.float32) / std


def _bytes(pictures: Array) -> Pixels:
    return np.asarray(np.rint(pictures * 255).transpose(0, 2, 3, 1), np.uint8)
