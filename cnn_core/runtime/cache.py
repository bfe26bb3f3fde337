"""Plans kept for the next request."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Params, Shape
from cnn_core.runtime.compiled import functions
from cnn_core.runtime.plan import Plan, compile_plan

__all__ = ["PlanCache"]


class PlanCache:
    """Plans by model and shape, those used longest ago let go beyond ``capacity`` bytes; for any threads.

    A plan let go while it runs lives on until it is done. One larger than the whole capacity is made anew
    each time.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._plans: OrderedDict[tuple[Hashable, Shape], Plan] = OrderedDict()
        self._compiled: dict[Hashable, bool] = {}
        """Whether a model's plans may use compiled functions: as the first of them could, so that its outputs
        have the same bits whenever they are made."""
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._plans)

    @property
    def nbytes(self) -> int:
        """What the plans hold on to; may be read while others are made."""
        held = {id(plan): plan for each in tuple(self._plans.values()) for plan in (each, each.origin)}
        return sum(plan.nbytes for plan in held.values())

    def forget(self, key: Hashable) -> None:
        """Let go of every plan of the model that ``key`` names."""
        with self._lock:
            self._compiled.pop(key, None)
            for known in [known for known in self._plans if known[0] == key]:
                del self._plans[known]

    def get(
        self, key: Hashable, graph: Graph, parameters: Params, shape: Shape, before: Plan | None = None
    ) -> Plan:
        """The plan of the model that ``key`` names for this input shape; compiled if there is none.

        Equal keys must stand for equal graphs and parameters. That of an edited network is made of the plan
        ``before`` the edits.

        Raises:
            ShapeError, GraphError: as ``compile_plan``.
        """
        with self._lock:
            plan = self._plans.pop((key, shape), None)
            if plan is None:
                plan = (
                    before.edited(graph, parameters) if before else self._made(key, graph, parameters, shape)
                )
            self._plans[key, shape] = plan
            while self._plans and self.nbytes > self.capacity:
                self._plans.popitem(last=False)
            return plan

    def _made(self, key: Hashable, graph: Graph, parameters: Params, shape: Shape) -> Plan:
        compiled = self._compiled.setdefault(key, functions() is not None)
        return compile_plan(graph, parameters, shape, compiled=compiled)
