"""Values to colours, as on the page in daylight: orange above zero, blue below, equally strong on both sides.

Between its anchors the map is linear in OKLCH; a layer without negative values uses the positive half alone.

Reference: B. Ottosson, "A perceptual color space for image processing", 2020.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["PAPER", "colours"]

ANCHORS = ("18307A", "2162B7", "3E9ADF", "8BCFF3", "FCFAF7", "EFBB67", "DB7301", "AB3707", "681119")
"""Colours at -1, -0.75 ... 1."""
MIDDLE = len(ANCHORS) // 2
ENTRIES = 511
PAPER = (228, 228, 223)

Triple = tuple[float, float, float]


def colours(values: NDArray[np.floating], *, grey: bool = False) -> NDArray[np.uint8]:
    """Colours on the scale of all the values together: zero is neutral, the largest magnitude is darkest.

    With ``grey``, black is the least value or 0, white the largest. NaN has the colour of paper.

    Shape:
        values: any; the result has one axis more, of 3: RGB.
    """
    finite = values[np.isfinite(values)].astype(np.float64)
    least, most = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    largest = max(abs(least), abs(most))
    low = min(0.0, least) if grey else -largest if least < 0 else 0.0
    high = most if grey else largest
    share = (np.nan_to_num(values.astype(np.float64)) - low) / (high - low or 1.0)
    steps = np.floor(np.clip(share, 0, 1) * (ENTRIES - 1) + 0.5).astype(np.intp)
    painted = _greys()[steps] if grey else _table(signed=least < 0)[steps]
    painted[np.isnan(values)] = PAPER
    return painted


@lru_cache(maxsize=1)
def _greys() -> NDArray[np.uint8]:
    levels = np.floor(255 * np.arange(ENTRIES) / (ENTRIES - 1) + 0.5).astype(np.uint8)
    return np.repeat(levels[:, np.newaxis], 3, axis=1)


@lru_cache(maxsize=2)
def _table(*, signed: bool) -> NDArray[np.uint8]:
    shares = [index / (ENTRIES - 1) for index in range(ENTRIES)]
    return np.array([_between(share if signed else 0.5 + share / 2) for share in shares], dtype=np.uint8)


def _between(share: float) -> tuple[int, ...]:
    """The colour at a share of the whole map, from 0, most negative, to 1."""
    position = share * (len(ANCHORS) - 1)
    first = min(math.floor(position), len(ANCHORS) - 2)
    before, after = _oklch(ANCHORS[first]), _oklch(ANCHORS[first + 1])
    # the neutral zero has no hue of its own: it takes that of the coloured end
    if first == MIDDLE:
        before = (*before[:2], after[2])
    if first + 1 == MIDDLE:
        after = (*after[:2], before[2])
    part = position - first
    lightness, chroma, hue = (a + (b - a) * part for a, b in zip(before, after, strict=True))
    return _displayable(lightness, chroma, hue)


def _oklch(colour: str) -> Triple:
    """Lightness, chroma and hue (degrees) of six hexadecimal digits."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (0, 2, 4))
    l = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)  # noqa: E741
    m = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    s = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
    b = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
    lightness = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a))


def _displayable(lightness: float, chroma: float, hue: float) -> tuple[int, ...]:
    """Red, green and blue; where a screen cannot show the colour, chroma gives way."""
    while True:
        parts = _linear_rgb(lightness, max(0.0, chroma), math.radians(hue))
        if chroma <= 0 or all(-1e-3 < part < 1.001 for part in parts):
            return tuple(math.floor(255 * _gamma(min(1.0, max(0.0, part))) + 0.5) for part in parts)
        chroma -= 0.002


def _linear_rgb(lightness: float, chroma: float, angle: float) -> Triple:
    a, b = chroma * math.cos(angle), chroma * math.sin(angle)
    l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3  # noqa: E741
    m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    return (
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    return float(12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055)
