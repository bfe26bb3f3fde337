"""The training lab over HTTP: races in processes of their own, every number held against their arrays."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import safetensors.numpy
from websockets.sync.client import connect

from app.services.uploaded_models import content_id
from cnn_core.training.race.folder import RunFolder
from cnn_core.training.race.gradient import TOLERANCE
from cnn_core.training.race.race import Race
from tests.api.live import SMALL, Live, served, until
from tests.api.pictures import uploaded
from tests.api.sockets import decoded

RUNS = "/api/training/runs"
SETTINGS = {"batch": 16, "passes": 1}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    settings = SMALL.model_copy(
        update={"data_folder": tmp_path_factory.mktemp("data"), "training_processes": 1}
    )
    with served(settings) as running:
        yield running


def message(answer: httpx.Response) -> dict[str, Any]:
    """The JSON of a frame, with its arrays in their places."""
    assert answer.status_code == 200, answer.text
    return decoded(answer.content)


def begun(lab: Live, **members: Any) -> str:
    answer = lab.client.post(RUNS, json={"settings": SETTINGS, "nets": ["cnn", "mlp"], **members})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def order(lab: Live, run: str, name: str, /, **members: Any) -> dict[str, Any]:
    answer = lab.client.post(f"{RUNS}/{run}/orders", json={"order": name, **members})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def told(lab: Live, run: str) -> dict[str, Any]:
    return dict(lab.client.get(f"{RUNS}/{run}").json())


def folder(lab: Live, run: str) -> Path:
    return lab.services.races.folder / run


@pytest.fixture(scope="module")
def walked(lab: Live) -> str:
    """A race of a few single steps."""
    run = begun(lab)
    for _ in range(6):
        order(lab, run, "step")
    return run


def test_a_race_begins_with_nets_of_one_size(lab: Live) -> None:
    made = told(lab, begun(lab))
    assert [net["parameters"] for net in made["nets"]] == [6148, 6316]
    assert (made["step"], made["total"], made["running"], made["train"]) == (0, 125, False, 2000)
    assert made["nets"][0]["layers"]["conv_2"] == [16, 8, 3, 3]
    assert made["nets"][0]["places"]["conv_1"] == [24, 24]


def test_the_map_of_a_weight_adds_up_to_what_the_optimizer_used(lab: Live, walked: str) -> None:
    asked = {"step": 6, "layer": "conv_1", "filter": 2, "row": 1, "column": 3, "picture": 4}
    seen = message(lab.client.get(f"{RUNS}/{walked}/look", params=asked))
    found = seen["gradient"]
    assert found["places"] == [24, 24]
    assert found["images"] == 16
    assert abs(sum(found["products"]) - found["used"]) <= TOLERANCE * found["largest"]
    assert found["agrees"]
    assert found["replayed"]
    assert np.array_equal(found["delta"].astype(float) * found["input"], found["one"])
    race = Race(folder(lab, walked))
    weight = race.state_at("cnn", 6).parameters["conv_1.weight"]
    assert found["update"]["after"] == weight[2, 0, 1, 3]
    assert np.array_equal(seen["panel"]["weights"], weight.ravel())
    assert found["update"]["before"] == race.state_at("cnn", 5).parameters["conv_1.weight"][2, 0, 1, 3]


def test_a_weight_of_the_mlp_has_one_place(lab: Live, walked: str) -> None:
    seen = message(lab.client.get(f"{RUNS}/{walked}/look?step=6&net=mlp&unit=2&pixel=300"))
    assert seen["place"]["places"] == [1, 1]
    assert len(seen["place"]["products"]) == 1
    assert seen["place"]["agrees"]
    assert seen["panel"]["shape"] == [8, 784]


def test_maps_and_answer_are_those_of_the_network_at_that_step(lab: Live, walked: str) -> None:
    seen = message(lab.client.get(f"{RUNS}/{walked}/look?step=3&image=7&dx=2&panel=conv_2"))
    race = Race(folder(lab, walked))
    x = np.zeros((1, 1, 28, 28), np.float32)
    x[..., 2:] = race.task.test[7:8, :, :, :-2]
    parameters = race.state_at("cnn", 3).parameters
    outputs = race.learners["cnn"].answers(parameters, x, ("relu_2", "softmax"))
    assert np.array_equal(seen["panel"]["maps"], outputs["relu_2"].ravel())
    assert np.array_equal(seen["panel"]["answer"], outputs["softmax"].ravel())
    assert seen["panel"]["maps_shape"] == [16, 10, 10]


def test_scores_film_and_pictures(lab: Live, walked: str) -> None:
    scores = message(lab.client.get(f"{RUNS}/{walked}/scores?step=5"))
    rows = {(row.net, row.step): row.right for row in RunFolder(folder(lab, walked)).scores()}
    assert scores["right"] == rows["cnn", 5] == np.trace(scores["confusion"])
    pictures = message(lab.client.get(f"{RUNS}/{walked}/pictures"))
    assert np.count_nonzero(scores["said"] == pictures["labels"]) == scores["right"]
    film = message(lab.client.get(f"{RUNS}/{walked}/film?filter=2"))
    assert film["steps"][0] == 0
    assert film["steps"][-1] == RunFolder(folder(lab, walked)).kept("cnn")[-1]
    states = [RunFolder(folder(lab, walked)).load("cnn", step) for step in film["steps"]]
    wanted = np.stack([state.parameters["conv_1.weight"][2, 0] for state in states])
    assert np.array_equal(film["weights"].reshape(wanted.shape), wanted)
    unit = message(lab.client.get(f"{RUNS}/{walked}/film?net=mlp&layer=dense_1&filter=1"))
    assert unit["shape"] == [28, 28]
    answer = lab.client.get(f"{RUNS}/{walked}/steps.csv")
    assert answer.text.splitlines()[0] == "net,step,loss,accuracy,rate,milliseconds"
    curve = lab.client.get(f"{RUNS}/{walked}/shifts?step=5&net=mlp").json()
    assert curve["right"][8] == rows["mlp", 5] / 500


def test_a_race_runs_pauses_goes_back_and_on(lab: Live) -> None:
    run = begun(lab)
    order(lab, run, "go")
    until(lambda: told(lab, run)["step"] >= 12)
    assert not order(lab, run, "pause")["running"]
    order(lab, run, "back", step=9)
    assert told(lab, run)["step"] == 9
    changed = order(lab, run, "change", name="rate", value=0.01)
    assert changed["changes"] == [{"step": 9, "name": "rate", "before": 0.05, "after": 0.01}]
    order(lab, run, "step")
    undone = order(lab, run, "undo", change=0)
    assert (undone["step"], undone["changes"], undone["settings"]["rate"]) == (9, [], 0.05)
    for _ in range(3):
        order(lab, run, "step")
    straight = begun(lab)
    for _ in range(12):
        order(lab, straight, "step")
    ends = [RunFolder(folder(lab, name)).load("cnn", 12).parameters for name in (run, straight)]
    assert all(ends[0][name].tobytes() == ends[1][name].tobytes() for name in ends[0])


def test_one_race_too_many_waits_for_its_turn(lab: Live) -> None:
    first, second = begun(lab), begun(lab)
    order(lab, first, "pace", slow=True)
    order(lab, first, "go")
    waiting = order(lab, second, "go")
    assert (waiting["queued"], waiting["running"]) == (1, False)
    order(lab, first, "pause")
    until(lambda: told(lab, second)["running"])
    order(lab, second, "pause")


def test_a_killed_process_is_told_and_the_race_goes_on(lab: Live) -> None:
    run = begun(lab)
    order(lab, run, "go")
    until(lambda: told(lab, run)["step"] >= 4)
    os.kill(lab.services.races._loaded[run]._process.pid, signal.SIGKILL)
    until(lambda: not told(lab, run)["running"])
    assert "ended from outside" in told(lab, run)["problem"]
    after = order(lab, run, "step")
    assert after["problem"] is None
    assert after["step"] > 3
    assert Race(folder(lab, run)).step == after["step"]


def test_a_page_follows_a_race_and_gets_only_what_is_new(lab: Live, walked: str) -> None:
    address = f"ws://127.0.0.1:{lab.port}/api/live/training"
    with connect(address, compression=None, max_size=None) as socket:
        socket.send(json.dumps({"seq": 1, "run": walked}))
        first = decoded(socket.recv())
        assert first["run"]["step"] == 6
        assert first["steps"].tolist() == [n for n in range(1, 7) for _ in range(2)]
        order(lab, walked, "step")
        while (news := decoded(socket.recv()))["run"]["step"] < 7:
            pass
        assert set(news["steps"].tolist()) == {7}
        assert news["from_rows"] == 12


def opened(lab: Live, run: str, net: str, step: int) -> dict[str, Any]:
    """A network of a race among the models."""
    answer = lab.client.post(f"{RUNS}/{run}/nets/{net}/model?step={step}")
    assert answer.status_code == 201, answer.text
    return dict(lab.client.get(f"/api/models/{answer.json()['id']}").json())


def parameter(lab: Live, model: str, name: str) -> Any:
    return np.load(io.BytesIO(lab.client.get(f"/api/models/{model}/parameters/{name}").content))


def test_a_trained_network_becomes_a_model_with_a_card_and_a_file(lab: Live, walked: str) -> None:
    model = opened(lab, walked, "cnn", 5)
    held = RunFolder(folder(lab, walked)).load("cnn", 5).parameters
    assert model["classes"] == ["circle", "square", "triangle", "cross"]
    rows = {(row.net, row.step): row.right for row in RunFolder(folder(lab, walked)).scores()}
    assert model["title"] == f"CNN of Shapes, step 5, {100 * rows['cnn', 5] / 500:.1f} % right"
    assert (model["accuracy"]["top1"], model["accuracy"]["n"]) == (rows["cnn", 5] / 500, 500)
    card = model["card"]
    assert card["command"] == "convscope race shapes --set batch=16 --set passes=1"
    assert (card["epochs"], card["notes"]) == (1, "After 5 steps, 80 pictures shown.")
    data = lab.client.get(f"{RUNS}/{walked}/nets/cnn.safetensors?step=5").content
    assert all(np.array_equal(value, held[name]) for name, value in safetensors.numpy.load(data).items())
    assert np.array_equal(parameter(lab, model["id"], "conv_1.weight"), held["conv_1.weight"])
    data = lab.client.get(f"{RUNS}/{walked}/nets/cnn.onnx?step=5").content
    assert content_id(data) == model["id"]


def test_two_steps_of_a_network_stand_beside_each_other(lab: Live, walked: str) -> None:
    a, b = opened(lab, walked, "cnn", 0), opened(lab, walked, "cnn", 6)
    assert a["card"]["epochs"] == 0
    image = uploaded(lab, np.zeros((28, 28, 3), np.uint8))
    asked = {"model_b": b["id"], "image_b": image, "crop_b": "0,0,28"}
    found = lab.client.get(f"/api/traces/{a['id']}/{image}/comparison", params=asked).json()
    assert [layer["a"] for layer in found["layers"]][:2] == ["input", "conv_1"]
    race = Race(folder(lab, walked))
    zeros = np.zeros((1, 1, 28, 28), np.float32)
    first, second = (
        race.learners["cnn"].answers(race.state_at("cnn", step).parameters, zeros)["softmax"][0]
        for step in (0, 6)
    )
    assert found["answer_a"][0]["probability"] == pytest.approx(first.max(), abs=1e-6)
    assert found["answer_b"][0]["probability"] == pytest.approx(second.max(), abs=1e-6)


def test_a_network_of_shuffled_pixels_opens_too_and_says_what_it_is(lab: Live) -> None:
    run = begun(lab, nets=["mlp-shuffled"])
    order(lab, run, "step")
    model = opened(lab, run, "mlp-shuffled", 1)
    assert model["title"].startswith("MLP, pixels shuffled of Shapes, step 1, ")
    assert "one other order" in model["card"]["data"]
    assert "as they are they mean nothing" in model["card"]["notes"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("look?step=99", 422, "no net has made step 99"),
        ("look?step=2&panel=relu_1", 422, "no weights in 'relu_1'"),
        ("look?step=2&filter=8", 422, "conv_1.weight has shape (8, 1, 5, 5)"),
        ("look?step=2&net=cnn-shuffled", 422, "cnn-shuffled does not take part"),
        ("film?filter=9", 422, "has 8 filters"),
        ("scores?step=2&dx=9", 422, "dx"),
        ("nets/vgg.onnx?step=1", 422, "vgg does not take part"),
    ],
)
def test_what_is_not_there_is_said(lab: Live, walked: str, path: str, status: int, words: str) -> None:
    answer = lab.client.get(f"{RUNS}/{walked}/{path}")
    assert answer.status_code == status
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"task": "faces"}, 404, "tasks: shapes, digits"),
        ({"nets": ["vgg"]}, 422, "no net 'vgg'"),
        ({"settings": {"rate": -1}}, 422, "rate must be a number"),
        ({"settings": {"batch": 1, "passes": 1000}}, 422, "at most 20,000 steps"),
        ({"colour": 1}, 422, "colour"),
    ],
)
def test_races_that_cannot_be_are_refused(lab: Live, body: dict[str, Any], status: int, words: str) -> None:
    answer = lab.client.post(RUNS, json=body)
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_orders_that_make_no_sense_are_refused(lab: Live, walked: str) -> None:
    for body, words in (
        ({"order": "jump"}, "order"),
        ({"order": "back"}, "needs step"),
        ({"order": "back", "step": 400}, "steps to go back to are 0 to"),
        ({"order": "change", "name": "speed", "value": 3}, "no setting 'speed'"),
        ({"order": "enter", "nets": []}, "at least one net"),
        ({"order": "undo", "change": 7}, "no change 7"),
    ):
        answer = lab.client.post(f"{RUNS}/{walked}/orders", json=body)
        assert answer.status_code == 422
        assert words in answer.json()["detail"]
    assert lab.client.get(f"{RUNS}/nothere12345").status_code == 404
    assert lab.client.get(f"{RUNS}/..%2F..").status_code == 404


def test_a_race_survives_the_server(tmp_path: Path) -> None:
    settings = SMALL.model_copy(update={"data_folder": tmp_path})
    with served(settings) as first:
        run = begun(first)
        for _ in range(2):
            order(first, run, "step")
    with served(settings) as second:
        assert told(second, run)["step"] == 2
        assert order(second, run, "step")["step"] == 3
        assert second.client.delete(f"{RUNS}/{run}").status_code == 204
        assert second.client.get(f"{RUNS}/{run}").status_code == 404
        assert run not in second.client.get(RUNS).json()
