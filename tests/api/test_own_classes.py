"""Classes of one's own over HTTP: the last layer, how it does on what it has not seen, and where it goes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from cnn_core.graph.trace import forward
from cnn_core.preprocess import to_tensor
from cnn_core.training.last_layer import solve
from tests.api.live import SMALL, Live, served, until
from tests.api.pictures import uploaded

OWN = "/api/training/own"
MODEL = "tiny_vgg"
STRANGER = 4


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with served(SMALL.model_copy(update={"data_folder": tmp_path_factory.mktemp("data")})) as running:
        yield running


def picture(seed: int, colour: int) -> Any:
    """A noisy picture in which one colour is stronger."""
    found = np.random.default_rng(seed).integers(0, 120, (40, 40, 3), np.uint8)
    found[..., colour] += 60
    return found


@pytest.fixture(scope="module")
def pictures() -> list[list[Any]]:
    """Nine reddish and ten bluish ones, among which one is reddish."""
    bluish = [picture(100 + n, 2) for n in range(10)]
    bluish[STRANGER] = picture(200, 0)
    return [[picture(n, 0) for n in range(9)], bluish]


@pytest.fixture(scope="module")
def question(lab: Live, pictures: list[list[Any]]) -> dict[str, Any]:
    images = [[uploaded(lab, each) for each in part] for part in pictures]
    named = zip(("mug", "cat"), images, strict=True)
    return {"model": MODEL, "classes": [{"name": name, "images": part} for name, part in named]}


def features(lab: Live, model: str, shown: list[Any]) -> Any:
    """What the last layer of the model reads of pictures, computed here."""
    loaded = lab.services.models._loaded[model].model
    x = np.concatenate([to_tensor(each, loaded.spec) for each in shown])
    return {record.node.name: record.output for record in forward(loaded.graph, loaded.parameters, x)}[
        "flatten"
    ]


def test_the_last_layer_is_that_of_the_networks_features(
    lab: Live, question: dict[str, Any], pictures: list[list[Any]]
) -> None:
    unknown = picture(7, 2)
    answer = lab.client.post(OWN, json={**question, "ask": uploaded(lab, unknown)})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    labels = np.repeat([0, 1], [9, 10])
    wanted = solve(features(lab, MODEL, [*pictures[0], *pictures[1]]), labels, 2)
    assert (found["right"], found["count"]) == (wanted.right, 19)
    scores = wanted.scores(features(lab, MODEL, [unknown])).astype(float)[0]
    assert found["shares"] == pytest.approx(np.exp(scores) / np.exp(scores).sum(), abs=1e-4)
    assert (found["learnt"], found["kept"]) == (2 * 1691, 19920 - 10 * 1691)
    wrong = np.flatnonzero(wanted.left_out.argmax(axis=1) != labels)
    shares = wanted.shares.max(axis=1)
    worst = wrong[shares[wrong].argmax()]
    assert worst == 9 + STRANGER
    mistake = found["mistake"]
    assert (mistake["name"], mistake["picture"], mistake["said"]) == ("cat", STRANGER, "mug")
    assert mistake["share"] == pytest.approx(shares[worst], abs=1e-4)


def test_an_untrained_network_in_its_place_is_the_control(lab: Live, question: dict[str, Any]) -> None:
    trained = lab.client.post(OWN, json=question).json()
    control = lab.client.post(OWN, json={**question, "model": f"{MODEL}~untrained-1"}).json()
    assert control["count"] == trained["count"]
    assert control["learnt"] == trained["learnt"]


def test_the_network_with_its_new_last_layer_opens_everywhere(lab: Live, question: dict[str, Any]) -> None:
    asked = question["classes"][1]["images"][0]
    shares = lab.client.post(OWN, json={**question, "ask": asked}).json()["shares"]
    made = lab.client.post(f"{OWN}/model", json=question)
    assert made.status_code == 201, made.text
    model = lab.client.get(f"/api/models/{made.json()['id']}").json()
    assert model["classes"] == ["mug", "cat"]
    assert "these objects, this room" in model["card"]["data"]
    assert model["accuracy"]["split"] == "each left out once"
    assert model["accuracy"]["top1"] == lab.client.post(OWN, json=question).json()["right"] / 19
    trace = lab.client.get(f"/api/traces/{model['id']}/{asked}").json()
    said = {each["label"]: each["probability"] for each in trace["top"]}
    assert [said["mug"], said["cat"]] == pytest.approx(shares, abs=1e-4)


def test_own_pictures_become_a_race(lab: Live, question: dict[str, Any]) -> None:
    task = lab.client.post(f"{OWN}/task", json=question).json()
    assert (task["classes"], task["counts"], task["picture"]) == (["mug", "cat"], [9, 10], [3, 32, 32])
    run = lab.client.post("/api/training/runs", json={"task": task["id"], "nets": ["cnn"]}).json()
    assert run["classes"] == ["mug", "cat"]


def test_all_layers_are_trained_on_in_the_background(lab: Live, question: dict[str, Any]) -> None:
    begun = lab.client.post(f"{OWN}/trainings", json={**question, "passes": 1})
    assert begun.status_code == 202, begun.text
    where = begun.headers["Location"]
    second = lab.client.post(f"{OWN}/trainings", json={**question, "passes": 1})
    assert (second.status_code, "another one is under way" in second.text) == (422, True)
    until(lambda: lab.client.get(where).json()["state"] != "running")
    told = lab.client.get(where).json()
    assert (told["state"], told["problem"]) == ("done", None)
    assert (told["step"], told["total"], told["count"]) == (2, 2, 2)  # 17 pictures in batches of 16
    model = lab.client.get(f"/api/models/{told['model']}").json()
    assert (model["classes"], model["accuracy"]["split"]) == (["mug", "cat"], "held back from training")
    assert model["accuracy"]["top1"] == told["right"] / 2
    assert f"named {told['before']} of 2 pictures right" in model["card"]["notes"]
    kernel = np.load(
        io.BytesIO(lab.client.get(f"/api/models/{told['model']}/parameters/conv_1_1.weight").content)
    )
    assert not np.array_equal(kernel, lab.services.models._loaded[MODEL].model.parameters["conv_1_1.weight"])


def test_a_training_that_is_stopped_leaves_nothing(lab: Live, question: dict[str, Any]) -> None:
    models = len(lab.client.get("/api/models").json())
    where = lab.client.post(f"{OWN}/trainings", json={**question, "passes": 100}).headers["Location"]
    assert lab.client.delete(where).status_code == 204
    assert lab.client.get(where).json()["state"] == "stopped"
    assert len(lab.client.get("/api/models").json()) == models
    assert lab.client.get(f"{OWN}/trainings/none").status_code == 404


@pytest.mark.parametrize("way", ["", "/model", "/task"])
def test_what_cannot_be_learnt_is_named(lab: Live, question: dict[str, Any], way: str) -> None:
    mug, cat = question["classes"]
    few = {"name": "rocket", "images": cat["images"][:3]}
    for classes, status, words in (
        ([mug], 422, "two are needed" if not way else "add another one"),
        ([mug, {"name": "mug", "images": cat["images"]}], 422, "a name of its own"),
        ([mug, {"name": "gone", "images": ["0" * 32]}], 404, "no longer has a picture of gone"),
        ([mug, few], 200 if not way else 422, "" if not way else "'rocket' has 3 of at least 8 pictures"),
    ):
        answer = lab.client.post(OWN + way, json={"model": MODEL, "classes": classes})
        assert answer.status_code == status, answer.text
        assert words in answer.text


def test_a_link_names_classes_and_equal_ones_have_one(lab: Live, question: dict[str, Any]) -> None:
    kept = lab.client.post(f"{OWN}/sets", json=question)
    assert kept.status_code == 201, kept.text
    assert lab.client.get(kept.headers["Location"]).json() == question
    assert lab.client.post(f"{OWN}/sets", json=question).json() == kept.json()
    other = {**question, "model": "resnet"}
    assert lab.client.post(f"{OWN}/sets", json=other).json() != kept.json()
    (name,) = [each.name for each in lab.services.own_sets.blobs.entries() if kept.json()["id"] in each.name]
    lab.services.own_sets.blobs.write(name, b"{}")  # bytes that its name does not stand for
    assert lab.client.get(kept.headers["Location"]).status_code == 404


@pytest.mark.parametrize("name", ["0123456789abcdef", "..%2fraces", "x" * 16])
def test_classes_there_are_not_are_said_to_be_gone(lab: Live, name: str) -> None:
    answer = lab.client.get(f"{OWN}/sets/{name}")
    assert answer.status_code == 404


def test_only_so_many_are_kept(lab: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab.services.own_sets, "most", 2)
    for name in "abc":
        told = lab.client.post(f"{OWN}/sets", json={"classes": [{"name": name, "images": []}]})
        assert told.status_code == 201, told.text
    assert len(lab.services.own_sets.blobs.entries()) == 2
    assert lab.client.get(told.headers["Location"]).status_code == 200
