"""How a batch lies in memory while it is worked on: channel, row, image, column.

Arrays are ``(N, C, H, W)`` everywhere; only their strides differ. With the images inside of the rows a
channel of the whole batch is one run of numbers, which makes a batch norm's sums quick, and a row of all
images is long enough for one efficient matrix product. NumPy's operations on single values keep the order
they find. For one image it is the usual order.
"""

from __future__ import annotations

import numpy as np

from cnn_core.ops.windows import Array

__all__ = ["batch_first", "batch_inside"]


def batch_inside(x: Array) -> Array:
    """``(N, C, H, W)`` -> contiguous ``(C, H, N, W)``; a copy only where it has to be."""
    return np.ascontiguousarray(x.transpose(1, 2, 0, 3))


def batch_first(x: Array) -> Array:
    """``(C, H, N, W)`` -> ``(N, C, H, W)``, a view."""
    return x.transpose(2, 0, 1, 3)
