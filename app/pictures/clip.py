"""Frames as a moving picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["ClipFormat", "clip"]

ClipFormat = Literal["webp", "gif"]

_SIDE = 256
"""Frames are enlarged by a whole number while they stay within this, so that every pixel is seen."""


def clip(frames: NDArray[np.uint8], milliseconds: Sequence[int], kind: ClipFormat) -> bytes:
    """A film of frames ``(N, H, W, 3)``, each shown for its time, again and again.

    WebP keeps every value; GIF has 256 colours a frame, and times in hundredths of a second.
    """
    zoom = max(1, _SIDE // max(frames.shape[1:3]))
    first, *rest = (Image.fromarray(frame.repeat(zoom, 0).repeat(zoom, 1)) for frame in frames)
    own = {"lossless": True, "method": 0} if kind == "webp" else {"optimize": False}
    buffer = io.BytesIO()
    first.save(buffer, kind, save_all=True, append_images=rest, duration=list(milliseconds), loop=0, **own)
    return buffer.getvalue()
