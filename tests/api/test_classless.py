"""The shift lab with a network that gives maps: its layers move along, and there is no answer to flip."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.classless import maps
from tests.api.graphs import install
from tests.api.live import Live, frames, served
from tests.api.sockets import answers, ask, sample, socket
from tests.api.test_equivariance import errors

STATE = {"model": "maps", "dx": 2, "dy": -4}


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with served(prepare=install(maps())) as running:
        yield running


def test_every_layer_is_measured_and_no_classes_are_told(live: Live) -> None:
    told = live.client.post("/api/equivariance", json={**STATE, "image": sample(live), "border": "wrap"})
    assert told.status_code == 200, told.text
    assert told.json()["probabilities"] is None
    assert errors(told.json()) == dict.fromkeys(("input", "first", "relu", "pool", "last"), 0.0)


def test_the_live_answer_has_maps_and_curve_points_without_classes(live: Live) -> None:
    layers = [{"node": "last", "channel": 1}]
    with socket(live) as connection:
        ask(connection, 1, **STATE, image=sample(live), layers=layers, curve=1)
        result, *others = answers(connection, 1)
    assert result["type"] == "result"
    assert result["probabilities"] is None
    assert result["layers"][0]["node"] == "last"
    points = [point for part in others if part["type"] == "curve" for point in part["points"]]
    assert [point["dx"] for point in points] == [0, 1, -1]
    assert all(point["probabilities"] is None for point in points)


def test_a_sweep_is_refused_in_a_sentence(live: Live) -> None:
    image = sample(live)
    sweeps = [
        live.client.post("/api/equivariance/sweep", json={"model": "maps", "image": image}),
        live.client.get(f"/api/traces/maps/{image}/sweep.csv"),
        live.client.get(f"/api/traces/maps/{image}/sweep.png"),
    ]
    for refused in sweeps:
        assert refused.status_code == 422
        assert refused.json()["title"] == "No classes here"
        assert refused.json()["detail"] == "Maps gives no classes, so no answer can change."


def test_mutes_are_told_of_a_channel_s_mean(live: Live) -> None:
    path = f"/api/traces/maps/{sample(live)}/mutes/first"
    refused = live.client.get(path)
    assert (refused.status_code, refused.json()["title"]) == (422, "No classes")
    told = [header for header, _ in frames([live.client.get(f"{path}?target=last&channel=3").content])]
    assert (told[0]["of"], told[0]["channels"], told[-1]["kind"]) == ("channel", 6, "done")
