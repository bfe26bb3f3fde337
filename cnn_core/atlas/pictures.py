"""The photos that cards show, as the network got them, in one file that is read where it is looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from cnn_core.atlas.jobs import Job
from cnn_core.input_spec import InputSpec
from cnn_core.layers.base import Array

__all__ = ["PICTURE_BYTES", "picture_side", "write_pictures"]

PICTURE_BYTES = 512 * 2**20
"""More than that is not kept: pictures are made half as high and wide until they fit."""


def picture_side(spec: InputSpec, count: int) -> tuple[int, int]:
    """Height and width of the pictures kept: the network's own where there is room."""
    height, width = spec.height, spec.width
    while count * height * width * spec.channels > PICTURE_BYTES and min(height, width) > 16:
        height, width = -(-height // 2), -(-width // 2)
    return height, width


def write_pictures(job: Job, photos: Array, side: tuple[int, int], path: Path) -> None:
    """Read the photos again and write what the network got of them, uint8 ``(n, H, W, C)``.

    One that has gone meanwhile stays black.
    """
    spec = job.model.spec
    kept = np.lib.format.open_memmap(path, "w+", np.uint8, (len(photos), *side, spec.channels))
    reader = job.photos.open()
    try:
        for row, photo in enumerate(photos):
            try:
                view = reader.view(int(photo), spec).reshape(spec.height, spec.width, spec.channels)
            except OSError:
                continue
            kept[row] = view if side == view.shape[:2] else _smaller(view, side)
    finally:
        reader.close()
    kept.flush()


def _smaller(view: Array, side: tuple[int, int]) -> Array:
    picture = Image.fromarray(view.squeeze(axis=2) if view.shape[2] == 1 else view)
    small = np.asarray(picture.resize((side[1], side[0]), Image.Resampling.BOX))
    return small.reshape(*side, view.shape[2])
