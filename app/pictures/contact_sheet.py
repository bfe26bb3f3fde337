"""All channels of a layer on one picture."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .colours import PAPER, colours

__all__ = ["contact_sheet"]

GAP = 3
LONG_SIDE = 1200
LARGEST_ZOOM = 32


def contact_sheet(values: NDArray[np.floating], *, grey: bool = False) -> Image.Image:
    """Every channel as a tile, in rows from the top left; one value is one square of equal pixels.

    Tiles share one scale of colours, so they compare. They are enlarged by a whole number, as far as the
    sheet stays about 1200 pixels wide.

    Shape:
        values: ``(C, H, W)``, or ``(F,)``, which is painted as F squares.
    """
    maps = values.reshape(-1, 1, 1) if values.ndim == 1 else values
    count, height, width = maps.shape
    columns = min(count, math.ceil(math.sqrt(count * height / width)))
    rows = math.ceil(count / columns)
    zoom = max(1, min(LARGEST_ZOOM, LONG_SIDE // (columns * width)))
    gap = GAP if height * width > 1 else 1
    step_y, step_x = height * zoom + gap, width * zoom + gap
    sheet = np.full((rows * step_y + gap, columns * step_x + gap, 3), PAPER, dtype=np.uint8)
    for index, tile in enumerate(colours(maps, grey=grey)):
        top, left = gap + index // columns * step_y, gap + index % columns * step_x
        sheet[top : top + height * zoom, left : left + width * zoom] = tile.repeat(zoom, 0).repeat(zoom, 1)
    return Image.fromarray(sheet)
