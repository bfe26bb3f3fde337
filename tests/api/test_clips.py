"""Frames of a camera as a film: every value where the format keeps them, and each for its time."""

from __future__ import annotations

import io

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from tests.api.live import Live
from tests.api.pictures import noise


def sent(live: Live, data: bytes, **query: object) -> httpx.Response:
    asked = {"width": 64, "height": 48, "milliseconds": "40,120,80", **query}
    file = {"file": ("frames", data, "application/octet-stream")}
    return live.client.post("/api/clips", params={key: str(asked[key]) for key in asked}, files=file)


def shown(answer: httpx.Response) -> list[tuple[NDArray[np.uint8], int]]:
    """Every frame of a film, and its milliseconds."""
    film = Image.open(io.BytesIO(answer.content))
    return [(np.asarray(each.convert("RGB")), each.info["duration"]) for each in ImageSequence.Iterator(film)]


def test_a_webp_keeps_every_value_and_every_time(live: Live) -> None:
    frames = [noise(48, 64, seed) for seed in range(3)]
    answer = sent(live, b"".join(frame.tobytes() for frame in frames))
    assert answer.headers["content-type"] == "image/webp"
    found = shown(answer)
    assert [time for _, time in found] == [40, 120, 80]
    for (pixels, _), frame in zip(found, frames, strict=True):
        np.testing.assert_array_equal(pixels, frame.repeat(4, 0).repeat(4, 1))


def test_a_gif_has_its_frames_and_times(live: Live) -> None:
    flat = [np.full((48, 64, 3), grey, np.uint8) for grey in (10, 130, 250)]
    answer = sent(live, b"".join(frame.tobytes() for frame in flat), format="gif")
    assert answer.content.startswith(b"GIF8")
    found = [(int(pixels.min()), int(pixels.max()), time) for pixels, time in shown(answer)]
    assert found == [(10, 10, 40), (130, 130, 120), (250, 250, 80)]


@pytest.mark.parametrize(
    ("query", "size", "status", "says"),
    [
        ({}, 5, 422, "3 frames of 64 x 48 pixels are 27648 bytes; got 5"),
        ({"milliseconds": "40,x"}, 5, 422, "milliseconds must be whole numbers"),
        ({"milliseconds": ",".join(["1"] * 401)}, 5, 422, "At most 400 frames"),
        ({"format": "avi"}, 5, 422, "webp"),
        ({"width": 513}, 5, 422, "512"),
        ({}, 300_000, 413, "larger than"),
    ],
)
def test_what_is_no_film_is_named(
    live: Live, query: dict[str, object], size: int, status: int, says: str
) -> None:
    answer = sent(live, bytes(size), **query)
    assert answer.status_code == status
    assert says in answer.json()["detail"]
