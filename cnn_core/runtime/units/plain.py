"""Any layer by its plain operators."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn_core.layers.base import Array, Forward, Layer, Params, Shape
from cnn_core.runtime.units.base import Back, Unit, batch_first

__all__ = ["PlainUnit"]


class PlainUnit(Unit):
    """The layer's own passes and copies of what they give: for layers without a unit of their own.

    Its numbers are the layer's but for the order in which it adds up, which follows that of memory.
    """

    error = 1e-5

    def __init__(self, layer: Layer, inputs: tuple[Shape, ...], output: Shape, training: bool) -> None:
        super().__init__(layer, inputs, output, training)
        self._done: Forward | None = None

    @classmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """Always."""
        return True

    def forward(
        self,
        params: Params,
        inputs: tuple[Array, ...],
        out: Array,
        scratch: Array,
        rng: np.random.Generator | None,
    ) -> None:
        """One call, one copy."""
        sources = tuple(batch_first(x) for x in inputs)
        self._done = self.layer.forward(params, *sources, training=self.training, rng=rng)
        self.updates = self._done.updates
        np.copyto(batch_first(out), self._done.output)

    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """One or two calls, a copy for each input."""
        assert self._done is not None
        call = (params, tuple(batch_first(x) for x in inputs), self._done, batch_first(asked.grad))
        found: list[Array | None] = [None] * len(inputs)
        if any(asked.wanted):
            for number, gradient in enumerate(self.layer.backward_inputs(*call)):
                if asked.wanted[number]:
                    found[number] = target = asked.pool.take(inputs[number].shape)
                    np.copyto(batch_first(target), gradient)
        return found, self.layer.backward_params(*call) if asked.params else {}
