"""The shift lab to take away: CSV, PNG and GIF."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PIL import Image

from tests.api.live import Live
from tests.api.sockets import sample


@pytest.fixture
def address(live: Live) -> str:
    return f"/api/traces/tiny_vgg/{sample(live)}"


def test_the_table_is_the_sweep(live: Live, address: str) -> None:
    response = live.client.get(f"{address}/sweep.csv", params={"border": "reflect", "max_shift": 2})
    body = {"model": "tiny_vgg", "image": sample(live), "border": "reflect", "max_shift": 2}
    sweep = live.client.post("/api/equivariance/sweep", json=body).json()
    head, *lines = csv.reader(io.StringIO(response.text))

    assert response.headers["content-type"].startswith("text/csv")
    assert "attachment" in response.headers["content-disposition"]
    assert head == ["dx", "dy", "top", "flipped", f"probability_of_{sweep['summary']['label']}"]
    assert len(lines) == 25
    for dx, dy, top, flipped, probability in lines:
        row, column = int(dy) + 2, int(dx) + 2
        assert top == sweep["labels"][sweep["top"][row][column]]
        assert flipped == str(int(top != sweep["summary"]["label"]))
        assert np.float32(probability) == np.float32(sweep["probability"][row][column])


def test_the_heat_map_has_a_cell_for_every_shift(live: Live, address: str) -> None:
    response = live.client.get(f"{address}/sweep.png", params={"max_shift": 2})
    small = Image.open(io.BytesIO(response.content))
    large = Image.open(io.BytesIO(live.client.get(f"{address}/sweep.png").content))

    assert response.headers["content-type"] == "image/png"
    assert (large.width - small.width, large.height - small.height) == (12 * 28, 12 * 28)


def test_the_animation_goes_there_and_back(live: Live, address: str) -> None:
    question = {"node": "conv_1_1", "channel": 2, "border": "wrap"}
    response = live.client.get(f"{address}/shift.gif", params=question)
    with Image.open(io.BytesIO(response.content)) as animation:
        assert animation.n_frames == 32
        pictures = []
        for at in range(32):
            animation.seek(at)
            pictures.append(np.asarray(animation.convert("RGB"), np.int16))
    assert response.headers["content-type"] == "image/gif"
    np.testing.assert_array_equal(pictures[15], pictures[17])

    photo = (slice(26, 26 + 192), slice(16, 16 + 192))
    # One pixel of the network's input is three of the picture.
    away = np.abs(np.roll(pictures[8][photo], 3, axis=1) - pictures[9][photo])
    assert away.mean() < np.abs(pictures[8][photo] - pictures[9][photo]).mean() / 2
    # conv_1_1 is exact in wrap: its difference is one colour.
    difference = pictures[3][26 : 26 + 192, 2 * 208 + 16 : 2 * 208 + 16 + 192]
    assert np.ptp(difference.reshape(-1, 3), axis=0).max() == 0


@pytest.mark.parametrize(
    "file", ["sweep.csv?max_shift=1", "sweep.png?max_shift=1", "shift.gif?node=conv_1_1"]
)
def test_a_copy_that_is_current_is_not_sent_again(live: Live, address: str, file: str) -> None:
    first = live.client.get(f"{address}/{file}")
    again = live.client.get(f"{address}/{file}", headers={"If-None-Match": first.headers["etag"]})
    other = live.client.get(f"{address}/{file}&border=wrap", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("file", "status", "reason"),
    [
        ("sweep.csv?max_shift=9", 422, "max_shift"),
        ("sweep.png?max_shift=x", 422, "max_shift"),
        ("sweep.png?border=mirror", 422, "border"),
        ("sweep.png?crop=0,0,99999", 422, "leaves the image"),
        ("shift.gif", 422, "'node'"),
        ("shift.gif?node=conv_9", 404, "There is no node 'conv_9'"),
        ("shift.gif?node=flatten", 422, "no map that could move"),
        ("shift.gif?node=conv_1_1&channel=10", 422, "channel must be 0 to 9"),
        ("shift.gif?node=conv_1_1&channel=-1", 422, "channel"),
        ("shift.gif?node=conv_1_1&dy=64", 422, "dy must be -63 to 63"),
        ("shift.gif?node=conv_1_1&pooling=median", 422, "pooling"),
    ],
)
def test_bad_addresses_are_refused_with_a_reason(
    live: Live, address: str, file: str, status: int, reason: str
) -> None:
    response = live.client.get(f"{address}/{file}")

    assert response.status_code == status
    assert reason in response.json()["detail"]
