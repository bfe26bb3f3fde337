"""Every channel of a layer muted in turn, over many images with classes: what it costs in accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from cnn_core.ablation.activity import Activity
from cnn_core.ablation.asked import class_score, scores_node
from cnn_core.ablation.table import ChannelRow, LayerTable
from cnn_core.errors import BadInput
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array, Params
from cnn_core.runtime.plan import compile_plan
from cnn_core.runtime.reentry import Reentry, behind

__all__ = ["LayerAblation"]

RUN_BYTES = 16 * 2**20
"""Of the outputs of one batch: more do not stay in the cache from layer to layer."""

MOST = 50
"""Images in a batch."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A batch's scores as the network gives them, and its classes."""

    labels: Array
    scores: Array

    @property
    def first(self) -> Array:
        found: Array = self.scores.argmax(axis=1)
        return found

    def own(self, scores: Array) -> Array:
        """Each image's score of its own class."""
        found: Array = scores[np.arange(len(self.labels)), self.labels]
        return found.astype(np.float64)

    def right(self, scores: Array, classes: int) -> Array:
        """How many images of each class come out right."""
        hit = self.labels[scores.argmax(axis=1) == self.labels]
        return np.bincount(hit, minlength=classes)


class LayerAblation:
    """Counts over batches of images; what comes before the layer is computed once a batch.

    The images of a batch are run together, so a sum may differ in its last bit from that of one image alone.

    Args:
        node: the layer whose channels are muted.
        labels: names of the network's classes.
        groups: sets of channels that are muted together besides.

    Raises:
        GraphError: there is no such node.
        BadInput: it does not lead to the scores of classes.
    """

    def __init__(
        self,
        graph: Graph,
        parameters: Params,
        node: str,
        labels: Sequence[str],
        *,
        singly: bool = True,
        groups: Sequence[Sequence[int]] = (),
    ) -> None:
        scores = scores_node(graph)
        class_score(graph, 0)
        if graph[node].name != scores and scores not in behind(graph, node, [scores]):
            raise BadInput(f"ablation: layer {node!r} does not lead to the scores {scores!r}")
        self.batch = batch_of(graph)
        self._labels, self._scores, self._node = tuple(labels), scores, node
        entry = graph.shapes[graph.inputs[0].name][1:]
        plan = compile_plan(graph, parameters, (self.batch, *entry))
        self._x = np.zeros((self.batch, *entry), np.float32)
        self._run = Reentry(plan, node, [scores])
        self.channels: int = graph.shapes[node][1]
        singles = [[channel] for channel in range(self.channels)] if singly else []
        self._sets = [*singles, *map(list, groups)]
        classes = len(labels)
        self.photos, self.right = np.zeros(classes, np.int64), np.zeros(classes, np.int64)
        self.right_without = np.zeros((len(self._sets), classes), np.int64)
        self._others = np.zeros(len(self._sets), np.int64)
        self._change = np.zeros(len(self._sets))
        self._activity = Activity(self.channels) if singly else None

    def add(self, images: Array, labels: Array) -> None:
        """Count a batch.

        Shape:
            images: ``(n, C, H, W)``, n up to ``batch``; labels: ``(n,)``, numbers of classes.
        """
        count, classes = len(labels), len(self._labels)
        self._x[:count] = images
        self._run.start(self._x)
        seen = _Seen(labels, self._run[self._scores][:count, :classes].copy())
        self.photos += np.bincount(labels, minlength=classes)
        self.right += seen.right(seen.scores, classes)
        clean = self._run.output.copy()
        if self._activity is not None:
            self._activity.add(clean[:count])
        for number, channels in enumerate(self._sets):
            if not clean[:, channels].any():  # nothing changes
                self.right_without[number] += seen.right(seen.scores, classes)
                continue
            scores = self._without(clean, channels)[:count, :classes]
            self.right_without[number] += seen.right(scores, classes)
            self._others[number] += np.count_nonzero(scores.argmax(axis=1) != seen.first)
            self._change[number] += (seen.own(scores) - seen.own(seen.scores)).sum()

    def _without(self, clean: Array, channels: list[int]) -> Array:
        self._run.output[:, channels] = 0
        self._run.run()
        self._run.output[:, channels] = clean[:, channels]
        return self._run[self._scores]

    def table(self, tolerance: float = 0.0) -> LayerTable:
        """What was found; candidates for pruning are channels that cost at most ``tolerance`` of accuracy.

        Raises:
            BadInput: no image was counted, or channels were not muted singly.
        """
        total = int(self.photos.sum())
        if not total or self._activity is None:
            raise BadInput("ablation: wanted images, and every channel muted singly")
        rows = [
            ChannelRow(
                channel=channel,
                right=int(self.right_without[channel].sum()),
                change=float((self.right_without[channel].sum() - self.right.sum()) / total),
                others=int(self._others[channel]),
                score_change=float(self._change[channel] / total),
                class_changes=self._class_changes(channel),
                dead=self._activity.dead(channel),
                twin=self._activity.twin(channel),
            )
            for channel in range(self.channels)
        ]
        kept = np.flatnonzero(self.photos)
        return LayerTable(
            node=self._node,
            photos=total,
            right=int(self.right.sum()),
            classes=tuple(self._labels[label] for label in kept),
            class_photos=tuple(int(self.photos[label]) for label in kept),
            class_right=tuple(int(self.right[label]) for label in kept),
            rows=tuple(rows),
            tolerance=tolerance,
        )

    def _class_changes(self, number: int) -> tuple[float, ...]:
        kept = np.flatnonzero(self.photos)
        changes = (self.right_without[number] - self.right)[kept] / self.photos[kept]
        return tuple(float(change) for change in changes)


def batch_of(graph: Graph) -> int:
    """How many images are run together, so that their outputs take little memory."""
    one = 4 * sum(prod(shape[1:]) for shape in graph.shapes.values())
    return int(min(MOST, max(1, RUN_BYTES // one)))
