"""The sliding window as a picture: it moves, fills the map, ends with all of it, and stays small."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

from app.config import Settings
from app.pictures.colours import PAPER, colours
from app.pictures.slide import FRAMES
from cnn_core import load_model, trace
from tests.api.graphs import every_kind, install
from tests.api.live import Live, served
from tests.api.pictures import noise, uploaded

PICTURE = noise(64, 64, seed=8)


def pictures(content: bytes) -> list[np.ndarray]:
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "WEBP"
        return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]


@pytest.fixture(scope="module")
def address(live: Live) -> str:
    return f"/api/traces/tiny_vgg/{uploaded(live, PICTURE)}/slide"


def test_the_last_picture_is_the_whole_map_in_the_pages_colours(live: Live, address: str) -> None:
    answer = live.client.get(f"{address}/max_pool_2", params={"channel": 4})
    assert answer.headers["content-type"] == "image/webp"
    frames = pictures(answer.content)
    assert len(frames) == FRAMES
    assert len(answer.content) < 500_000
    values = trace(load_model("tiny_vgg"), PICTURE)["max_pool_2"].output[0]
    expected = colours(values)[4]
    zoom, last = 240 // 13, frames[-1]
    left = last.shape[1] - 16 - 13 * zoom
    top = (last.shape[0] - 13 * zoom) // 2
    shown = last[top + zoom // 2 :: zoom, left + zoom // 2 :: zoom][:13, :13]
    np.testing.assert_array_equal(shown, expected)


def test_values_come_in_reading_order(live: Live, address: str) -> None:
    frames = pictures(live.client.get(f"{address}/max_pool_2", params={"channel": 0}).content)
    missing = [int((frame == PAPER).all(axis=-1).sum()) for frame in frames]
    assert missing == sorted(missing, reverse=True)
    assert missing[0] > 0.9 * (240 // 13 * 13) ** 2
    assert missing[-1] == 0


@pytest.mark.parametrize(
    ("node", "channel", "status"),
    [
        ("input", 0, 422),
        ("flatten", 0, 422),
        ("conv_1_1", 10, 422),
        ("conv_1_1", -1, 422),
        ("conv_9", 0, 404),
    ],
)
def test_what_has_no_window_is_refused(
    live: Live, address: str, node: str, channel: int, status: int
) -> None:
    answer = live.client.get(f"{address}/{node}", params={"channel": channel})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_kind_of_layer_with_maps_can_be_animated() -> None:
    with served(Settings(), install(every_kind())) as live:
        image = uploaded(live, PICTURE)
        nodes = live.client.get("/api/models/every_kind").json()["nodes"]
        for node in nodes:
            if len(node["output_shape"]) != 3 or not node["inputs"]:
                continue
            channel = node["output_shape"][0] - 1
            answer = live.client.get(
                f"/api/traces/every_kind/{image}/slide/{node['name']}", params={"channel": channel}
            )
            assert answer.status_code == 200, node["name"]
            count = node["output_shape"][1] * node["output_shape"][2]
            assert len(pictures(answer.content)) <= max(1, min(FRAMES, count)), node["name"]
