"""Pictures made for a test, whose right decoding is known."""

from __future__ import annotations

import io
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.api.live import Live

COLOURS = np.array(
    [[[200, 30, 40], [30, 180, 60]], [[20, 60, 210], [240, 220, 50]], [[90, 90, 90], [250, 250, 250]]],
    np.uint8,
)
"""Three rows of two colours: no symmetry, so that every orientation differs."""


def blocks(side: int = 16) -> NDArray[np.uint8]:
    """The colours as blocks, uint8 (3*side, 2*side, 3)."""
    return np.repeat(np.repeat(COLOURS, side, axis=0), side, axis=1)


def encoded(picture: Image.Image | NDArray[Any], kind: str = "PNG", **options: Any) -> bytes:
    """The picture as a file's bytes."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def noise(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Random RGB pixels."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def upload(live: Live, data: bytes, name: str = "picture") -> httpx.Response:
    """The answer to posting one file."""
    return live.client.post("/api/images", files={"file": (name, data)})


def uploaded(live: Live, picture: NDArray[np.uint8]) -> str:
    """The id of a picture sent as PNG."""
    answer = upload(live, encoded(picture))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def pixels(live: Live, image: str) -> NDArray[np.uint8]:
    """What the server holds of an image."""
    answer = live.client.get(f"/api/images/{image}")
    assert answer.headers["content-type"] == "image/png"
    return np.asarray(Image.open(io.BytesIO(answer.content)))
