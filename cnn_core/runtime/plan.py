"""A graph compiled for one input shape: kernels chosen, memory laid out, every NumPy call made beforehand."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from cnn_core.errors import ModelLimit, ShapeError
from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.trace import NodeRecord, check_input, check_input_shape
from cnn_core.layers import Concat
from cnn_core.layers.base import Array, Forward, Params, Shape
from cnn_core.layers.replaced import bare
from cnn_core.runtime.layout import Layout, lay_out
from cnn_core.runtime.memory import Lease, Memory
from cnn_core.runtime.places import ITEM
from cnn_core.runtime.replacing import Replacement, as_it_was, replacements, replacing
from cnn_core.runtime.stages import Stage, stages_of
from cnn_core.runtime.team import Task, Team, single_threaded_blas, team

__all__ = ["Plan", "compile_plan", "run_compiled"]

IDLE = 2
"""Memories kept for the next runs."""

NODE_BYTES = 2000
"""Of the objects for one node in a plan, and in each of its memories: views, calls, names (measured)."""


ENTRY_BYTES = 400
"""Of a node that a plan shares with its origin: entries of tables."""


def compile_plan(
    graph: Graph,
    parameters: Params,
    shape: Shape,
    *,
    exact: bool = False,
    winograd: bool = False,
    compiled: bool = True,
    threads: int | None = None,
    most: int | None = None,
) -> Plan:
    """Prepare a graph to be run many times on float32 inputs of one shape.

    The parameters are packed into the kernels' own forms: a change to them needs a new plan.

    Args:
        exact: take only kernels that make the same sums in the same order at every place of a map, so that a
            map moved by whole places has the same bits.
        winograd: allow Winograd's convolution, whose rounding is about ten times that of the plain operators.
        compiled: allow compiled functions, where ``cnn_core.runtime.compiled.load`` has loaded them before.
        threads: how many share a run; None: the process's team, as many as it has cores. How the work is cut
            follows from it, so equal bits on other machines want a number.
        most: bytes that a run may take, weights in the kernels' forms included.

    Raises:
        ShapeError: the input node wants another shape.
        GraphError: the graph has several inputs.
        ModelLimit: a run would take more than ``most``; the message names the node that takes the most.
    """
    check_input_shape(graph, shape)
    crew = team() if threads is None else Team(threads)
    before = as_it_was(graph)
    layout = lay_out(before, parameters, shape, exact=exact, winograd=winograd, compiled=compiled)
    return Plan(graph, layout, crew, most, replacements(graph, parameters))


def run_compiled(graph: Graph, parameters: Params, x: Array) -> Iterator[NodeRecord]:
    """``forward`` by a plan made for this one run, so that it sees the parameters as they are now.

    Raises:
        ShapeError, BadInput, GraphError: as ``forward``.
    """
    check_input(graph, x)
    return compile_plan(graph, parameters, x.shape).records(x)


class Plan:
    """Runs a graph, every output kept; any number of runs at once, by any threads.

    Every run has memory of its own. It goes back to the plan, for a later run, when the last array that shows
    a part of it is gone; nobody has to say so.
    """

    def __init__(
        self,
        graph: Graph,
        layout: Layout,
        crew: Team,
        most: int | None = None,
        replaced: Mapping[str, Replacement] = MappingProxyType({}),
        apart: Collection[str] = (),
    ) -> None:
        self.graph, self.crew = graph, crew
        self._before: Plan | None = None
        self.changed: frozenset[int] = frozenset()
        """The stages that compute something else than in ``origin``."""
        self._as_it_was = layout
        self.layout, self.replacing = replacing(graph, layout, replaced, apart)
        layout = self.layout
        self.stages, self.stage_of = stages_of(graph, layout.kernels, layout.roots)
        threads = crew.threads
        self.strips = [stage.strips(threads, self._macs(stage)) for stage in self.stages]
        scratch = [stage.scratch(strips) for stage, strips in zip(self.stages, self.strips, strict=True)]
        self._check(scratch, threads, most)
        needed = max(scratch, default=0)
        self.scratch = [np.empty(needed, np.float32) for _ in range(threads)]
        self.lock = threading.Lock()
        """Held for one stage at a time: the scratch is everybody's."""
        self._windows = {name: place.window() for name, place in self.layout.places.items()}
        self._idle: deque[Memory] = deque(maxlen=IDLE)

    @property
    def origin(self) -> Plan:
        """The plan whose memory, scratch and bound calls it shares: itself, or that of the network before."""
        return self._before or self

    def edited(self, graph: Graph, parameters: Params) -> Plan:
        """The plan for an edited network (``cnn_core.graph.edits``), with the same kernels, strips and order.

        Only the kernels of nodes whose parameters are other arrays are made anew. Memory is shared with this
        plan, and calls that are bound to it, but where nodes are edited that had another's memory.
        """
        kernels = dict(self._as_it_was.kernels)
        for name, kernel in kernels.items():
            params = {key: parameters[f"{name}.{key}"] for key in kernel.site.params}
            if any(params[key] is not value for key, value in kernel.site.params.items()):
                kernels[name] = type(kernel)(replace(kernel.site, params=params))
        layout, replaced = replace(self._as_it_was, kernels=kernels), replacements(graph, parameters)
        laid, replaces = replacing(graph, layout, replaced)
        before = self.origin
        if replaces.copies or before.replacing.copies or laid.places != before.layout.places:
            return Plan(graph, layout, self.crew, replaced=replaced)
        plan = copy(before)
        plan.__dict__.pop("nbytes", None)
        plan._before = before
        plan.graph, plan._as_it_was, plan.layout, plan.replacing = graph, layout, laid, replaces
        others = {name for name, kernel in kernels.items() if before.layout.kernels[name] is not kernel}
        plan.changed = frozenset(self.stage_of[name] for name in others | {*replaced, *before.replacing.of})
        plan.stages = [
            stage.of(kernels) if number in plan.changed else stage for number, stage in enumerate(plan.stages)
        ]
        return plan

    def apart(self, node: str) -> Plan:
        """A plan of the same network in which the memory of a node is that of no other before it."""
        layout = self._as_it_was
        if layout.roots[node] == node and not isinstance(bare(self.graph[node].layer), Concat):
            return self
        return Plan(self.graph, layout, self.crew, replaced=self.replacing.of, apart=(node,))

    def _check(self, scratch: list[int], threads: int, most: int | None) -> None:
        """Hold what one run takes against ``most``, before any of it is reserved."""
        if most is None:
            return
        besides = {
            name: ITEM * max(kernel.passing, threads * scratch[self.stage_of[name]])
            for name, kernel in self.layout.kernels.items()
        }
        packed = sum(kernel.nbytes for kernel in self.layout.kernels.values())
        total = packed + self.trace_nbytes + max(besides.values(), default=0)
        if total > most:
            own = {name: ITEM * self.layout.places[name].size + size for name, size in besides.items()}
            name = max(own, key=lambda each: own[each])
            raise ModelLimit(
                f"node {name!r}: a run may take {most >> 20:,} MiB; this network wants {total >> 20:,}, "
                f"{own[name] >> 20:,} of them here; a smaller input may do"
            )

    def _macs(self, stage: Stage) -> int:
        batch = stage.head.site.output[0]
        return batch * sum(self.graph.cost(member.node.name).macs for member in stage.members)

    @property
    def trace_nbytes(self) -> int:
        """Memory of one run: every output, with its border."""
        return self.layout.size * ITEM

    @cached_property
    def nbytes(self) -> int:
        """Memory the plan holds on to: packed weights, scratch, runs' memory not in use, and the
        objects that make it up; of an edited network what it does not share."""
        before = self.origin
        if before is not self:
            kernels = self.layout.kernels.items()
            own = [kernel for name, kernel in kernels if before.layout.kernels[name] is not kernel]
            objects = NODE_BYTES * (len(own) + len(self.changed)) + ENTRY_BYTES * len(self.graph)
            return sum(kernel.nbytes for kernel in own) + objects
        packed = sum(kernel.nbytes for kernel in self.layout.kernels.values())
        objects = NODE_BYTES * len(self.graph) * (1 + IDLE)
        return packed + sum(part.nbytes for part in self.scratch) + IDLE * self.trace_nbytes + objects

    def records(self, x: Array, known: Mapping[str, Array] | None = None) -> Iterator[NodeRecord]:
        """Run on ``x`` and yield every node as soon as it is finished, in topological order.

        Outputs are read-only. Nodes that are computed together are finished together; the first of them has
        the time of all.

        Args:
            known: outputs for ``x`` by this plan or the one it was edited from; nothing is computed again
                before the first node that is not among them.

        Raises:
            ShapeError: x has not the plan's shape.
            BadInput: x holds NaN or infinity.
        """
        return self._run(self._checked(x), x, known or {})

    def _run(self, entry: Node, x: Array, known: Mapping[str, Array]) -> Iterator[NodeRecord]:
        memory, shown = self.lend()
        started = time.perf_counter()
        tasks = memory.tasks(self)
        finished = self._enter(memory, entry, x, known)
        for node in self.graph:
            while finished < self.stage_of[node.name]:
                finished += 1
                self.step(tasks[finished])
            shape, first, strides = self._windows[node.name]
            output: Array = np.ndarray(shape, np.float32, shown, first, strides)
            now = time.perf_counter()
            yield NodeRecord(node, output, Forward(output), (now - started) * 1e3)
            started = time.perf_counter()

    def run_in(self, memory: Memory, x: Array, known: Mapping[str, Array] | None = None) -> None:
        """Run on ``x`` in memory that was lent.

        Raises:
            ShapeError, BadInput: as ``records``.
        """
        finished = self._enter(memory, self._checked(x), x, known or {})
        for tasks in memory.tasks(self)[finished + 1 :]:
            self.step(tasks)

    def _checked(self, x: Array) -> Node:
        entry = check_input(self.graph, x)
        if x.shape != self.layout.places[entry.name].shape:
            raise ShapeError(f"plan: x must be {self.layout.places[entry.name].shape}, got {x.shape}")
        return entry

    def _enter(self, memory: Memory, entry: Node, x: Array, known: Mapping[str, Array]) -> int:
        np.copyto(memory.tensors[entry.name].nchw, x)
        for call in memory.entering_of(self):
            call()
        return self._taken_over(known, memory)

    def _taken_over(self, known: Mapping[str, Array], memory: Memory) -> int:
        """Copy the outputs of the stages before the first that has to run; the number of the last of them."""
        stages = [self.stage_of[node.name] for node in self.graph if node.name not in known]
        last = min(stages, default=len(self.stages)) - 1
        for name, output in known.items():
            if 0 <= self.stage_of[name] <= last:
                np.copyto(memory.tensors[name].nchw, output)
        return max(last, -1)

    def lend(self) -> tuple[Memory, Array]:
        """Memory for a run, and its values, read-only: it comes back when nothing shows them any more."""
        try:
            memory = self._idle.pop()
        except IndexError:
            memory = Memory(self.origin)
        return memory, np.asarray(Lease(memory, self._idle))

    def step(self, tasks: Sequence[Task]) -> None:
        """Do the tasks of one stage."""
        # what overflows or is undefined is shown as it is
        with self.lock, single_threaded_blas(), np.errstate(all="ignore"):
            self.crew.run(tasks)
