"""Sums of branches."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnn_core.layers import Add
from cnn_core.layers.base import Array, Layer, Params, Shape
from cnn_core.runtime.units.base import Back, Unit

__all__ = ["AddUnit"]


class AddUnit(Unit):
    """The sum; its gradient goes to every input as it is, without a copy."""

    @classmethod
    def fits(cls, layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> bool:
        """Two inputs or more, nothing broadcast."""
        return type(layer) is Add and len(inputs) > 1 and set(inputs) == {output}

    def forward(
        self,
        params: Params,
        inputs: tuple[Array, ...],
        out: Array,
        scratch: Array,
        rng: np.random.Generator | None,
    ) -> None:
        """From left to right."""
        np.add(inputs[0], inputs[1], out=out)
        for other in inputs[2:]:
            out += other

    def backward(
        self, params: Params, inputs: tuple[Array, ...], out: Array, asked: Back, scratch: Array
    ) -> tuple[list[Array | None], Mapping[str, Array]]:
        """The same array to all."""
        return [asked.grad if wanted else None for wanted in asked.wanted], {}
