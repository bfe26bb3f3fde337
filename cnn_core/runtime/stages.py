"""Nodes that are computed together: one that reaches across rows, and those that follow in its strips."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers.base import Shape
from cnn_core.runtime.kernels.base import Kernel
from cnn_core.runtime.places import Strip

__all__ = ["Member", "Stage", "stages_of"]

STRIP_VALUES = 1 << 18
"""Float32 values that a strip's columns and outputs may take together: 1 MiB, half a second-level cache."""

LEAST_PIXELS = 192
"""Output places a strip should have where each strip reads all the weights again."""

LEAST_WORK = 5_000_000
"""Multiply-adds, or what takes as long, below which a second thread costs more than it does."""

PASS = 16
"""Multiply-adds that take as long as reading or writing one value."""


@dataclass(frozen=True, slots=True)
class Member:
    """A node of a stage; it has one row where the stage's first node has ``scale``."""

    node: Node
    kernel: Kernel
    scale: int = 1


@dataclass(slots=True)
class Stage:
    """What is computed strip by strip, all members one after another in each strip."""

    members: list[Member] = field(default_factory=list)

    @property
    def head(self) -> Kernel:
        """The kernel of the first node."""
        return self.members[0].kernel

    def of(self, kernels: Mapping[str, Kernel]) -> Stage:
        """The same stage with other kernels of the same kinds."""
        return Stage([replace(member, kernel=kernels[member.node.name]) for member in self.members])

    def strips(self, threads: int, macs: int) -> list[Strip]:
        """The strips of the first node's output, one task each."""
        images, rows = _extent(self.head.site.output)
        everything = Strip(slice(0, images), slice(0, rows))
        work = macs + PASS * sum(math.prod(member.kernel.site.output) for member in self.members)
        split = threads if work >= LEAST_WORK else 1
        if self.head.split == "channels" and split > 1:
            channels = self.head.site.output[1]
            return [Strip(everything.images, everything.rows, part) for part in _cut(channels, split, 16)]
        if self.head.split != "rows":
            return [everything]
        image = self._values(1, rows)
        if images > 1 and image <= STRIP_VALUES:
            count = -(-images // max(1, STRIP_VALUES // image))
            return [Strip(part, everything.rows) for part in _cut(images, _even(count, split), 1)]
        grain = math.lcm(*(member.kernel.grain * member.scale for member in self.members))
        height = max(1, STRIP_VALUES * rows // image)
        if any(member.kernel.weighty for member in self.members):
            height = max(height, -(-LEAST_PIXELS // self.head.site.output[-1]))
        parts = _cut(rows, _even(-(-rows // height), split), grain)
        return [Strip(slice(n, n + 1), part) for n in range(images) for part in parts]

    def scratch(self, strips: Iterable[Strip]) -> int:
        """Float32 values that a thread needs besides."""
        return max(
            member.kernel.scratch(strip.count[0], -(-strip.count[1] // member.scale))
            for strip in strips
            for member in self.members
        )

    def _values(self, images: int, rows: int) -> int:
        outputs = sum(math.prod(m.kernel.site.output[1:]) for m in self.members)
        return outputs * images + max(m.kernel.scratch(images, -(-rows // m.scale)) for m in self.members)

    def takes(self, member: Member, inside: Sequence[Shape], outside: Sequence[Shape]) -> bool:
        """Whether a node can follow in these strips.

        ``inside``: shapes of those of its inputs that lie in here; ``outside``: of the others. Inputs may
        have come by pools of other strides: where floor(H / s) = floor(H / t) for s < t, H is less than
        s t / (t - s) <= lcm(s, t), and strips of a multiple of that many rows are one strip.
        """
        kernel, output = member.kernel, member.kernel.site.output
        if kernel.reach == "any" or kernel.split == "never":
            return False
        if self.head.split == "channels" and not (
            kernel.reach == "value" and all(shape == output for shape in (*inside, *outside))
        ):
            return False
        if self.head.split != "rows" and member.scale > 1:
            return False
        images, rows = _extent(output)
        fits = all(
            _extent(shape)[0] == images and (kernel.factor > 1 or _extent(shape)[1] == rows)
            for shape in inside
        )
        return fits and all(_extent(shape) in ((images, rows), (images, 1)) for shape in outside)


def stages_of(
    graph: Graph, kernels: Mapping[str, Kernel], roots: Mapping[str, str]
) -> tuple[list[Stage], dict[str, int]]:
    """The stages in the order in which they can run, and the number of each node's; inputs have none, -1.

    Every node joins the last of its inputs' stages if it can follow there, and begins its own if not. A node
    without a kernel shows the memory of the one that ``roots`` names.
    """
    stages: list[Stage] = []
    number = {node.name: -1 for node in graph}
    scales: dict[str, int] = {}
    for node in graph:
        if node.name not in kernels:
            number[node.name] = number[roots[node.name]]
            continue
        kernel = kernels[node.name]
        sources = [roots[name] for name in node.inputs]
        last = max(number[name] for name in sources)
        shapes = list(zip(sources, kernel.site.inputs, strict=True))
        inside = [shape for name, shape in shapes if number[name] == last]
        outside = [shape for name, shape in shapes if number[name] != last]
        scale = max(scales.get(name, 1) for name in sources if number[name] == last)
        member = Member(node, kernel, scale * kernel.factor)
        if last < 0 or not stages[last].takes(member, inside, outside):
            last, member = len(stages), Member(node, kernel)
            stages.append(Stage())
        stages[last].members.append(member)
        number[node.name], scales[node.name] = last, member.scale
    return stages, number


def _extent(shape: Shape) -> tuple[int, int]:
    return shape[0], shape[2] if len(shape) == 4 else 1


def _even(count: int, split: int) -> int:
    """At least one part for each thread, and as many for each."""
    return -(-count // split) * split


def _cut(length: int, count: int, grain: int) -> list[slice]:
    """About ``count`` parts, each but the last a multiple of ``grain``."""
    step = -(-length // count)
    step = -(-step // grain) * grain
    return [slice(first, min(first + step, length)) for first in range(0, length, step)]
