"""Clipping to bounds, of which ReLU6 is one."""

from __future__ import annotations

from functools import partial

import numpy as np

from cnn_core.layers import Clip
from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call
from cnn_core.runtime.kernels.pointwise import Pointwise
from cnn_core.runtime.places import Strip

__all__ = ["ClipRows"]


class ClipRows(Pointwise):
    """min(max(x, least), most), each against a row of the bound as in ``ReluRows``; either may be missing."""

    error = 0.0

    def calls(self, inputs: tuple[Array, ...], out: Array, strip: Strip, scratch: Array) -> list[Call]:
        """One maximum, one minimum."""
        layer, source, calls = self.site.layer, inputs[0], list[Call]()
        assert isinstance(layer, Clip)
        for bound, operation in ((layer.least, np.maximum), (layer.most, np.minimum)):
            if bound is not None:
                row = np.full(out.shape[-2:] if out.ndim == 4 else out.shape[-1:], bound, out.dtype)
                calls.append(partial(operation, source, row, out=out))
                source = out
        return calls or [partial(np.copyto, out, source)]
