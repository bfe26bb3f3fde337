"""Atlases over HTTP: made of the samples on request, found by weights, every number that of the arrays."""

from __future__ import annotations

import dataclasses
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.config import Settings
from app.services.locks import try_lock
from app.services.surveys import Survey
from cnn_core import load_model, trace
from cnn_core.atlas import Progress, open_atlas
from tests.api.live import PATIENCE, Live, frames, served

NODE = "relu_2_1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def live(folder: Path) -> Iterator[Live]:
    with served(Settings(workers=2, data_folder=folder, made_streams=1)) as running:
        yield running


@pytest.fixture(scope="module")
def state(live: Live) -> dict[str, Any]:
    """The state when the atlas of the samples is done."""
    before = live.client.get("/api/models/tiny_vgg/atlas").json()
    assert before["state"] == "none"
    assert before["atlas"] is None
    assert [layer["node"] for layer in before["layers"]] == [
        "relu_1_1", "relu_1_2", "relu_2_1", "relu_2_2", "output",
    ]  # fmt: skip
    begun = live.client.post("/api/models/tiny_vgg/atlas")
    assert begun.status_code == 202
    end = time.monotonic() + 6 * PATIENCE
    while time.monotonic() < end:
        found: dict[str, Any] = live.client.get("/api/models/tiny_vgg/atlas").json()
        if found["state"] != "computing":
            return found
        time.sleep(0.1)
    raise AssertionError(found)


@pytest.fixture(scope="module")
def atlas(state: dict[str, Any]) -> str:
    return str(state["atlas"]["id"])


