"""Patches of an atlas's photos, as one picture: a row a channel, the strongest first."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from cnn_core.atlas import Atlas, Patch
from cnn_core.layers.base import Array
from cnn_core.preprocess import Pixels

from ..services.atlases import patch_side

__all__ = ["patch_pixels", "patch_sheet"]


def patch_sheet(atlas: Atlas, node: str, channels: range, each: int) -> bytes:
    """A PNG of ``each`` patches a channel; empty where a field leaves its photo, or there is no patch.

    Raises:
        BadAtlas: no such layer or channel.
    """
    layer = atlas.layer(node)
    side = patch_side(atlas, layer)
    sheet = np.zeros((max(1, len(channels)) * side, each * side, 4), np.uint8)
    for row, channel in enumerate(channels):
        for column, patch in enumerate(atlas.card(node, channel).top[:each]):
            y, x = row * side, column * side
            sheet[y : y + side, x : x + side] = patch_pixels(atlas, patch, side)
    buffer = io.BytesIO()
    Image.fromarray(sheet).save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()


def patch_pixels(atlas: Atlas, patch: Patch, side: int) -> Pixels:
    """One patch, uint8 ``(side, side, 4)``: the photo cut to what the value sees, transparent beyond it."""
    _, height, width = atlas.manifest["input"]
    top, left, bottom, right = patch.box
    if bottom - top > height or right - left > width:
        top, left, bottom, right = 0, 0, height, width
    picture = _coloured(atlas.picture(patch.photo), height, width)
    cut = np.zeros((bottom - top, right - left, 4), np.uint8)
    inside = (slice(max(0, top), min(height, bottom)), slice(max(0, left), min(width, right)))
    at = (
        slice(inside[0].start - top, inside[0].stop - top),
        slice(inside[1].start - left, inside[1].stop - left),
    )
    cut[at] = picture[inside]
    if cut.shape[:2] != (side, side):
        cut = np.asarray(Image.fromarray(cut).resize((side, side), Image.Resampling.BOX))
    return cut


def _coloured(picture: Array, height: int, width: int) -> Pixels:
    """The picture as RGBA at the size of the network's input."""
    colours = np.broadcast_to(picture, (*picture.shape[:2], 3)) if picture.shape[2] == 1 else picture
    whole = np.dstack([colours, np.full(picture.shape[:2], 255, np.uint8)])
    if picture.shape[:2] != (height, width):
        return np.asarray(Image.fromarray(whole).resize((width, height), Image.Resampling.NEAREST))
    return whole
