"""A run of a plan that is entered again at one node, as often as its output is changed there."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array
from cnn_core.runtime.plan import Plan
from cnn_core.runtime.team import single_threaded_blas

__all__ = ["Reentry"]


class Reentry:
    """One run, then any number of runs of what follows a node, after its output was changed in place.

    What follows is computed by the kernels, strips and order of the whole run: the bits are those that a run
    of a network with that output would have. Only what lies between the node and those that are wanted is
    computed; all else holds what the first run left there.

    Args:
        node: where it is entered.
        wanted: the nodes whose outputs are read afterwards.
    """

    def __init__(self, plan: Plan, node: str, wanted: Iterable[str]) -> None:
        self.node = node
        self._plan = plan = plan.apart(node)
        self._memory, self._lease = plan.lend()
        between = behind(plan.graph, node, wanted)
        self._entering = self._memory.entering_of(plan, between)
        self._stages = [
            self._memory.tasks_of(plan, number, between)
            for number, stage in enumerate(plan.stages)
            if any(_writes(plan, member.node.name, between) for member in stage.members)
        ]

    def start(self, x: Array, known: Mapping[str, Array] | None = None) -> None:
        """The first run: everything on ``x``, nothing changed; ``known`` as in ``Plan.records``.

        Raises:
            ShapeError, BadInput: as ``Plan.records``.
        """
        self._plan.run_in(self._memory, x, known)

    @property
    def output(self) -> Array:
        """The node's output ``(N, C, H, W)`` or ``(N, F)``, to be changed in place."""
        return self._memory.tensors[self.node].nchw

    def __getitem__(self, name: str) -> Array:
        """A node's output as it stands; it changes with the next run."""
        return self._memory.tensors[name].nchw

    def run(self) -> None:
        """Compute what follows the node."""
        for call in self._entering:
            call()
        with single_threaded_blas():  # once for all stages: each asks for it again, which then costs little
            for tasks in self._stages:
                self._plan.step(tasks)


def _writes(plan: Plan, node: str, names: Container[str]) -> bool:
    """Whether one of these names is written when a node is computed: it, or one that copies it."""
    return node in names or any(name in names for _, name in plan.replacing.copies.get(node, ()))


def behind(graph: Graph, node: str, wanted: Iterable[str]) -> frozenset[str]:
    """The nodes on a way from a node, itself left out, to one of those that are wanted."""
    reached, needed = {node}, set(wanted)
    for each in graph:
        if not reached.isdisjoint(each.inputs):
            reached.add(each.name)
    for each in reversed(graph.nodes):
        if each.name in needed:
            needed.update(each.inputs)
    return frozenset(reached & needed - {node})
