"""Pixels as PNG, packed for speed rather than size."""

from __future__ import annotations

import io

from PIL import Image

from cnn_core.preprocess import Pixels

__all__ = ["png_bytes", "thumbnail_bytes"]


def png_bytes(pixels: Pixels) -> bytes:
    """All of them."""
    return _encoded(Image.fromarray(pixels))


def thumbnail_bytes(pixels: Pixels, size: int) -> bytes:
    """Reduced until the longer side is at most ``size`` pixels; never enlarged."""
    small = Image.fromarray(pixels)
    small.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return _encoded(small)


def _encoded(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()
