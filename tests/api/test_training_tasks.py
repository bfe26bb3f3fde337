"""Pictures that people bring to learn from, and test pictures of their own: kept, shown, and refused."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from cnn_core.preprocess import InputSpec, to_tensor
from cnn_core.training.race.race import Race
from tests.api.live import SMALL, Live, served
from tests.api.pictures import encoded, uploaded
from tests.api.sockets import decoded
from tests.core.training.test_brought import LABELS, PICTURES, idx

TASKS = "/api/training/tasks"
RUNS = "/api/training/runs"
MNIST = {
    "train-images-idx3-ubyte.gz": gzip.compress(idx(PICTURES)),
    "train-labels-idx1-ubyte": idx(LABELS),
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    settings = SMALL.model_copy(
        update={"data_folder": tmp_path_factory.mktemp("data"), "training_upload_bytes": 200_000}
    )
    with served(settings) as running:
        yield running


def bring(lab: Live, files: dict[str, bytes]) -> httpx.Response:
    return lab.client.post(TASKS, files=[("file", (name, data)) for name, data in files.items()])


def brought(lab: Live, files: dict[str, bytes]) -> dict[str, Any]:
    answer = bring(lab, files)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def photos(classes: dict[str, int]) -> dict[str, bytes]:
    """A folder of class folders of pictures of one colour each, as a browser sends it."""
    return {
        f"mine/{name}/{n}.png": encoded(np.full((40, 40, 3), (40 * at, n, 9), np.uint8))
        for at, (name, count) in enumerate(classes.items())
        for n in range(count)
    }


def test_mnist_is_learnt_from_the_files_that_were_dropped(lab: Live) -> None:
    task = brought(lab, MNIST)
    assert (task["classes"], task["counts"], task["picture"]) == (["0", "3"], [20, 20], [1, 28, 28])
    assert task["settings"]["optimizer"] == "adam"
    made = lab.client.post(RUNS, json={"task": task["id"], "settings": task["settings"], "nets": ["cnn"]})
    run = made.json()
    assert (run["task"], run["train"], run["test"]) == (task["id"], 32, 8)
    pixels = decoded(lab.client.get(f"{RUNS}/{run['id']}/pictures").content)
    known = {picture.tobytes(): label for picture, label in zip(PICTURES, LABELS // 3, strict=True)}
    shown = pixels["pixels"].reshape(-1, 28, 28)
    assert [known[picture.tobytes()] for picture in shown] == pixels["labels"].tolist()


def test_a_folder_of_photos_is_raced_in_colour_with_the_classes_that_were_chosen(lab: Live) -> None:
    task = brought(lab, {**photos({"cat": 10, "dog": 10, "yak": 10}), "mine/cat/notes.txt": b"no picture"})
    assert (task["title"], task["counts"], task["picture"]) == ("mine", [10, 10, 10], [3, 32, 32])
    assert (task["skipped_count"], task["skipped"][0].split(":")[0]) == (1, "mine/cat/notes.txt")
    listed = lab.client.get(TASKS).json()
    assert [each["id"] for each in listed[:2]] == ["shapes", "digits"]
    assert task["id"] in [each["id"] for each in listed]
    body = {
        "task": task["id"],
        "classes": ["cat", "yak"],
        "settings": task["settings"],
        "nets": ["cnn", "mlp"],
    }
    run = lab.client.post(RUNS, json=body).json()
    assert (run["classes"], run["picture"]) == (["cat", "yak"], [3, 32, 32])
    assert run["nets"][0]["layers"]["conv_1"] == [16, 3, 7, 7]
    lab.client.post(f"{RUNS}/{run['id']}/orders", json={"order": "step"})
    seen = decoded(lab.client.get(f"{RUNS}/{run['id']}/look?step=1&row=6&column=6&channel=2").content)
    assert seen["gradient"]["places"] == [16, 16]
    assert seen["gradient"]["agrees"]
    film = decoded(lab.client.get(f"{RUNS}/{run['id']}/film?net=cnn&filter=3").content)
    first = Race(lab.services.races.folder / run["id"]).state_at("cnn", 0).parameters["conv_1.weight"][3]
    assert film["shape"] == [3, 7, 7]
    assert np.array_equal(film["weights"][:147], first.ravel())
    sample = decoded(lab.client.get(f"{TASKS}/{task['id']}/pictures?count=3").content)
    assert sample["labels"].tolist() == [0, 1, 2]


def test_brought_pictures_survive_the_server_and_can_be_forgotten(lab: Live) -> None:
    task = brought(lab, photos({"a": 9, "b": 9}))["id"]
    with served(lab.services.settings) as second:
        assert task in [each["id"] for each in second.client.get(TASKS).json()]
        assert second.client.delete(f"{TASKS}/{task}").status_code == 204
        assert second.client.delete(f"{TASKS}/{task}").status_code == 404
        assert second.client.post(RUNS, json={"task": task}).status_code == 404


@pytest.mark.parametrize(
    ("files", "status", "words"),
    [
        (
            {"train-images-idx3-ubyte.gz": MNIST["train-images-idx3-ubyte.gz"]},
            422,
            "came alone; bring the labels",
        ),
        ({"notes.txt": b"hello"}, 422, "'notes.txt': wanted a folder, a zip of class folders or an npz"),
        ({"broken.npz": b"PK"}, 422, "'broken.npz': this npz cannot be read"),
        ({"a.png": encoded(np.zeros((9, 9, 3), np.uint8)), "b.png": b""}, 422, "no class folders in it"),
        (photos({"only": 9}), 422, "at least 2 classes are needed"),
        ({"../../etc/x.png": b"x"}, 422, "cannot be called '../../etc/x.png'"),
        ({"large.npz": bytes(5_000_000)}, 413, "more than 200,000 bytes"),
    ],
)
def test_files_that_nothing_can_be_learnt_from_are_named(
    lab: Live, files: dict[str, bytes], status: int, words: str
) -> None:
    answer = bring(lab, files)
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert "/tmp" not in answer.json()["detail"]


def test_too_few_pictures_of_a_class_are_named_when_a_race_begins(lab: Live) -> None:
    task = brought(lab, photos({"cat": 9, "dog": 3}))["id"]
    answer = lab.client.post(RUNS, json={"task": task})
    assert answer.status_code == 422
    assert "class 'dog' has 3 of at least 8 pictures" in answer.json()["detail"]


def test_a_drawn_picture_is_what_the_network_sees(lab: Live) -> None:
    run = lab.client.post(RUNS, json={"nets": ["cnn", "mlp-shuffled"]}).json()["id"]
    drawn = np.zeros((28, 28, 3), np.uint8)
    drawn[5:20, 12:15] = 255
    image = uploaded(lab, drawn)
    race = Race(lab.services.races.folder / run)
    x = to_tensor(drawn, InputSpec(1, 28, 28))
    for net, node in (("cnn", "relu_1"), ("mlp-shuffled", "relu_1")):
        found = decoded(lab.client.get(f"{RUNS}/{run}/look?step=0&net={net}&drawn={image}").content)["panel"]
        wanted = race.learners[net].answers(race.state_at(net, 0).parameters, x, (node, "softmax"))
        assert np.array_equal(found["maps"], wanted[node].ravel())
        assert np.array_equal(found["answer"], wanted["softmax"].ravel())
        assert found["label"] is None
    moved = decoded(lab.client.get(f"{RUNS}/{run}/look?step=0&drawn={image}&dx=2").content)["panel"]["seen"]
    assert np.array_equal(moved.reshape(28, 28)[:, 2:], x[0, 0, :, :-2])
    gone = lab.client.get(f"{RUNS}/{run}/look?step=0&drawn={'0' * 32}")
    assert (gone.status_code, "draw it again" in gone.text) == (404, True)


def test_an_npz_goes_in_as_it_is(lab: Live) -> None:
    file = io.BytesIO()
    np.savez_compressed(file, images=PICTURES, labels=LABELS)
    task = brought(lab, {"some-digits.npz": file.getvalue()})
    assert (task["title"], task["classes"], task["drawn"]) == ("some-digits", ["0", "3"], False)
