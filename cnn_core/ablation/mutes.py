"""Every channel of a layer muted in turn, on one image: what becomes of a class's score without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnn_core.ablation.asked import Asked
from cnn_core.errors import BadInput
from cnn_core.graph.graph import Graph
from cnn_core.layers import (
    Add,
    AvgPool2d,
    BatchNorm2d,
    BlurPool2d,
    Concat,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
)
from cnn_core.layers.base import Array
from cnn_core.runtime.plan import Plan
from cnn_core.runtime.reentry import Reentry, behind

__all__ = ["Muted", "Mutes", "Total", "is_sum_of_channels"]

_LINEAR = (
    Add,
    AvgPool2d,
    BatchNorm2d,
    BlurPool2d,
    Concat,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
)


@dataclass(frozen=True, slots=True)
class Muted:
    """The asked value without a channel, and where it is of a class its probability."""

    channel: int
    value: float
    probability: float | None


@dataclass(frozen=True, slots=True)
class Total:
    """What the mutes took together.

    ``sum`` is that of ``value - muted value`` over all channels. ``constant``, where the asked value is a sum
    of terms of single channels, is what is left of it without all of them (behind a dense layer its bias),
    and ``adds_up`` says whether ``sum`` is ``value - constant``, as it must be but for float32's rounding.
    """

    sum: float
    constant: float | None
    adds_up: bool


class Mutes:
    """The channels of a node muted one at a time.

    Each is the run of a network whose channel is muted by an edit (``cnn_core.graph.edits``), in the bits:
    what follows is computed by the same plan.

    Shape:
        x: ``(1, C, H, W)``, as the plan wants it.

    Raises:
        GraphError, BadInput: there is no such node, or it does not lie before what is asked.
    """

    def __init__(
        self, plan: Plan, x: Array, node: str, asked: Asked, known: Mapping[str, Array] | None = None
    ) -> None:
        graph = plan.graph
        if graph[node].name != asked.node and asked.node not in behind(graph, node, [asked.node]):
            raise BadInput(f"ablation: node {node!r} does not lead to {asked.node!r}")
        self._run = Reentry(plan, node, asked.nodes)
        self._run.start(x, known)
        self._asked = asked
        self._additive = is_sum_of_channels(graph, node, asked.node)
        self._clean: Array = self._run.output.copy()
        self.channels: int = self._clean.shape[1]
        self.value, self.probability = self._read()

    def each(self) -> Iterator[Muted]:
        """Every channel, in order."""
        for channel in range(self.channels):
            value, probability = self.value, self.probability
            if self._clean[:, channel].any():
                value, probability = self._without([channel])
            yield Muted(channel, value, probability)

    def total(self, values: Sequence[float]) -> Total:
        """What ``each`` found, added up."""
        found = np.array(values, np.float64)
        total = float((self.value - found).sum())
        if not self._additive:
            return Total(total, None, adds_up=False)
        constant, _ = self._without(range(self.channels))
        largest = max(np.abs(found).max(), abs(self.value), abs(constant))
        rounding = 8 * np.finfo(np.float32).eps * (len(found) + 2) * largest
        return Total(total, constant, bool(abs(total - (self.value - constant)) <= rounding))

    def _without(self, channels: Sequence[int]) -> tuple[float, float | None]:
        chosen = list(channels)
        self._run.output[:, chosen] = 0
        self._run.run()
        found = self._read()
        self._run.output[:, chosen] = self._clean[:, chosen]
        return found

    def _read(self) -> tuple[float, float | None]:
        read = self._run.__getitem__
        return self._asked.value(read), self._asked.probability(read)


def is_sum_of_channels(graph: Graph, node: str, asked: str) -> bool:
    """Whether a node's values are sums of terms of single channels of another, and of nothing else's.

    So it is where all layers between are linear and none of them reads what goes round the node.
    """
    between = behind(graph, node, [asked])
    inside = between | {node}
    return bool(between) and all(
        isinstance(graph[name].layer, _LINEAR) and inside.issuperset(graph[name].inputs) for name in between
    )
