"""Runs of ``convscope train`` over HTTP: what is told of them is what lies in their folders, and no more."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.services.locks import locked
from app.services.training_runs import run as training_run
from app.services.training_runs.run import TRAINER_LOCK
from cnn_core.training.loop import EpochEnd
from cnn_core.training.race.folder import RunFolder, StepRow
from cnn_core.training.recipes import Recipe
from cnn_core.training.runs import run_in
from tests.api.live import SMALL, Live, served
from tests.api.test_training import message
from tests.core.training.problems import SPEC, small_network, stripes

TRAINED = "/api/training/trained"
EPOCHS = 3


def run(folder: Path, epochs: int = EPOCHS, stop: int | None = None, **options: Any) -> None:
    """Train a small network on stripes; or stop dead after so many steps."""
    recipe = Recipe(epochs=epochs, batch=16)
    records = run_in(
        folder, small_network(), SPEC, stripes(), recipe, validation=stripes(20, seed=3), **options
    )
    for record in records:
        if not isinstance(record, EpochEnd) and record.step == stop:
            break


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    data = tmp_path_factory.mktemp("data")
    run(data / "runs" / "stripes", name="small", command="convscope train small --data stripes")
    with served(SMALL.model_copy(update={"data_folder": data})) as running:
        yield running


def folder_of(lab: Live, name: str = "stripes") -> Path:
    return Path(lab.services.training_runs.folder) / name


def rows(lab: Live, name: str, **known: int) -> dict[str, Any]:
    return message(lab.client.get(f"{TRAINED}/{name}/rows", params=known))


def test_a_run_is_told_as_its_folder_says(lab: Live) -> None:
    files = RunFolder(folder_of(lab))
    told = lab.client.get(f"{TRAINED}/stripes").json()
    assert (told["id"], told["net"], told["command"]) == (
        "stripes",
        "small",
        "convscope train small --data stripes",
    )
    assert (told["images"], told["measured"]) == (len(stripes()), 20)
    assert told["kept"] == files.kept("small")
    assert told["step"] == told["total"] == len(files.steps())
    assert told["recipe"]["epochs"] == EPOCHS
    assert told["parameters"] == small_network().total_cost().parameters
    assert not told["running"]
    assert {"id": "stripes", "net": "small", "running": False} in lab.client.get(TRAINED).json()
    new = rows(lab, "stripes")
    for name, key in (("losses", "loss"), ("accuracies", "accuracy"), ("rates", "rate")):
        assert np.array_equal(new[name], np.array([getattr(row, key) for row in files.steps()], np.float32))
    assert new["scores"] == [[row.step, row.right, row.count] for row in files.scores()]
    table = lab.client.get(f"{TRAINED}/stripes/metrics.csv")
    assert table.text == (folder_of(lab) / "metrics.csv").read_text()


def test_filters_and_film_are_the_weights_that_were_kept(lab: Live) -> None:
    files, layers = RunFolder(folder_of(lab)), lab.client.get(f"{TRAINED}/stripes").json()["layers"]
    for layer, (filters, channels, *_) in layers.items():
        asked = {"step": 5, "layer": layer, "filter": filters - 1, "channel": channels - 1}
        look = message(lab.client.get(f"{TRAINED}/stripes/look", params=asked))
        weight = files.load("small", 5).parameters[f"{layer}.weight"].reshape(layers[layer])
        shown = weight if look["coloured"] else weight[:, -1:]
        assert look["step"] == 5
        assert np.array_equal(look["filters"], shown.ravel())
        assert np.array_equal(look["kernels"], weight[-1].ravel())
        assert np.array_equal(look["kernel"], weight[-1, -1].ravel())
        assert look["largest"] == pytest.approx(float(np.abs(weight).max()), rel=0)
        film = message(lab.client.get(f"{TRAINED}/stripes/film", params=asked))
        frame = film["weights"].reshape(len(film["steps"]), *film["shape"])[-1]
        last = files.load("small", film["steps"][-1]).parameters[f"{layer}.weight"].reshape(layers[layer])
        assert np.array_equal(frame, last[-1] if channels == 3 else last[-1, -1])


def test_a_step_that_was_not_kept_shows_the_kept_one_before_it_and_says_so(lab: Live) -> None:
    shutil.copytree(folder_of(lab), folder_of(lab, "thinned"))
    (folder_of(lab, "thinned") / "states" / "small-000005.safetensors").unlink()
    layer = next(iter(lab.client.get(f"{TRAINED}/thinned").json()["layers"]))
    look = message(lab.client.get(f"{TRAINED}/thinned/look", params={"step": 5, "layer": layer}))
    assert look["step"] == 4


def test_a_run_that_goes_on_is_followed_and_one_taken_up_again_told_anew(lab: Live) -> None:
    folder = folder_of(lab, "going")
    run(folder, stop=6, name="small")
    with locked(folder / TRAINER_LOCK):
        first = rows(lab, "going")
        assert first["run"]["running"]
        assert len(first["steps"]) == 6
        known = {"revision": first["run"]["revision"], "steps": 6, "scores": len(first["scores"])}
        assert len(rows(lab, "going", **known)["steps"]) == 0
        RunFolder(folder).append(StepRow("small", 7, 0.5, 0.25, 0.125, 1.0))
        with (folder / "steps.csv").open("a") as table:
            table.write("small,8,0.5")  # half a row, as one that is being written
        new = rows(lab, "going", **known)
        assert (new["from_steps"], new["steps"].tolist(), new["losses"].tolist()) == (6, [7], [0.5])
        with (folder / "steps.csv").open("a") as table:
            table.write(",0.25,0.125,1.0\n")
        assert rows(lab, "going", **known)["steps"].tolist() == [7, 8]
    run(folder, resume=True, name="small")
    told = rows(lab, "going", revision=new["run"]["revision"], steps=8, scores=known["scores"])
    assert told["from_steps"] == 0
    assert told["steps"].tolist() == list(range(1, told["run"]["total"] + 1))
    assert not told["run"]["running"]


def test_a_run_opens_as_a_model_with_the_weights_of_its_step(lab: Live) -> None:
    answer = lab.client.post(f"{TRAINED}/stripes/model?step=4")
    assert answer.status_code == 201, answer.text
    told = lab.client.get(f"/api/models/{answer.json()['id']}").json()
    assert told["title"] == "stripes, step 4"
    assert told["card"]["command"] == "convscope train small --data stripes"
    assert told["card"]["validation"] is None
    state = RunFolder(folder_of(lab)).load("small", 4)
    layer, _ = next(iter(small_network().parameter_shapes().items()))
    found = lab.client.get(f"/api/models/{answer.json()['id']}/parameters/{layer}")
    assert found.content[-4 * state.parameters[layer].size :] == state.parameters[layer].tobytes()


def test_the_page_of_the_training_lab_shows_it(lab: Live) -> None:
    assert "<trained-lead>" in lab.client.get("/train?run=stripes").text
    assert "<race-lead>" in lab.client.get("/train?run=0123456789ab").text
    assert 'href="/train" aria-current="page"' in lab.client.get("/train?run=stripes").text


@pytest.mark.parametrize("name", ["nothing", "..", "%2e%2e", "..%2fraces", ".hidden", "a%20b"])
def test_no_name_leads_out_of_the_folder(lab: Live, name: str) -> None:
    secret = folder_of(lab).parents[1] / "run.json"
    secret.write_text((folder_of(lab) / "run.json").read_text())  # where .. would lead
    shutil.copytree(folder_of(lab), folder_of(lab, ".hidden"), dirs_exist_ok=True)
    assert lab.client.get(f"{TRAINED}/{name}/look?step=0&layer=conv").status_code == 404
    assert "<race-lead>" in lab.client.get(f"/train?run={name}").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nets": ["../../secret"]}, "a net cannot be called"),
        ({"images": -5}, "must be whole numbers above 0"),
        ({"recipe": {}}, "no 'epochs'"),
        ({"network": {"nodes": 3}}, "wanted an object with a list of nodes"),
        ({"input": {"channels": 7, "height": 8, "width": 8}}, "wanted 1 or 3 channels"),
        ({"classes": [1, 2]}, "classes must be names"),
    ],
)
def test_a_folder_that_says_what_cannot_be_is_refused(lab: Live, change: dict[str, Any], words: str) -> None:
    folder = folder_of(lab, "odd")
    shutil.copytree(folder_of(lab), folder, dirs_exist_ok=True)
    about = json.loads((folder / "run.json").read_bytes())
    (folder / "run.json").write_text(json.dumps(about | change))
    answer = lab.client.get(f"{TRAINED}/odd")
    shutil.rmtree(folder)
    assert (answer.status_code, words in answer.json()["detail"]) == (422, True), answer.text


def test_states_of_another_network_and_layers_there_are_not_are_refused(lab: Live) -> None:
    folder = folder_of(lab, "mixed")
    shutil.copytree(folder_of(lab), folder)
    layer = next(iter(lab.client.get(f"{TRAINED}/mixed").json()["layers"]))
    files = RunFolder(folder)
    state = files.load("small", 3)
    state.parameters[f"{layer}.weight"] = np.zeros((2, 2), np.float32)  # type: ignore[index]
    files.save("small", state, keep=True)
    for query, words in (
        (f"look?step=3&layer={layer}", "is not this network's"),
        ("look?step=3&layer=relu", "no weights in 'relu'"),
        (f"film?layer={layer}&filter=999", "no kernel 0 of filter 999"),
    ):
        answer = lab.client.get(f"{TRAINED}/mixed/{query}")
        assert (answer.status_code, words in answer.json()["detail"]) == (422, True), answer.text
    assert lab.client.post(f"{TRAINED}/mixed/model?step=3").status_code == 422
    (folder / "states" / "small-000003.safetensors").write_bytes(b"\x80\x04cos\nsystem\n")
    assert "no whole state" in lab.client.get(f"{TRAINED}/mixed/look?step=3&layer={layer}").json()["detail"]


def test_more_rows_than_can_be_shown_are_refused(lab: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(folder_of(lab), folder_of(lab, "long"))
    monkeypatch.setattr(training_run, "_MOST_ROWS", 3)
    answer = lab.client.get(f"{TRAINED}/long")
    assert (answer.status_code, answer.json()["title"]) == (422, "The run is damaged")
