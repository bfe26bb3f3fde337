"""Random window options for tests: every combination fits its map, and repeats with its seed."""

from dataclasses import dataclass

import numpy as np

Pair = tuple[int, int]


@dataclass(frozen=True)
class Options:
    """A map size and window options that fit it."""

    size: Pair
    kernel: Pair
    stride: Pair
    padding: tuple[int, int, int, int]
    dilation: Pair


def pair(rng, low, high):
    """Two whole numbers from low to high, both included."""
    first, second = (int(n) for n in rng.integers(low, high + 1, 2))
    return first, second


def window_options(rng, dilated=True):
    """Padding smaller than the window, and a map so large that every window reads some of it."""
    kernel, stride = pair(rng, 1, 3), pair(rng, 1, 3)
    dilation = pair(rng, 1, 3) if dilated else (1, 1)
    extent = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    top, bottom = (int(n) for n in rng.integers(0, extent[0], 2))
    left, right = (int(n) for n in rng.integers(0, extent[1], 2))
    height = max(extent[0] - top - bottom, dilation[0]) + int(rng.integers(0, 5))
    width = max(extent[1] - left - right, dilation[1]) + int(rng.integers(0, 5))
    return Options((height, width), kernel, stride, (top, left, bottom, right), dilation)


def array(rng, *shape):
    """Standard normal float32."""
    return rng.standard_normal(shape).astype(np.float32)
