"""From the gradient of a convolution's output to that of its input: each value spreads over its window.

Of the input's rows every ``stride``-th is reached by the same rows of the kernel; these are one matrix with
the output rows they come from. The products of all columns of the kernel are then added up where they belong.
"""

from __future__ import annotations

import numpy as np

from cnn_core.layers.base import Array, Shape
from cnn_core.ops.windows import Pair
from cnn_core.runtime.units.rows import Strip, add_up, overlapping, spans_of, strips_of
from cnn_core.runtime.units.sliding import STRIP

__all__ = ["Spreading"]


class Spreading:
    """Gradient of the input of a convolution of any stride; arguments as those of ``Gathering``."""

    def __init__(self, source: Shape, target: Shape, kernel: Pair, before: Pair, stride: Pair) -> None:
        self.images, self.channels, height, width = source
        self.filters, rows, self.columns = target[1:]
        self.kernel, self.stride = kernel, stride
        self.depth, self.read = kernel[1] * self.channels, self.columns * self.images
        self.spans = spans_of(kernel[1], width, self.columns, before[1], stride[1])
        most = max(1, STRIP // (self.depth * self.read))
        self.phases: list[tuple[slice, list[Strip]]] = []
        """For every ``stride``-th row, from each on: the rows of the kernel that reach it, and its strips."""
        for phase in range(min(stride[0], height)):
            first = (phase + before[0]) % stride[0]
            taps = len(range(first, kernel[0], stride[0]))
            above = taps - 1 - (phase + before[0] - first) // stride[0]
            count = len(range(phase, height, stride[0]))
            strips = strips_of(count, taps, rows, above, 1, most)
            self.phases.append((slice(first, None, stride[0]), strips))

    @property
    def scratch(self) -> int:
        """A strip's products."""
        return max(strip.count for _, strips in self.phases for strip in strips) * self.depth * self.read

    def backward(self, weight: Array, grad: Array, d_x: Array, scratch: Array) -> None:
        """Fill ``d_x``.

        Shape:
            weight: ``(O, C, kH, kW)``; grad: ``(H', O, W', N)``; d_x: ``(H, C, W, N)``.
        """
        given = grad.reshape(len(grad), self.filters, self.read)
        places = [(span.column, span.outer, span.inner) for span in self.spans]
        for phase, (taps, strips) in enumerate(self.phases):
            turned = weight[:, :, taps][:, :, ::-1].transpose(3, 1, 2, 0)
            matrix = np.ascontiguousarray(turned).reshape(self.depth, -1)
            reached = d_x[phase :: self.stride[0]]
            for strip in strips:
                if not strip.depth:
                    reached[strip.rows] = 0
                    continue
                filters = matrix[:, strip.taps.start * self.filters : strip.taps.stop * self.filters]
                parts = scratch[: strip.count * self.depth * self.read]
                shape = (strip.count, self.depth, self.read)
                np.matmul(filters, overlapping(given, strip, 1), out=parts.reshape(shape))
                by_column = (strip.count, self.kernel[1], self.channels, self.columns, self.images)
                add_up(parts.reshape(by_column), reached[strip.rows], places)
