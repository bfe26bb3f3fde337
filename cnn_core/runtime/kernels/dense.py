"""Dense layers."""

from __future__ import annotations

from functools import partial

import numpy as np

from cnn_core.layers import Dense
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Kernel, Site, Split
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["DenseOutputs"]


class DenseOutputs(Kernel):
    """x times the weights as they are, cut by outputs, since reading the weights is all it waits for."""

    error = 2e-6

    @property
    def split(self) -> Split:
        """Among outputs."""
        return "channels"

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Any dense layer."""
        return isinstance(site.layer, Dense)

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """The product and the bias."""
        out, params = output.strip(strip), self.site.params
        calls: list[Call] = [
            partial(np.matmul, inputs[0].inside[strip.images], params["weight"][strip.channels].T, out=out)
        ]
        if "bias" in params:
            calls.append(partial(np.add, out, params["bias"][strip.channels], out=out))
        return calls
