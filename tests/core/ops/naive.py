"""Window operators written as the definition reads, one cell at a time: the oracle for the fast ones."""

import math

import numpy as np


def output_size(size, kernel, stride, before, after, dilation=1, ceil=False):
    """Count windows one by one instead of dividing."""
    extent = dilation * (kernel - 1) + 1
    count, start = 0, -before
    while start + extent <= size + after:
        count, start = count + 1, start + stride
    overhang = start + extent - (size + after)
    if ceil and start < size and 0 < overhang < stride:
        count += 1
    return count


def cells(x, top, left, kernel, dilation):
    """Value of every cell of a window on one map, None where it is outside."""
    height, width = x.shape
    found = {}
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            row, column = top + i * dilation[0], left + j * dilation[1]
            inside = 0 <= row < height and 0 <= column < width
            found[i, j] = float(x[row, column]) if inside else None
    return found


def places(x, kernel, stride, padding, dilation=(1, 1), ceil=False):
    """Every output row and column with the first input row and column of its window."""
    rows = output_size(x.shape[2], kernel[0], stride[0], padding[0], padding[2], dilation[0], ceil)
    columns = output_size(x.shape[3], kernel[1], stride[1], padding[1], padding[3], dilation[1], ceil)
    for row in range(rows):
        for column in range(columns):
            yield row, column, row * stride[0] - padding[0], column * stride[1] - padding[1]


def assemble(values, leading):
    """A dict (n, c, row, column) -> value as an array."""
    rows = 1 + max(key[2] for key in values)
    columns = 1 + max(key[3] for key in values)
    out = np.full((*leading, rows, columns), np.nan)
    for key, value in values.items():
        out[key] = value
    return out


def conv2d(x, weight, bias, stride, padding, dilation, groups):
    out_channels, depth, *kernel = weight.shape
    values = {}
    for n in range(len(x)):
        for o in range(out_channels):
            first = o // (out_channels // groups) * depth
            for row, column, top, left in places(x, kernel, stride, padding, dilation):
                total = 0.0 if bias is None else float(bias[o])
                for c in range(depth):
                    for (i, j), value in cells(x[n, first + c], top, left, kernel, dilation).items():
                        total += (value or 0.0) * float(weight[o, c, i, j])
                values[n, o, row, column] = total
    return assemble(values, (len(x), out_channels))


def max_pool2d(x, kernel, stride, padding, dilation, ceil):
    values = {}
    for n, c in np.ndindex(*x.shape[:2]):
        for row, column, top, left in places(x, kernel, stride, padding, dilation, ceil):
            inside = [v for v in cells(x[n, c], top, left, kernel, dilation).values() if v is not None]
            values[n, c, row, column] = max(inside, default=-math.inf)
    return assemble(values, x.shape[:2])


def avg_pool2d(x, kernel, stride, padding, ceil, count_include_pad):
    height, width = x.shape[2:]
    values = {}
    for n, c in np.ndindex(*x.shape[:2]):
        for row, column, top, left in places(x, kernel, stride, padding, ceil=ceil):
            window = cells(x[n, c], top, left, kernel, (1, 1))
            inside = [v for v in window.values() if v is not None]
            padded = [
                (i, j) for i, j in window if top + i < height + padding[2] and left + j < width + padding[3]
            ]
            values[n, c, row, column] = sum(inside) / (len(padded) if count_include_pad else len(inside))
    return assemble(values, x.shape[:2])
