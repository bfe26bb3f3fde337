"""The shift lab over HTTP: known answers, the sweep, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from app.services import shift_service
from cnn_core.models import load_model, trace
from tests.api.live import Live
from tests.api.pictures import noise, uploaded
from tests.api.sockets import sample

EXACT_ALWAYS = ("input", "conv_1_1", "relu_1_1", "conv_1_2", "relu_1_2")
EXACT_IN_TWOS = ("max_pool_1", "conv_2_1", "relu_2_1", "conv_2_2", "relu_2_2")
EXACT_IN_FOURS = ("max_pool_2",)
MAPS = (*EXACT_ALWAYS, *EXACT_IN_TWOS, *EXACT_IN_FOURS)


@pytest.fixture
def cat(live: Live) -> str:
    return sample(live)


def measured(live: Live, image: str, **body: Any) -> dict[str, Any]:
    response = live.client.post("/api/equivariance", json={"model": "tiny_vgg", "image": image, **body})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def errors(answer: dict[str, Any]) -> dict[str, float]:
    return {node["node"]: node["error"] for node in answer["nodes"]}


@pytest.mark.parametrize(("dx", "dy"), [(1, 0), (0, -2), (3, -2), (4, 8), (-7, 0), (2, 4)])
def test_as_trained_a_layer_is_exact_at_multiples_of_its_stride_only(
    live: Live, cat: str, dx: int, dy: int
) -> None:
    for node in measured(live, cat, dx=dx, dy=dy)["nodes"]:
        stride = 1 if node["node"] in EXACT_ALWAYS else 2 if node["node"] in EXACT_IN_TWOS else 4
        exact = dx % stride == dy % stride == 0

        assert node["stride"] == [stride, stride]
        assert node["move"] == [dy / stride, dx / stride]
        assert node["interpolated"] is not exact
        assert node["exact"] is exact, node
        assert (node["error"] == 0.0) is exact
        assert (node["differing"] == 0) is exact


@pytest.mark.parametrize("border", ["zeros", "wrap", "reflect"])
def test_stride_one_is_exact_with_every_border(live: Live, cat: str, border: str) -> None:
    for node in measured(live, cat, dx=5, dy=-3, border=border, nodes=EXACT_ALWAYS)["nodes"]:
        values = (3 if node["node"] == "input" else 10) * 64 * 64
        assert node["compared"] + node["left_out"] == values
        assert (node["left_out"] == 0) is (border == "wrap")
        assert node["differing_inside"] == 0
        assert node["error_inside"] == 0.0
        if border == "wrap":
            assert node["error"] == 0.0
            assert node["exact"]


def test_the_values_that_depend_on_exposed_pixels_are_left_out(live: Live, cat: str) -> None:
    nodes = {node["node"]: node for node in measured(live, cat, dx=3, dy=0)["nodes"]}

    assert nodes["input"]["left_out"] == 3 * 3 * 64
    # A valid 3x3 convolution reads two columns more, and its map is two columns narrower.
    assert nodes["conv_1_1"]["left_out"] == 10 * 3 * 62
    assert nodes["conv_1_2"]["left_out"] == 10 * 3 * 60
    assert nodes["conv_1_2"]["compared"] == 10 * 57 * 60


def test_at_rest_everything_agrees(live: Live, cat: str) -> None:
    answer = measured(live, cat)

    assert set(errors(answer).values()) == {0.0}
    assert answer["probabilities"]["before"] == answer["probabilities"]["after"]
    assert answer["changes"] == []


def test_the_maps_named_are_measured_in_their_order(live: Live, cat: str) -> None:
    assert tuple(errors(measured(live, cat, dx=1))) == MAPS
    assert list(errors(measured(live, cat, dx=1, nodes=["max_pool_2", "conv_1_1"]))) == [
        "max_pool_2",
        "conv_1_1",
    ]


def test_a_pooling_that_was_not_trained_is_said_to_be(live: Live, cat: str) -> None:
    trained = measured(live, cat, dx=1, border="wrap")
    same = measured(live, cat, dx=1, border="wrap", pooling="max")
    blurred = measured(live, cat, dx=1, border="wrap", pooling="blur5")

    assert same["nodes"] == trained["nodes"]
    assert same["changes"] == trained["changes"]
    assert len(blurred["changes"]) > len(trained["changes"])
    assert blurred["probabilities"] == trained["probabilities"]
    assert 0 < errors(blurred)["max_pool_1"] < errors(trained)["max_pool_1"]


def test_the_probabilities_are_those_of_the_trace(live: Live, cat: str) -> None:
    found = measured(live, cat, dx=2)["probabilities"]
    summary = live.client.get(f"/api/traces/tiny_vgg/{cat}").json()

    assert len(found["labels"]) == len(found["before"]) == len(found["after"]) == 10
    for entry in summary["top"]:
        before = found["before"][found["labels"].index(entry["label"])]
        assert before == entry["probability"]
    largest = np.maximum(found["before"], found["after"])
    assert found["top"] == np.argsort(-largest)[:3].tolist()


def test_before_the_photo_moves_the_answer_is_that_of_the_trace_and_no_pass_is_made_for_it(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = uploaded(live, noise(64, 64, seed=23))
    top = live.client.get(f"/api/traces/tiny_vgg/{image}").json()["top"]
    passes: list[object] = []
    run = shift_service._probabilities

    def counted(*given: Any) -> Any:
        passes.append(given)
        return run(*given)

    monkeypatch.setattr(shift_service, "_probabilities", counted)
    found = measured(live, image, dx=0)["probabilities"]
    assert max(found["before"]) == top[0]["probability"]
    assert not passes
    measured(live, image, dx=1)
    assert len(passes) == 1


def test_after_a_shift_the_probabilities_are_those_of_the_shifted_photo(live: Live) -> None:
    pixels = noise(64, 64)
    moved = np.zeros_like(pixels)
    moved[:, 5:] = pixels[:, :-5]
    model = load_model("tiny_vgg")
    wanted = trace(model, moved).output.reshape(-1)
    found = measured(live, uploaded(live, pixels), dx=5, border="zeros")["probabilities"]

    assert found["fill"] == "zeros"
    np.testing.assert_allclose(found["after"], wanted, atol=1e-6)


def test_what_is_kept_is_not_taken_for_something_else(live: Live, cat: str) -> None:
    found = [
        measured(live, cat, **shift)["probabilities"]["after"]
        for shift in ({"dx": 2}, {"dy": 2}, {"dx": 2, "dy": 2}, {"dx": 2, "border": "wrap"})
    ]

    assert len({tuple(probabilities) for probabilities in found}) == 4


def test_a_large_canvas_runs_the_layers_that_have_maps(live: Live, cat: str) -> None:
    answer = measured(live, cat, dx=50, size=96, nodes=["conv_1_2", "max_pool_1"])

    assert answer["size"] == [96, 96]
    assert answer["probabilities"] is None
    assert "96\u00d796 pixels instead of 64\u00d764" in answer["changes"][-1]
    assert [node["exact"] for node in answer["nodes"]] == [True, True]
    assert answer["nodes"][0]["compared"] == 10 * 92 * 42


def test_a_crop_is_part_of_the_question(live: Live, cat: str) -> None:
    whole = measured(live, cat, dx=1)
    part = measured(live, cat, dx=1, crop=[10, 20, 100])

    assert part["crop"] == {"left": 10, "top": 20, "width": 100, "height": 100}
    assert errors(part)["max_pool_1"] != errors(whole)["max_pool_1"]


def test_a_sweep_holds_every_shift(live: Live, cat: str) -> None:
    body = {"model": "tiny_vgg", "image": cat, "border": "reflect", "max_shift": 2}
    sweep = live.client.post("/api/equivariance/sweep", json=body).json()
    top = np.array(sweep["top"])
    summary = sweep["summary"]

    assert top.shape == np.shape(sweep["probability"]) == (5, 5)
    assert sweep["fill"] == "reflect"
    assert summary["class_index"] == top[2, 2]
    assert summary["label"] == sweep["labels"][top[2, 2]]
    assert summary["shifts"] == 24
    assert summary["flips"] == (top != top[2, 2]).sum()
    assert summary["flip_rate"] == summary["flips"] / 24
    assert summary["consistency"] == (top.reshape(-1, 1) == top.reshape(1, -1)).mean()
    for dx, dy in ((-2, 1), (2, 2), (0, 0)):
        one = measured(live, cat, dx=dx, dy=dy, border="reflect", nodes=[])["probabilities"]["after"]
        assert math.isclose(sweep["probability"][dy + 2][dx + 2], one[top[2, 2]], abs_tol=1e-6)
        assert np.argmax(one) == top[dy + 2, dx + 2]


BAD = {
    "no JSON": ("{", 422, "cannot be read as JSON"),
    "binary": (b"\xff\x00\xfe", 422, "cannot be read as JSON"),
    "deep": ("[" * 50_000, 422, "cannot be read as JSON"),
    "a list": ("[]", 422, "The request"),
    "nothing": ("{}", 422, "model: field required. image: field required."),
    "megabytes": ("x" * 2_000_000, 413, "more than 65536 bytes"),
    "no such model": ({"model": "vgg99"}, 404, "There is no model 'vgg99'; models: "),
    "no such image": ({"image": "x"}, 404, "upload it again"),
    "no such node": ({"nodes": ["conv_9"]}, 404, "with a map: input, conv_1_1"),
    "a node without a map": ({"nodes": ["softmax"]}, 422, "no map that could move"),
    "shift as a text": ({"dx": "3"}, 422, "dx: input should be a valid integer, got '3'"),
    "half a pixel": ({"dx": 0.5}, 422, "dx: input should be a valid integer"),
    "shift not a number": ('{"dx": NaN}', 422, "dx: input should be a valid integer"),
    "shift without end": ('{"dy": 1e999}', 422, "dy: input should be a valid integer"),
    "yes as a shift": ({"dx": True}, 422, "dx: input should be a valid integer"),
    "out of the picture": ({"dx": -64}, 422, "dx must be -63 to 63"),
    "far out": ({"dy": 10**40}, 422, "dy must be -63 to 63"),
    "border": ({"border": "mirror"}, 422, "border: input should be 'trained', 'zeros', 'wrap' or 'reflect'"),
    "pooling": ({"pooling": 3}, 422, "pooling: input should be"),
    "crop too short": ({"crop": [1, 2]}, 422, "crop: "),
    "crop outside": ({"crop": [0, 0, 100_000]}, 422, "leaves the image"),
    "canvas too large": ({"size": 4096}, 422, "size: input should be less than or equal to 256"),
    "unheard of": ({"shift": 3}, 422, "shift: extra inputs are not permitted"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_requests_are_refused_with_a_reason(live: Live, cat: str, name: str) -> None:
    body, status, reason = BAD[name]
    if isinstance(body, dict):
        response = live.client.post("/api/equivariance", json={"model": "tiny_vgg", "image": cat, **body})
    else:
        response = live.client.post("/api/equivariance", content=body)

    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert reason in response.json()["detail"]


@pytest.mark.parametrize("max_shift", [0, 9, "8", None])
def test_a_sweep_that_is_too_large_or_none_is_refused(live: Live, cat: str, max_shift: object) -> None:
    body = {"model": "tiny_vgg", "image": cat, "max_shift": max_shift}
    response = live.client.post("/api/equivariance/sweep", json=body)

    assert response.status_code == 422
    assert "max_shift: input should be" in response.json()["detail"]
