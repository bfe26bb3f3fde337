"""Convolution (cross-correlation, as in PyTorch and ONNX): out = sum over c, i, j of patch * kernel, + bias.

One image at a time its windows are laid out as the columns of a matrix (im2col, Chellapilla et al. 2006),
in strips of output rows that stay in the cache; every strip is then one matrix product.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.ops.windows import Array, Padding, Pair, Window

__all__ = ["conv2d", "conv2d_vjp"]

STRIP_ELEMENTS = 1 << 18
"""Columns per strip: 1 MiB of float32, half of a typical second-level cache."""


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Pair = (1, 1),
    padding: Padding = (0, 0, 0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> Array:
    """Slide each filter over its group of input channels.

    Shape:
        x: ``(N, I, H, W)``, weight: ``(O, I/groups, kH, kW)``, bias: ``(O,)``, result: ``(N, O, H', W')``.

    Raises:
        ShapeError: channels do not fit weight and groups, or the kernel does not fit the padded map.
    """
    window, rows, columns = _prepare(x, weight, stride, padding, dilation, groups)
    filters = weight.reshape(groups, weight.shape[0] // groups, -1)
    out = np.empty((len(x), *filters.shape[:2], rows * columns), np.result_type(x, weight))
    for image, strip, cols in _strips(window.pad(x), window, filters):
        part = out[image, :, :, strip]
        np.matmul(filters, cols, out=part)
        if bias is not None:
            part += bias.reshape(groups, -1, 1)
    return out.reshape(len(x), -1, rows, columns)


def conv2d_vjp(
    grad: Array,
    x: Array,
    weight: Array,
    stride: Pair = (1, 1),
    padding: Padding = (0, 0, 0, 0),
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> tuple[Array, Array, Array]:
    """Gradients with respect to x, weight and bias, from ``grad`` ``(N, O, H', W')`` of the output.

    A weight's gradient is summed over all positions it was used at. An input value's gradient gathers
    from every window it lay in: the columns' gradient is added back cell by cell of the kernel.
    """
    window, rows, columns = _prepare(x, weight, stride, padding, dilation, groups)
    filters = weight.reshape(groups, weight.shape[0] // groups, -1)
    flat = np.ascontiguousarray(grad).reshape(len(x), *filters.shape[:2], rows * columns)
    padded = window.pad(x)
    d_padded = np.zeros_like(padded)
    d_filters = np.zeros_like(filters)
    for image, strip, cols in _strips(padded, window, filters):
        part = flat[image, :, :, strip]
        d_filters += part @ cols.swapaxes(1, 2)
        d_cols = np.matmul(filters.swapaxes(1, 2), part, out=cols)
        _scatter(d_padded[image], d_cols, window, strip.start // columns, columns)
    d_x = window.unpad(d_padded, *x.shape[2:])
    return np.ascontiguousarray(d_x), d_filters.reshape(weight.shape), flat.sum(axis=(0, 3)).reshape(-1)


def _prepare(
    x: Array, weight: Array, stride: Pair, padding: Padding, dilation: Pair, groups: int
) -> tuple[Window, int, int]:
    wanted = weight.shape[1] * groups
    if x.ndim != 4 or x.shape[1] != wanted:
        raise ShapeError(f"conv2d: x must be (N, {wanted}, H, W), got {x.shape}")
    if weight.shape[0] % groups:
        raise ShapeError(f"conv2d: filters must be a multiple of groups={groups}, got {weight.shape[0]}")
    kernel = (weight.shape[2], weight.shape[3])
    window = Window(kernel, stride, padding, dilation)
    return (window, *window.check("conv2d", *x.shape[2:]))


def _strips(padded: Array, window: Window, filters: Array) -> Iterator[tuple[int, slice, Array]]:
    """Image number, positions, and columns ``(groups, I/groups*kH*kW, positions)`` in a reused buffer.

    Large filters get taller strips, since the product reads all of them once per strip.
    """
    groups, _, depth = filters.shape
    view = window.view(padded)
    rows, columns = view.shape[-2:]
    budget = max(STRIP_ELEMENTS, filters.size)
    height = min(rows, max(1, budget // (groups * depth * columns)))
    buffer = np.empty(groups * depth * height * columns, padded.dtype)
    for image in range(len(padded)):
        for top in range(0, rows, height):
            cells = view[image, ..., top : top + height, :]
            cols = buffer[: cells.size]
            np.copyto(cols.reshape(cells.shape), cells)
            yield image, slice(top * columns, (top + height) * columns), cols.reshape(groups, depth, -1)


def _scatter(d_padded: Array, d_cols: Array, window: Window, top: int, columns: int) -> None:
    """Add a strip's column gradients to the cells of one padded image that they were copied from."""
    kh, kw = window.kernel
    cells = d_cols.reshape(len(d_padded), kh, kw, -1, columns)
    target = d_padded[:, top * window.stride[0] :]
    for i in range(kh):
        for j in range(kw):
            window.offset(target, i, j, cells.shape[3], columns)[...] += cells[:, i, j]
