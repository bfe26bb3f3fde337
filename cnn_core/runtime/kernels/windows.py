"""The input values behind a strip of output rows, as views."""

from __future__ import annotations

from numpy.lib.stride_tricks import as_strided

from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["windows"]


def _cells(x: Tensor, layer: Conv2d, strip: Strip, columns: int) -> dict[str, tuple[int, int]]:
    """Length and stride in bytes of every axis of the windows of a strip: N, Y, X, I, J, C.

    Y and X count output places, I and J the kernel's cells.
    """
    (images, rows), (sh, sw), (dh, dw) = strip.count, layer.stride, layer.dilation
    step = dict(zip(x.place.order, x.whole.strides, strict=True))
    return {
        "N": (images, step["N"]),
        "Y": (rows, sh * step["H"]),
        "X": (columns, sw * step["W"]),
        "I": (layer.kernel_size[0], dh * step["H"]),
        "J": (layer.kernel_size[1], dw * step["W"]),
        "C": (x.place.shape[1], step["C"]),
    }


def _start(x: Tensor, layer: Conv2d, strip: Strip) -> Array:
    """``x.whole`` from the first cell that the strip's first output value reads."""
    first = {
        "N": strip.images.start,
        "H": x.place.border[0] - layer.padding[0] + strip.rows.start * layer.stride[0],
        "W": x.place.border[1] - layer.padding[1],
    }
    part: Array = x.whole[tuple(slice(first.get(letter, 0), None) for letter in x.place.order)]
    return part


def windows(x: Tensor, layer: Conv2d, strip: Strip, columns: int, axes: str) -> Array:
    """The input values that every output value of a strip reads, with axes in the given order of letters."""
    of = _cells(x, layer, strip, columns)
    start = _start(x, layer, strip)
    return as_strided(start, [of[a][0] for a in axes], [of[a][1] for a in axes], writeable=False)
