"""Where windows lie on a map: output sizes, padding, and the input cells behind an output cell.

Axes are ``(vertical, horizontal)``, padding is ``(top, left, bottom, right)`` as in ONNX. Kernel index
``k`` of output index ``i`` reads input index ``i*stride - before + k*dilation``.

Reference: Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cnn_core.errors import ShapeError

__all__ = ["Array", "Padding", "Pair", "Window", "output_size"]

Array = NDArray[Any]
Pair = tuple[int, int]
Padding = tuple[int, int, int, int]


def output_size(
    size: int,
    kernel: int,
    stride: int = 1,
    before: int = 0,
    after: int = 0,
    dilation: int = 1,
    ceil: bool = False,
) -> int:
    """Number of windows along one axis, at most 0 where none fits.

    With ``ceil`` the last window may run past the padding, as long as it starts inside the input or the
    padding before it (PyTorch's rule; ONNX has it since opset 22, earlier text left it open).

    >>> output_size(64, kernel=3)
    62
    >>> output_size(7, kernel=2, stride=2), output_size(7, kernel=2, stride=2, ceil=True)
    (3, 4)
    >>> output_size(2, kernel=1, stride=3, after=3, ceil=True)
    1
    """
    room = size + before + after - (dilation * (kernel - 1) + 1)
    if not ceil:
        return max(room // stride + 1, 0)
    starts_inside = -(-(size + before) // stride)
    return max(min(-(-room // stride) + 1, starts_inside), 0)


@dataclass(frozen=True, slots=True)
class Window:
    """The geometry shared by convolution and pooling.

    >>> window = Window(kernel=(3, 3), stride=(2, 2), padding=(1, 1, 1, 1))
    >>> window.output(224, 224)
    (112, 112)
    """

    kernel: Pair
    stride: Pair = (1, 1)
    padding: Padding = (0, 0, 0, 0)
    dilation: Pair = (1, 1)
    ceil: bool = False

    @property
    def extent(self) -> Pair:
        """Rows and columns from a window's first cell to its last."""
        (kh, kw), (dh, dw) = self.kernel, self.dilation
        return dh * (kh - 1) + 1, dw * (kw - 1) + 1

    def output(self, height: int, width: int) -> Pair:
        """Height and width of the output; at most 0 where no window fits."""
        (kh, kw), (sh, sw), (dh, dw) = self.kernel, self.stride, self.dilation
        top, left, bottom, right = self.padding
        return (
            output_size(height, kh, sh, top, bottom, dh, self.ceil),
            output_size(width, kw, sw, left, right, dw, self.ceil),
        )

    def check(self, who: str, height: int, width: int) -> Pair:
        """The output size.

        Raises:
            ShapeError: no window fits.
        """
        rows, columns = self.output(height, width)
        if rows < 1 or columns < 1:
            (eh, ew), (top, left, bottom, right) = self.extent, self.padding
            raise ShapeError(
                f"{who}: a window of {eh}x{ew} must fit the padded map, "
                f"got {height + top + bottom}x{width + left + right}"
            )
        return rows, columns

    def pad(self, x: Array, value: float = 0.0) -> Array:
        """x with its padding, and whatever more the last windows of ceil mode reach for.

        Without any padding this is x itself, not a copy.
        """
        height, width = x.shape[-2:]
        top, left, bottom, right = self._full_padding(height, width)
        if not (top or left or bottom or right):
            return x
        shape = (*x.shape[:-2], top + height + bottom, left + width + right)
        padded = np.full_like(x, value, shape=shape)  # in x's order of memory
        padded[..., top : top + height, left : left + width] = x
        return padded

    def unpad(self, padded: Array, height: int, width: int) -> Array:
        """The part of a padded map that is no padding, as a view."""
        top, left, _, _ = self.padding
        return padded[..., top : top + height, left : left + width]

    def _full_padding(self, height: int, width: int) -> Padding:
        (rows, columns), (eh, ew), (sh, sw) = self.output(height, width), self.extent, self.stride
        top, left, bottom, right = self.padding
        return (
            top,
            left,
            max(bottom, (rows - 1) * sh + eh - height - top),
            max(right, (columns - 1) * sw + ew - width - left),
        )

    def view(self, padded: Array) -> Array:
        """All windows of a padded map as a read-only view ``(..., kH, kW, rows, columns)``."""
        (sh, sw), (dh, dw) = self.stride, self.dilation
        windows = sliding_window_view(padded, self.extent, axis=(-2, -1))
        return np.moveaxis(windows[..., ::sh, ::sw, ::dh, ::dw], (-2, -1), (-4, -3))

    def offset(self, padded: Array, i: int, j: int, rows: int, columns: int) -> Array:
        """Cell ``(i, j)`` of every window of a padded map, as a writable view ``(..., rows, columns)``."""
        (sh, sw), (dh, dw) = self.stride, self.dilation
        top, left = i * dh, j * dw
        return padded[..., top : top + (rows - 1) * sh + 1 : sh, left : left + (columns - 1) * sw + 1 : sw]

    def patch(self, maps: Array, y: int, x: int) -> tuple[Array, NDArray[np.bool_]]:
        """The cells behind output ``(y, x)``, ``(..., kH, kW)`` with 0 in the padding; which are inside."""
        height, width = maps.shape[-2:]
        top, left = self.corner(y, x)
        rows = top + np.arange(self.kernel[0]) * self.dilation[0]
        columns = left + np.arange(self.kernel[1]) * self.dilation[1]
        inside = np.logical_and.outer((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
        cells = maps[..., rows.clip(0, height - 1)[:, None], columns.clip(0, width - 1)]
        return np.where(inside, cells, cells.dtype.type(0)), inside

    def corner(self, y: int, x: int) -> Pair:
        """Input row and column of the first cell behind output ``(y, x)``; negative in the padding."""
        return y * self.stride[0] - self.padding[0], x * self.stride[1] - self.padding[1]
