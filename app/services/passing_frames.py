"""Frames of a camera, seconds of a microphone: a network looks at each as it passes, and keeps nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from cnn_core.graph.statistics import Statistics, statistics
from cnn_core.graph.trace import NodeRecord
from cnn_core.layers.base import Array
from cnn_core.layers.replaced import bare
from cnn_core.preprocess import Pixels, to_tensor

from .compute import WorkerPool
from .model_store import LoadedModel
from .stopping import Stop
from .trace_service import TraceService, not_finite

__all__ = ["Channels", "PassingFrames", "SeenFrame", "SeenLayer"]

Channels = Sequence[int] | None
"""Which channels of a layer are looked at; None: all of them."""


@dataclass(frozen=True, slots=True)
class SeenLayer:
    """A layer in view: some channels, ``(n, H, W)`` or ``(F,)``, and all of it in numbers."""

    node: str
    kind: str
    shape: Sequence[int]
    channels: Channels
    values: Array
    statistics: Statistics


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """What a network makes of one frame."""

    layers: Sequence[SeenLayer]
    output: Array
    milliseconds: float


class PassingFrames:
    """Runs frames by the very plans that traces run by, so that a kept frame gives the same bits."""

    def __init__(self, pool: WorkerPool, traces: TraceService) -> None:
        self._pool, self._traces = pool, traces

    async def seen(
        self, loaded: LoadedModel, picture: Callable[[], Pixels], wanted: Mapping[str, Channels]
    ) -> SeenFrame | None:
        """Run the picture of one frame, made in the pool as well; None where nobody waited for its end.

        Raises:
            Busy: too much waits already.
            Problem: a layer that is wanted is not finite.
        """
        return await self._pool.run_stoppable(self._run, loaded, picture, wanted)

    def _run(
        self, stop: Stop, loaded: LoadedModel, picture: Callable[[], Pixels], wanted: Mapping[str, Channels]
    ) -> SeenFrame | None:
        started = time.perf_counter()
        model = loaded.model
        x = to_tensor(picture(), model.spec)
        layers: list[SeenLayer] = []
        for record in self._traces.plan(loaded).records(x):
            if stop.is_set:
                return None
            if record.node.name in wanted:
                layers.append(_layer(loaded, record, wanted[record.node.name]))
            if record.node.name == model.graph.output:
                output = record.output.copy()
        return SeenFrame(layers, output, (time.perf_counter() - started) * 1e3)


def _layer(loaded: LoadedModel, record: NodeRecord, channels: Channels) -> SeenLayer:
    found = statistics(record.output)
    if not (isfinite(found.min) and isfinite(found.max)):
        raise not_finite(loaded, record)
    [values] = record.output
    # A copy: the memory of the run is lent to the next frame.
    chosen = values[list(channels)] if channels is not None else np.array(values)
    return SeenLayer(record.node.name, bare(record.node.layer).kind, values.shape, channels, chosen, found)
