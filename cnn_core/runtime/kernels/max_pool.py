"""Max pooling."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from cnn_core.layers import MaxPool2d
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Kernel, Reach, Site
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["MaxPoolRows", "MaxPoolStacked"]


class MaxPoolRows(Kernel):
    """Strided maxima, first of whole rows, then along them: kH + kW passes instead of kH * kW.

    Cells outside of the map are left out, so its border may hold anything.
    """

    error = 0.0
    exact = True

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Rows outside of columns, in and out."""
        return isinstance(site.layer, MaxPool2d) and site.sources == (site.order,) and site.order[1] == "H"

    def scratch(self, images: int, rows: int) -> int:
        """The maxima of whole rows."""
        _, channels, _, width = self.site.inputs[0]
        return images * rows * width * channels

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """The maxima down, then across."""
        layer, (images, rows) = self.site.layer, strip.count
        assert isinstance(layer, MaxPool2d)
        x, out = inputs[0].inside[strip.images], output.strip(strip)
        across = self.site.order.index("W")
        tall = scratch[: self.scratch(images, rows)].reshape(images, rows, *x.shape[2:])
        down = _Line(layer, 0, 1, strip.rows.start)
        return down.maxima(x, tall) + _Line(layer, 1, across, 0).maxima(tall, out)


class MaxPoolStacked(MaxPoolRows):
    """The same where windows do not overlap: it follows the layer before while its rows are in the cache."""

    reach: ClassVar[Reach] = "row"

    @classmethod
    def fits(cls, site: Site) -> bool:
        """As high as its stride, no padding, no gaps, no windows that stick out."""
        layer = site.layer
        return (
            super().fits(site)
            and isinstance(layer, MaxPool2d)
            and layer.kernel_size[0] == layer.stride[0]
            and layer.dilation[0] == 1
            and layer.padding[0] == layer.padding[2] == 0
            and site.output[2] * layer.stride[0] <= site.inputs[0][2]
        )

    @property
    def factor(self) -> int:
        """The stride."""
        layer = self.site.layer
        assert isinstance(layer, MaxPool2d)
        return layer.stride[0]


class _Line:
    """Pooling along one axis: ``number`` 0 is vertical; output ``first`` is the first one wanted."""

    def __init__(self, layer: MaxPool2d, number: int, axis: int, first: int) -> None:
        self.kernel, self.stride = layer.kernel_size[number], layer.stride[number]
        self.padding, self.dilation = layer.padding[number], layer.dilation[number]
        self.axis, self.first = axis, first

    def maxima(self, x: Array, out: Array) -> list[Call]:
        """The calls that fill ``out``, from -inf where no cell is inside the map for all windows."""
        cells = [self._cell(k, x.shape[self.axis], out.shape[self.axis]) for k in range(self.kernel)]
        count = out.shape[self.axis]
        everywhere = [k for k, (_, there) in enumerate(cells) if there == slice(0, count)]
        calls: list[Call] = []
        if len(everywhere) > 1:
            one, other = everywhere[:2]
            calls.append(
                partial(np.maximum, self._at(x, cells[one][0]), self._at(x, cells[other][0]), out=out)
            )
            done = {one, other}
        elif everywhere:
            calls.append(partial(np.copyto, out, self._at(x, cells[everywhere[0]][0])))
            done = set(everywhere)
        else:
            calls.append(partial(out.fill, -np.inf))
            done = set()
        for k, (here, there) in enumerate(cells):
            if k not in done and there.start < there.stop:
                target = self._at(out, there)
                calls.append(partial(np.maximum, target, self._at(x, here), out=target))
        return calls

    def _cell(self, k: int, length: int, count: int) -> tuple[slice, slice]:
        """Input places, and the outputs whose cell ``k`` they are, without those for which it is outside."""
        offset = self.first * self.stride - self.padding + k * self.dilation
        start = max(0, -(offset // self.stride))
        stop = max(start, min(count, (length - 1 - offset) // self.stride + 1))
        first = offset + start * self.stride
        return slice(first, first + (stop - start - 1) * self.stride + 1, self.stride), slice(start, stop)

    def _at(self, x: Array, places: slice) -> Array:
        index: list[slice] = [slice(None)] * x.ndim
        index[self.axis] = places
        return x[tuple(index)]
