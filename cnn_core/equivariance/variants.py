"""A network with other borders and other pooling but the same weights, planned as sliding windows.

Behind a border other than ``trained`` every convolution and every pool keeps the grid: a map of side L
has ``ceil(L / stride)`` places behind it, so that photo and maps can be laid over each other.

Reference: Zhang 2019, Making Convolutional Networks Shift-Invariant Again, section 3 (pooling).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from cnn_core.equivariance.geometry import Axis, Fill, inside_counts
from cnn_core.errors import BadInput
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import AvgPool2d, BlurPool2d, Concat, Conv2d, GlobalAvgPool2d, MaxPool2d
from cnn_core.layers.base import Array, FieldStep
from cnn_core.ops.pool import pool_divisors
from cnn_core.ops.windows import Window

__all__ = ["BORDERS", "POOLINGS", "Border", "Plan", "Pooling", "Slide", "Step", "make_plan"]

Border = Literal["trained", "zeros", "wrap", "reflect"]
Pooling = Literal["trained", "max", "average", "blur3", "blur5", "strided"]
BORDERS: tuple[Border, ...] = get_args(Border)
POOLINGS: tuple[Pooling, ...] = get_args(Pooling)

Pair = tuple[int, int]
Pool = MaxPool2d | AvgPool2d | BlurPool2d


@dataclass(frozen=True, slots=True, eq=False)
class Slide:
    """One pass of a window over a map; ``axes`` are vertical and horizontal."""

    operation: Literal["conv", "max", "mean", "blur", "pick"]
    axes: tuple[Axis, Axis]
    divisors: Array | None = None
    """Of a mean: cells each window is over, ``(H', W')``."""


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a plan: its windows, none for a layer that works place by place.

    ``stride`` is how many input pixels lie between two places, None for maps that have no place: those
    behind a global pool, one value a channel. ``centre`` is the input row and column that the value at
    place (0, 0) looks at.
    """

    node: Node
    shape: tuple[int, int, int]
    stride: Pair | None
    centre: tuple[float, float] = (0.0, 0.0)
    slides: tuple[Slide, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All nodes of a graph that give maps, in topological order, and how maps continue beyond the border."""

    steps: Mapping[str, Step]
    fill: Fill
    changes: tuple[str, ...]
    """In words, what the network was not trained with; empty if nothing."""

    def closes(self, name: str) -> bool:
        """Whether the node's places fill the image without a rest, so that wrapping maps is a true circle."""
        step, entry = self.steps[name], next(iter(self.steps.values()))
        sides = zip(step.shape[1:], step.stride or (0, 0), entry.shape[1:], strict=True)
        return all(places * stride == side for places, stride, side in sides)


def make_plan(graph: Graph, border: Border = "trained", pooling: Pooling = "trained") -> Plan:
    """How the maps of a graph are computed with these borders and this pooling.

    Raises:
        BadInput: no such border or pooling.
    """
    for name, value, known in (("border", border, BORDERS), ("pooling", pooling, POOLINGS)):
        if value not in known:
            raise BadInput(f"shift lab: {name} must be one of {', '.join(known)}, got {value!r}")
    steps = _steps(graph, border, pooling)
    fill: Fill = "zeros" if border == "trained" else border
    return Plan(steps, fill, _changes(steps, _steps(graph, "trained", "trained"), fill))


def _steps(graph: Graph, border: Border, pooling: Pooling) -> dict[str, Step]:
    steps: dict[str, Step] = {}
    for node in graph:
        if not node.inputs:
            shape = graph.shapes[node.name]
            if len(shape) == 4:
                steps[node.name] = Step(node, (shape[1], shape[2], shape[3]), (1, 1))
        elif all(name in steps for name in node.inputs):
            step = _step(node, [steps[name] for name in node.inputs], border, pooling)
            if step is not None:
                steps[node.name] = step
    return steps


def _step(node: Node, sources: list[Step], border: Border, pooling: Pooling) -> Step | None:
    """The node's step; None if what it gives is no map."""
    layer, source = node.layer, sources[0]
    channels, height, width = source.shape
    if isinstance(layer, GlobalAvgPool2d):
        return Step(node, (channels, 1, 1), None)
    if isinstance(layer, Conv2d):
        slide = _slide("conv", layer.window, (height, width), border)
        return _slid(node, source, layer.out_channels, (slide,))
    if isinstance(layer, Pool):
        slides = _pool(layer, (height, width), border)
        if pooling != "trained" and max(layer.window.stride) > 1:
            slides = _repooled(layer, slides[0], border, pooling)
        return _slid(node, source, channels, slides)
    return _place_by_place(node, sources)


def _place_by_place(node: Node, sources: list[Step]) -> Step | None:
    shapes = [(1, *source.shape) for source in sources]
    if isinstance(node.layer, Concat) and node.layer.axis % 4 != 1:
        return None
    if node.layer.field(*shapes) != FieldStep():
        return None
    _, *shape = node.layer.infer_shape(*shapes)
    if len(shape) != 3:
        return None
    placed = [source for source in sources if source.stride is not None]
    same = len({source.stride for source in placed}) == 1
    whole = placed[0] if same and placed[0].shape[1:] == tuple(shape[1:]) else None
    stride, centre = (whole.stride, whole.centre) if whole else (None, (0.0, 0.0))
    return Step(node, (shape[0], shape[1], shape[2]), stride, centre)


def _slid(node: Node, source: Step, channels: int, slides: tuple[Slide, ...]) -> Step:
    rows, columns = (axis.count for axis in slides[-1].axes)
    shape = (channels, rows, columns)
    if source.stride is None:
        return Step(node, shape, None, slides=slides)
    stride, centre = list(source.stride), list(source.centre)
    for slide in slides:
        for k, axis in enumerate(slide.axes):
            centre[k] += stride[k] * (axis.origin + (axis.extent - 1) / 2)
            stride[k] *= axis.stride
    return Step(node, shape, (stride[0], stride[1]), (centre[0], centre[1]), slides)


def _slide(
    operation: Literal["conv", "max", "mean", "blur", "pick"], window: Window, size: Pair, border: Border
) -> Slide:
    """The window's own places if the border is as trained, else those that keep the grid."""
    counts = window.output(*size)
    axes = []
    for k, length in enumerate(size):
        origin, count = -window.padding[k], counts[k]
        if border != "trained":
            origin, count = -((window.extent[k] - 1) // 2), -(-length // window.stride[k])
        axes.append(Axis(length, count, window.kernel[k], window.stride[k], origin, window.dilation[k]))
    return Slide(operation, (axes[0], axes[1]))


def _pool(layer: Pool, size: Pair, border: Border) -> tuple[Slide, ...]:
    if isinstance(layer, MaxPool2d):
        return (_slide("max", layer.window, size, border),)
    if isinstance(layer, BlurPool2d):
        return (_slide("blur", layer.window, size, border),)
    slide = _slide("mean", layer.window, size, border)
    if border == "trained":
        return (replace(slide, divisors=pool_divisors(layer.window, size, layer.count_include_pad)),)
    return (_mean(slide.axes, border, layer.count_include_pad),)


def _mean(axes: tuple[Axis, Axis], border: Border, all_cells: bool = False) -> Slide:
    """A mean over what lies inside the map; where the border is continued, over all cells."""
    vertical, horizontal = axes
    if all_cells or border in ("wrap", "reflect"):
        counts = np.full((vertical.count, horizontal.count), vertical.kernel * horizontal.kernel)
    else:
        counts = np.multiply.outer(inside_counts(vertical), inside_counts(horizontal))
    return Slide("mean", axes, counts)


def _repooled(layer: Pool, slide: Slide, border: Border, pooling: Pooling) -> tuple[Slide, ...]:
    """Another way to take one place in ``stride``; a blur's window becomes as wide as its stride."""
    axes = slide.axes
    if isinstance(layer, BlurPool2d) and pooling in ("max", "average"):
        axes = _each(axes, lambda a: replace(a, kernel=a.stride, origin=0))
    if pooling == "max":
        return (Slide("max", axes),)
    if pooling == "average":
        return (_mean(axes, border),)
    if pooling == "strided":
        origin = _each(
            axes, lambda a: replace(a, kernel=1, dilation=1, origin=a.origin + (a.extent - 1) // 2)
        )
        return (Slide("pick", origin),)
    size = 3 if pooling == "blur3" else 5
    if isinstance(layer, BlurPool2d):
        return (Slide("blur", _each(axes, lambda a: replace(a, kernel=size, origin=-(size // 2)))),)
    dense = _each(axes, lambda a: replace(a, stride=1, count=_dense_count(a, border)))
    blurred = (
        Axis(inner.count, outer.count, size, outer.stride, -(size // 2))
        for inner, outer in zip(dense, axes, strict=True)
    )
    return Slide("max", dense), Slide("blur", (next(blurred), next(blurred)))


def _dense_count(axis: Axis, border: Border) -> int:
    if border != "trained":
        return axis.length
    return axis.before + axis.length + axis.after - axis.extent + 1


def _each(axes: tuple[Axis, Axis], change: Callable[[Axis], Axis]) -> tuple[Axis, Axis]:
    return change(axes[0]), change(axes[1])


def _changes(steps: Mapping[str, Step], trained: Mapping[str, Step], fill: Fill) -> tuple[str, ...]:
    """What differs from the network as trained, one sentence a kind of change."""
    pools = [name for name, step in steps.items() if _windows(step) != _windows(trained[name])]
    padded = [
        name
        for name, step in steps.items()
        if name not in pools and _padding(step) != _padding(trained[name])
    ]
    filled = [
        name for name, step in steps.items() if fill != "zeros" and name not in padded and any(_padding(step))
    ]
    sentences = []
    if pools:
        sentences.append(f"Pooled in another way than in training: {', '.join(pools)}.")
    if padded:
        sentences.append(
            f"Padded ({fill}) to keep the photo's grid, which training did not: {', '.join(padded)}."
        )
    if filled:
        sentences.append(f"Padded by {fill}, with zeros in training: {', '.join(filled)}.")
    return tuple(sentences)


def _windows(step: Step) -> list[tuple[object, ...]]:
    return [(s.operation, *((a.kernel, a.stride, a.dilation) for a in s.axes)) for s in step.slides]


def _padding(step: Step) -> list[int]:
    return [side for slide in step.slides for axis in slide.axes for side in (axis.before, axis.after)]
