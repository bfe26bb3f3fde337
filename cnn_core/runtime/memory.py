"""The memory of one run of a plan, and the calls of every stage bound to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cnn_core.layers.base import Array
from cnn_core.runtime.compiled.passes import joined
from cnn_core.runtime.kernels.base import Call
from cnn_core.runtime.places import Strip, Tensor
from cnn_core.runtime.replacing import Replacing
from cnn_core.runtime.stages import Stage
from cnn_core.runtime.team import Task

if TYPE_CHECKING:
    from cnn_core.runtime.plan import Plan

__all__ = ["Lease", "Memory"]


class Memory:
    """The outputs of one run, and the tasks of every stage of a plan bound to them."""

    def __init__(self, plan: Plan) -> None:
        layout = plan.layout
        # zeros, because borders are read and never written
        self.values = np.zeros(layout.size, np.float32)
        self.tensors = {name: Tensor(self.values, place) for name, place in layout.places.items()}
        self._tasks = [self.tasks_of(plan, number) for number in range(len(plan.stages))]

    def tasks(self, plan: Plan) -> list[list[Task]]:
        """Every stage's tasks for the plan it was made for, or one that shares its memory."""
        return [
            self.tasks_of(plan, number) if number in plan.changed else tasks
            for number, tasks in enumerate(self._tasks)
        ]

    def entering_of(self, plan: Plan, only: Container[str] | None = None) -> list[Call]:
        """The calls that follow the input; those alone that write nodes of ``only``."""
        entry = plan.graph.inputs[0].name
        shape = plan.layout.places[entry].shape
        everything = Strip(slice(0, shape[0]), slice(0, (*shape, 1, 1)[2]))
        return plan.replacing.after(entry, self.tensors, everything, only)

    def tasks_of(self, plan: Plan, number: int, only: Container[str] | None = None) -> list[Task]:
        """The tasks of a stage, one a strip; of the nodes in ``only`` alone."""
        stage = plan.stages[number]
        bind = partial(_bind, stage, self.tensors, plan.replacing, plan.scratch, only)
        return [_Task(partial(bind, strip), len(plan.scratch)) for strip in plan.strips[number]]


def _bind(
    stage: Stage,
    tensors: Mapping[str, Tensor],
    replacing: Replacing,
    scratch: Sequence[Array],
    only: Container[str] | None,
    strip: Strip,
    thread: int,
) -> list[Call]:
    """A strip's calls; they hold neither plan nor memory, so that both are freed when nobody wants them."""
    calls: list[Call] = []
    for member in stage.members:
        name = member.node.name
        height = member.kernel.site.output[2] if len(member.kernel.site.output) == 4 else 1
        rows = slice(strip.rows.start // member.scale, min(strip.rows.stop // member.scale, height))
        part = Strip(strip.images, rows, strip.channels)
        if rows.start >= rows.stop:
            continue
        if only is None or name in only:
            inputs = tuple(tensors[source] for source in member.node.inputs)
            calls += member.kernel.bind(inputs, tensors[name], part, scratch[thread])
        calls += replacing.after(name, tensors, part, only)
    return joined(calls)


class _Task:
    """A strip's calls, bound for a thread's scratch when that thread first does them."""

    __slots__ = ("_bind", "_calls")

    def __init__(self, bind: Callable[[int], list[Call]], threads: int) -> None:
        self._bind = bind
        self._calls: list[list[Call] | None] = [None] * threads

    def __call__(self, thread: int) -> None:
        calls = self._calls[thread]
        if calls is None:
            calls = self._calls[thread] = self._bind(thread)
        for call in calls:
            call()


class Lease:
    """Stands at the base of every array that shows a run's memory, and gives it back when they are gone."""

    def __init__(self, memory: Memory, idle: deque[Memory]) -> None:
        self._memory, self._idle = memory, idle
        values = memory.values
        self.__array_interface__ = {**values.__array_interface__, "data": (values.ctypes.data, True)}

    def __del__(self) -> None:
        self._idle.append(self._memory)
