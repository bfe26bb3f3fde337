"""The shift lab to take away: a sweep as a heat map, a shift as an animation."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from cnn_core.equivariance import FlipRow
from cnn_core.layers.base import Array
from cnn_core.preprocess import Pixels

from .colours import colours

__all__ = ["GIF_TYPE", "shift_animation", "sweep_heat"]

GIF_TYPE = "image/gif"

_PANEL: Final = 192
_GAP: Final = 16
_CELL: Final = 28
_LINE: Final = 20
_MARGIN: Final = 44
_MILLISECONDS: Final = 160
_DIFFERENCE_GAIN: Final = 4
_INK, _QUIET, _HALO = (23, 24, 26), (102, 105, 112), (255, 255, 255)


def sweep_heat(rows: Sequence[FlipRow], labels: Sequence[str], rest: int) -> bytes:
    """A PNG: the probability of class ``rest`` after every shift, a cross where another class comes first."""
    side = len(rows)
    painted = _painted(np.stack([row.probability for row in rows]), 1.0)
    heat = Image.fromarray(painted).resize((side * _CELL, side * _CELL), Image.Resampling.NEAREST)
    picture = Image.new("RGB", (heat.width + _MARGIN + _GAP, heat.height + 2 * _LINE + _MARGIN), _HALO)
    left, top = _MARGIN, 2 * _LINE
    picture.paste(heat, (left, top))
    draw = ImageDraw.Draw(picture)
    flips = 0
    for at, row in enumerate(rows):
        _write(draw, (left - 6, top + (at + 0.5) * _CELL), str(row.dy), "rm")
        _write(draw, (left + (at + 0.5) * _CELL, top + heat.height + 4), str(row.dy), "mt")
        for column in np.flatnonzero(row.flips):
            flips += 1
            _cross(draw, left + int(column) * _CELL, top + at * _CELL)
    middle = side // 2
    corner = (left + middle * _CELL, top + middle * _CELL)
    draw.rectangle((*corner, corner[0] + _CELL - 1, corner[1] + _CELL - 1), outline=_INK, width=2)
    _write(draw, (left, 4), f"Probability of {labels[rest]}, 0 (light) to 1 (dark)", "lt", _INK)
    _write(
        draw,
        (left, 4 + _LINE),
        f"Crosses: another one comes first, {flips} of {side * side - 1} shifts",
        "lt",
    )
    _write(draw, (left + heat.width, picture.height - 4), "dx across, dy down, pixels", "rb")
    return _encoded(picture, "PNG", optimize=True)


def shift_animation(
    shifts: Sequence[int], photos: NDArray[np.uint8], maps: Array, differences: Array, titles: Sequence[str]
) -> bytes:
    """An animated GIF of three panels: the photo, one map of f(Tx), and its difference from T f(x).

    The scale of the maps is the same in all pictures; differences are shown four times as strong.

    Shape:
        photos: ``(N, H, W, 3)``, one a shift. maps: ``(N, H', W')``. differences: the same, NaN where nothing
        is compared. titles: three.
    """
    largest = float(np.abs(maps).max())
    painted = (photos, _painted(maps, largest), _painted(np.abs(differences), largest / _DIFFERENCE_GAIN))
    pictures = [
        _panels([panel[at] for panel in painted], titles, f"dx = {dx} px") for at, dx in enumerate(shifts)
    ]
    there_and_back = [*pictures, *pictures[-2:0:-1]]
    first, *others = there_and_back
    return _encoded(
        first, "GIF", save_all=True, append_images=others, duration=_MILLISECONDS, loop=0, optimize=False
    )


def _painted(values: Array, largest: float) -> Pixels:
    """Colours on a scale up to ``largest``, whatever the values reach; NaN is paper."""
    line = np.append(np.clip(values, -largest, largest).ravel(), np.float32(largest))
    return colours(line)[:-1].reshape(*values.shape, 3)


def _panels(panels: Sequence[Pixels], titles: Sequence[str], caption: str) -> Image.Image:
    enlarged = [_enlarged(panel) for panel in panels]
    tall = max(panel.height for panel in enlarged)
    width = sum(max(panel.width, _PANEL) + _GAP for panel in enlarged) + _GAP
    picture = Image.new("RGB", (width, tall + 2 * _LINE + _GAP), _HALO)
    draw = ImageDraw.Draw(picture)
    left = _GAP
    for panel, title in zip(enlarged, titles, strict=True):
        _write(draw, (left, 6), title, "lt", _INK)
        picture.paste(panel, (left, _LINE + 6))
        left += max(panel.width, _PANEL) + _GAP
    _write(draw, (_GAP, picture.height - 6), caption, "lb", _INK)
    return picture


def _enlarged(pixels: Pixels) -> Image.Image:
    """By whole numbers, so that every value is a square; a large map is averaged down."""
    picture = Image.fromarray(pixels)
    largest = max(picture.size)
    if largest > _PANEL:
        sides = [max(1, round(side * _PANEL / largest)) for side in picture.size]
        return picture.resize((sides[0], sides[1]), Image.Resampling.BOX)
    zoom = _PANEL // largest
    return picture.resize((picture.width * zoom, picture.height * zoom), Image.Resampling.NEAREST)


def _cross(draw: ImageDraw.ImageDraw, left: int, top: int) -> None:
    near, far = 8, _CELL - 9
    for width, colour in ((4, _HALO), (2, _INK)):
        draw.line((left + near, top + near, left + far, top + far), colour, width)
        draw.line((left + near, top + far, left + far, top + near), colour, width)


def _write(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    anchor: str,
    colour: tuple[int, int, int] = _QUIET,
) -> None:
    draw.text(place, text, colour, ImageFont.load_default(13), anchor)


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
