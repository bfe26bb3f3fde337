"""Training plans of one graph, lent to whoever makes a pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Shape
from cnn_core.runtime.training_plan import TrainingPlan

__all__ = ["TrainingPlans"]


class TrainingPlans:
    """Plans by input shape, made when all there are are lent; for any threads.

    Which of them makes a pass changes nothing in its numbers.
    """

    def __init__(self, graph: Graph, *, training: bool = True) -> None:
        self.graph, self.training = graph, training
        self._idle: dict[tuple[Shape, np.dtype[Any]], list[TrainingPlan]] = {}

    def take(self, shape: Shape, dtype: DTypeLike = np.float32) -> TrainingPlan:
        """A plan that is nobody else's until it is given back.

        Raises:
            ShapeError, GraphError: as ``TrainingPlan``.
        """
        try:
            return self._idle.setdefault((shape, np.dtype(dtype)), []).pop()
        except IndexError:
            return TrainingPlan(self.graph, shape, training=self.training, dtype=dtype)

    def give_back(self, plan: TrainingPlan) -> None:
        """It may be lent again."""
        self._idle.setdefault((plan.shape, plan.dtype), []).append(plan)

    @contextmanager
    def lent(self, shape: Shape, dtype: DTypeLike = np.float32) -> Iterator[TrainingPlan]:
        """A plan for as long as the block lasts."""
        plan = self.take(shape, dtype)
        try:
            yield plan
        finally:
            self.give_back(plan)