def get(live: Live, address: str, **query: Any) -> Any:
    answer = live.client.get(address, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_atlas_of_the_samples_is_made_on_request(state: dict[str, Any], folder: Path) -> None:
    assert state["state"] == "done"
    assert state["atlas"]["photos"] == 400
    assert len(state["atlas"]["classes"]) == 10
    assert open_atlas(folder / "atlases" / state["atlas"]["id"], load_model("tiny_vgg")).photos == 400


def test_a_cards_values_are_the_networks(live: Live, atlas: str) -> None:
    card = get(live, f"/api/atlases/{atlas}/layers/{NODE}/channels/3")
    for patch in card["top"][:3]:
        png = live.client.get(f"/api/atlases/{atlas}/photos/{patch['photo']}").content
        pixels = np.asarray(Image.open(io.BytesIO(png)))
        output = trace(load_model("tiny_vgg"), pixels)[NODE].output[0, 3]
        assert patch["value"] == pytest.approx(float(output.max()), rel=1e-6)
        assert output[patch["y"], patch["x"]] == output.max()
    assert sum(card["counts"]) == 400 * 28 * 28


def test_the_wall_agrees_with_the_cards(live: Live, atlas: str) -> None:
    wall = get(live, f"/api/atlases/{atlas}/layers/{NODE}")
    assert wall["total"] == len(wall["channels"]) == 10
    for row in wall["channels"]:
        card = get(live, f"/api/atlases/{atlas}/layers/{NODE}/channels/{row['channel']}")
        assert row["max"] == (card["top"][0]["value"] if card["top"] else 0)
        assert row["on"] == card["on"]
        assert row["zeros"] == card["zeros"]
        assert row["classes"][:1] == [card["best_class"]]
    part = get(live, f"/api/atlases/{atlas}/layers/{NODE}", first=4, limit=2)
    assert part["channels"] == wall["channels"][4:6]


def test_patches_are_cut_out_of_their_photos(live: Live, atlas: str) -> None:
    card = get(live, f"/api/atlases/{atlas}/layers/{NODE}/channels/5")
    query = {"first": 5, "count": 1, "each": 9}
    answer = live.client.get(f"/api/atlases/{atlas}/layers/{NODE}/patches", params=query)
    sheet = np.asarray(Image.open(io.BytesIO(answer.content)))
    side = card["side"]
    assert sheet.shape == (side, 9 * side, 4)
    for column, patch in enumerate(card["top"]):
        png = live.client.get(f"/api/atlases/{atlas}/photos/{patch['photo']}").content
        pixels = np.asarray(Image.open(io.BytesIO(png)))
        top, left, bottom, right = patch["box"]
        assert bottom - top == right - left == side  # an unpadded network sees nothing beyond its photo
        cut = sheet[:, column * side : (column + 1) * side]
        assert np.array_equal(cut[..., :3], pixels[top:bottom, left:right])
        assert (cut[..., 3] == 255).all()


def test_a_rank_is_the_share_of_photos_below(live: Live, atlas: str, folder: Path) -> None:
    peaks, _ = open_atlas(folder / "atlases" / atlas).peaks_of(NODE, 2)
    value = float(np.sort(peaks)[123])
    told = get(live, f"/api/atlases/{atlas}/layers/{NODE}/channels/2/rank", value=value)
    assert told == {"below": np.count_nonzero(peaks < np.float64(value)) / 400, "photos": 400}


def test_the_quiz_asks_about_other_photos_and_the_network_answers(live: Live, atlas: str) -> None:
    shown = {p["photo"] for p in get(live, f"/api/atlases/{atlas}/layers/{NODE}/channels/3")["top"]}
    pairs = set()
    for turn in range(4):
        pair = get(live, f"/api/atlases/{atlas}/layers/{NODE}/channels/3/quiz", turn=turn)["photos"]
        assert not shown & set(pair)
        pairs.add(tuple(pair))
        answer = get(live, f"/api/models/tiny_vgg/quiz/{atlas}/{NODE}/3", turn=turn)
        assert answer["photos"] == pair
        for photo, value in zip(pair, answer["values"], strict=True):
            png = live.client.get(f"/api/atlases/{atlas}/photos/{photo}").content
            output = trace(load_model("tiny_vgg"), np.asarray(Image.open(io.BytesIO(png))))[NODE].output
            assert value == pytest.approx(float(output[0, 3].max()), rel=1e-5)
    assert len(pairs) > 1
    other = live.client.get(f"/api/models/lenet5/quiz/{atlas}/{NODE}/3")
    assert other.status_code == 422
    assert "is of Tiny VGG, not of the weights of LeNet" in other.json()["detail"]


def test_a_picture_is_told_while_it_forms(live: Live) -> None:
    def told(**query: Any) -> list[tuple[dict[str, Any], bytes]]:
        with live.client.stream("GET", "/api/models/tiny_vgg/made/relu_1_2", params=query) as answer:
            return list(frames(answer.iter_raw()))

    forming = told(channel=4)
    assert [header["done"] for header, _ in forming] == [False] * (len(forming) - 1) + [True]
    last, pixels = forming[-1]
    assert len(pixels) >= 3 * last["side"] ** 2
    assert last["value"] > forming[0][0]["value"]
    assert told(channel=4) == forming[-1:]  # kept


def test_what_an_atlas_has_not_is_refused(live: Live, atlas: str) -> None:
    for address in (
        "/api/atlases/0123456789abcdef-0123456789abcdef",
        "/api/atlases/..%2F..%2Fetc",
        f"/api/atlases/{atlas}/layers/conv_1_1",
        f"/api/atlases/{atlas}/layers/{NODE}/channels/10",
        f"/api/atlases/{atlas}/layers/nothing/patches",
        f"/api/atlases/{atlas}/photos/99999",
        "/api/models/nothing/atlas",
    ):
        assert live.client.get(address).status_code == 404, address
    refused = live.client.get("/api/models/tiny_vgg/made/relu_1_1", params={"channel": 10})
    assert refused.status_code == 422
    assert "channel must be 0..9, got 10" in refused.json()["detail"]


def test_too_much_at_once_is_refused(live: Live, state: dict[str, Any]) -> None:
    live.services.made.open = 1
    busy = live.client.get("/api/models/tiny_vgg/made/relu_1_1", params={"channel": 1})
    live.services.made.open = 0
    assert busy.status_code == 503
    another = try_lock(live.services.atlases.folder / ".surveying-0")  # as a server beside this one would
    assert another is not None
    assert live.client.post("/api/models/lenet5/atlas").status_code == 503
    another.release()


def test_a_survey_can_be_stopped_and_gone_on_with(live: Live, state: dict[str, Any]) -> None:
    live.client.post("/api/models/lenet5/atlas")
    live.client.delete("/api/models/lenet5/atlas")
    end = time.monotonic() + PATIENCE
    while (told := get(live, "/api/models/lenet5/atlas"))["state"] == "computing":
        assert time.monotonic() < end
        time.sleep(0.05)
    if told["state"] == "stopped":  # else it was done before it could be stopped
        assert told["problem"] is None
        assert told["photos"] < 400


def test_what_stopped_a_survey_is_said(live: Live, state: dict[str, Any], folder: Path) -> None:
    loaded = live.services.atlases
    survey = Survey(Progress(12, 400, 0.0, None), "stopped", "Disk full: about 3 MB more are needed.")
    key = next(iter(loaded._digests))
    kept, loaded._surveys[key] = loaded._surveys.get(key), survey
    told = get(live, "/api/models/tiny_vgg/atlas")
    assert (told["state"], told["photos"], told["problem"]) == ("stopped", 12, survey.problem)
    assert kept is not None
    loaded._surveys[key] = dataclasses.replace(kept)
