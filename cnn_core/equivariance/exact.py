"""A forward pass that makes the same sums in the same order at every place of a map.

A matrix product adds up in an order that depends on where in a tile a place falls, so that a map and the
same map moved differ in their last bits. Here every output place starts with the same kernel cell and
input channel and goes through them in one order, over whole maps at once with element operations: one
product, one sum, each rounded by itself. What moved by whole places is then equal bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnn_core.equivariance.geometry import Axis, Fill, border_indices
from cnn_core.equivariance.variants import Plan, Slide, Step
from cnn_core.layers import Conv2d, GlobalAvgPool2d
from cnn_core.layers.base import Array, Params
from cnn_core.ops.blur import binomial
from cnn_core.runtime.team import Task, team

__all__ = ["ExactRunner"]

BLOCK_ELEMENTS = 1 << 16
"""Values added to at a time: with their scratch they stay in a second-level cache."""


class ExactRunner:
    """Runs the plan of one image after another, in memory it keeps; for one caller at a time.

    Threads share the filters of a layer, each sum being made by one of them.
    """

    def __init__(self, plan: Plan, parameters: Mapping[str, Params]) -> None:
        """``parameters`` by node, under their short names."""
        self.plan = plan
        self._parameters = parameters
        self._padded: dict[tuple[str, int], Array] = {}
        self._scratch: dict[tuple[str, int], Array] = {}

    def run(self, maps: dict[str, Array], wanted: Iterable[str]) -> None:
        """Add the wanted nodes, and those they need, to ``maps``, which holds at least the input's.

        Shape:
            maps: float32 ``(C, H, W)`` by node.
        """
        needed = self._needed(maps, wanted)
        for name, step in self.plan.steps.items():
            if name in needed:
                maps[name] = self._compute(step, [maps[source] for source in step.node.inputs])

    def _needed(self, maps: Mapping[str, Array], wanted: Iterable[str]) -> set[str]:
        needed: set[str] = set()
        waiting = [name for name in wanted if name not in maps]
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting += [source for source in self.plan.steps[name].node.inputs if source not in maps]
        return needed

    def _compute(self, step: Step, inputs: list[Array]) -> Array:
        layer, params = step.node.layer, self._parameters[step.node.name]
        if isinstance(layer, GlobalAvgPool2d):
            return _sorted_mean(inputs[0])
        if not step.slides:
            out: Array = layer.forward(params, *(x[np.newaxis] for x in inputs)).output[0]
            return out
        (x,) = inputs
        for number, slide in enumerate(step.slides):
            padded = self._pad(x, slide, (step.node.name, number))
            if isinstance(layer, Conv2d):
                x = self._convolve(padded, slide, layer, params)
            else:
                x = _pool(padded, slide)
        return x

    def _pad(self, x: Array, slide: Slide, key: tuple[str, int]) -> Array:
        """The map with what its windows read beyond it, in a buffer whose zeros are written once."""
        vertical, horizontal = slide.axes
        top, left = vertical.before, horizontal.before
        if not (top or left or vertical.after or horizontal.after):
            return np.ascontiguousarray(x)
        _, height, width = x.shape
        if key not in self._padded:
            shape = (len(x), top + height + vertical.after, left + width + horizontal.after)
            self._padded[key] = np.full(shape, -np.inf if slide.operation == "max" else 0, x.dtype)
        padded = self._padded[key]
        padded[:, top : top + height, left : left + width] = x
        if self.plan.fill != "zeros":
            above, below = _beyond(vertical, self.plan.fill)
            padded[:, :top] = padded[:, top + above]
            padded[:, top + height :] = padded[:, top + below]
            before, behind = _beyond(horizontal, self.plan.fill)
            padded[:, :, :left] = padded[:, :, left + before]
            padded[:, :, left + width :] = padded[:, :, left + behind]
        return padded

    def _convolve(self, padded: Array, slide: Slide, layer: Conv2d, params: Params) -> Array:
        """Kernel cell by kernel cell and channel by channel, all filters of a block of them at once."""
        planes = _Planes(padded, slide, layer.groups)
        weight = params["weight"].reshape(layer.groups, -1, *params["weight"].shape[1:])
        out = np.empty((layer.out_channels, planes.rows, planes.columns), padded.dtype)
        grouped = out.reshape(*weight.shape[:2], planes.rows, planes.columns)
        bias = params["bias"].reshape(*weight.shape[:2], 1, 1) if layer.bias else None

        def block(groups: slice, filters: slice) -> Task:
            def fill(thread: int) -> None:
                total = self._accumulate(planes, weight[groups, filters], groups, thread)
                if bias is None:
                    grouped[groups, filters] = total
                else:
                    np.add(total, bias[groups, filters], out=grouped[groups, filters])

            return fill

        team().run([block(*each) for each in _blocks(weight.shape[0], weight.shape[1], planes.length)])
        return out

    def _accumulate(self, planes: _Planes, weight: Array, groups: slice, thread: int) -> Array:
        """The sums of some filters, ``(groups, filters, H', W')``, in memory that the thread uses again."""
        shape = (*weight.shape[:2], planes.length)
        total, product = self._memory(("total", thread), shape), self._memory(("product", thread), shape)
        first = True
        for i, j in np.ndindex(*weight.shape[3:]):
            cells = planes.cell(i, j)[groups]
            for channel in range(weight.shape[2]):
                factor = weight[:, :, channel, i, j, np.newaxis]
                plane = cells[:, channel, np.newaxis]
                np.multiply(plane, factor, out=total if first else product)
                if not first:
                    np.add(total, product, out=total)
                first = False
        return planes.places(total)

    def _memory(self, name: tuple[str, int], shape: tuple[int, ...]) -> Array:
        size = int(np.prod(shape))
        if name not in self._scratch or self._scratch[name].size < size:
            self._scratch[name] = np.zeros(size, np.float32)
        return self._scratch[name][:size].reshape(shape)


class _Planes:
    """What one kernel cell reads of every input channel, as rows of ``length`` values in one piece.

    With stride 1 that is a stretch of the padded map itself, its rows ``pitch`` apart, and what lies between
    the rows of the result is computed for nothing; otherwise a copy.
    """

    def __init__(self, padded: Array, slide: Slide, groups: int) -> None:
        vertical, horizontal = slide.axes
        self.rows, self.columns = vertical.count, horizontal.count
        self._axes = slide.axes
        self._padded = padded.reshape(groups, -1, *padded.shape[1:])
        self._whole = vertical.stride == horizontal.stride == 1
        self.pitch = padded.shape[2] if self._whole else self.columns
        self.length = (self.rows - 1) * self.pitch + self.columns

    def places(self, values: Array) -> Array:
        """The result without what lies between its rows: ``(..., length)`` -> ``(..., H', W')``, a view."""
        shape = (*values.shape[:-1], self.rows, self.columns)
        strides = (*values.strides[:-1], self.pitch * values.itemsize, values.itemsize)
        return as_strided(values, shape, strides, writeable=False)

    def cell(self, i: int, j: int) -> Array:
        """``(groups, channels, length)``."""
        down, across = self._axes[0].cells(i), self._axes[1].cells(j)
        if not self._whole:
            return self._padded[:, :, down, across].reshape(*self._padded.shape[:2], self.length)
        start = down.start * self.pitch + across.start
        return self._padded.reshape(*self._padded.shape[:2], -1)[:, :, start : start + self.length]


def _blocks(groups: int, filters: int, length: int) -> Iterable[tuple[slice, slice]]:
    """Groups and filters to take at a time so that their sums stay in the cache."""
    count = max(1, BLOCK_ELEMENTS // length)
    if groups > 1:
        step = max(1, count // filters)
        return [(slice(g, g + step), slice(None)) for g in range(0, groups, step)]
    return [(slice(None), slice(f, f + count)) for f in range(0, filters, count)]


def _beyond(axis: Axis, fill: Fill) -> tuple[Array, Array]:
    """Places whose values stand before the first and behind the last."""
    before = border_indices(np.arange(-axis.before, 0), axis.length, fill)
    behind = border_indices(np.arange(axis.length, axis.length + axis.after), axis.length, fill)
    return before, behind


def _pool(padded: Array, slide: Slide) -> Array:
    vertical, horizontal = slide.axes
    if slide.operation == "blur":
        return _blur(_blur(padded, vertical, 1), horizontal, 2)
    cells = (
        padded[:, vertical.cells(i), horizontal.cells(j)]
        for i in range(vertical.kernel)
        for j in range(horizontal.kernel)
    )
    out = next(cells).copy()
    for cell in cells:
        if slide.operation == "max":
            np.maximum(out, cell, out=out)
        else:
            out += cell
    if slide.divisors is not None:
        out /= slide.divisors.astype(out.dtype)
    return out


def _blur(x: Array, axis: Axis, number: int) -> Array:
    part = [slice(None)] * 3
    total: Array | None = None
    for k, weight in enumerate(binomial(axis.kernel)):
        part[number] = axis.cells(k)
        product = x[tuple(part)] * x.dtype.type(weight)
        total = product if total is None else np.add(total, product, out=total)
    assert total is not None
    return total


def _sorted_mean(x: Array) -> Array:
    """The mean of every map, its values added up in order of size: the same wherever they lie on it."""
    values = np.sort(x.reshape(len(x), -1), axis=1)
    return np.asarray(values.mean(axis=1)).reshape(-1, 1, 1)
