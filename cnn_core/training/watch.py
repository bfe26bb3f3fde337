"""What a weight's gradient is the sum of: the products at every place it was used at.

A convolution's weight w[o, c, i, j] multiplies the input at every place, so by the chain rule its gradient is
``sum over n, y, x of delta[n, o, y, x] * in[n, c, y*s - p + i*d, x*s - p + j*d]``: delta times what it saw.
A dense layer's weight has one place: ``sum over n of delta[n, o] * in[n, i]``.

Reference: LeCun et al. 1989, Backpropagation applied to handwritten zip code recognition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.layers import Conv2d, Dense
from cnn_core.layers.base import Array, Layer

__all__ = ["Watched", "factors_of_weight", "is_watchable"]


def is_watchable(layer: Layer) -> bool:
    """Whether the gradients of its weights can be taken apart by place."""
    return isinstance(layer, Dense) or (isinstance(layer, Conv2d) and layer.groups == 1)


def factors_of_weight(
    layer: Layer, source: Array, delta: Array, index: tuple[int, ...]
) -> tuple[Array, Array]:
    """The two factors of ``layer.weight[index]``'s gradient at every place, in float64.

    Shape:
        source: the layer's input, ``(N, C, H, W)`` or ``(N, F)``; delta: the gradient of its output; results:
        ``(N, H', W')``, or ``(N, 1, 1)`` of a dense layer: delta, and what the weight multiplied.
    """
    mine = delta[:, index[0]].astype(np.float64)
    if isinstance(layer, Dense):
        return mine[:, None, None], source[:, index[1], None, None].astype(np.float64)
    assert isinstance(layer, Conv2d)
    _, channel, row, column = index
    plane = layer.window.pad(source[:, channel : channel + 1])
    seen = layer.window.offset(plane, row, column, *delta.shape[2:])[:, 0]
    return mine, seen.astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """One layer in one step of training, as the step itself computed it: no second pass is made.

    ``sources`` and ``deltas`` are the layer's inputs and the gradients of its outputs, one of each a shard.
    They are views of memory that the next step overwrites: copy what is to be kept. ``gradient`` is that of
    the weight over the whole batch, before the step clips gradients by their length.
    """

    layer: Layer
    sources: tuple[Array, ...]
    deltas: tuple[Array, ...]
    gradient: Array

    def factors(self, index: tuple[int, ...]) -> tuple[Array, Array]:
        """As ``factors_of_weight``, over the whole batch: the products add up to ``gradient[index]``."""
        parts = [
            factors_of_weight(self.layer, source, delta, index)
            for source, delta in zip(self.sources, self.deltas, strict=True)
        ]
        deltas, inputs = (np.concatenate(each) for each in zip(*parts, strict=True))
        return deltas, inputs
