"""A network that somebody brings: verified, kept, shown as any other, changed, removed; or refused."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import onnx
import pytest

from cnn_core.input_spec import InputSpec, scaled_spec
from cnn_core.models import load_model
from cnn_core.onnx_export import export_model
from cnn_core.onnx_import import Limits
from cnn_core.onnx_import.gathering import as_one_file
from cnn_core.preprocess import to_tensor
from tests.api.live import SMALL, Live, served
from tests.api.pictures import blocks, encoded, upload
from tests.core.onnx_import.files import classifier, model, node, numbers, tensor, weights
from tests.core.onnx_import.test_gathering import apart


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server with a data folder of its own, where a small file is the largest model."""
    folder = tmp_path_factory.mktemp("data")
    settings = SMALL.model_copy(update={"data_folder": folder, "model_file_bytes": 400_000})
    with served(settings) as running:
        yield running


@pytest.fixture
def bring(live: Live) -> Iterator[Any]:
    """Send a file; what was taken is removed after the test."""
    taken: list[str] = []

    def send(made: onnx.ModelProto | bytes, **fields: str) -> httpx.Response:
        data = made if isinstance(made, bytes) else made.SerializeToString()
        answer = live.client.post("/api/models", files={"file": ("my.onnx", data)}, data=fields)
        if answer.status_code == 201:
            taken.append(answer.json()["id"])
        return answer

    yield send
    for identity in taken:
        live.client.delete(f"/api/models/{identity}")


def kept(live: Live) -> list[Path]:
    return sorted((live.services.settings.data_folder / "models").glob("*"))


def test_a_model_is_verified_kept_and_told_of(live: Live, bring: Any) -> None:
    answer = bring(classifier(), name="mine", labels="a\nb\nc\nd\ne", scaling="imagenet")
    assert answer.status_code == 201
    told = answer.json()
    assert answer.headers["Location"] == f"/api/models/{told['id']}"
    assert (told["title"], told["classes"]) == ("mine", ["a", "b", "c", "d", "e"])
    assert told["imported"]["verified"]
    assert re.fullmatch(r"ONNX Runtime \d+\.\d+\.\d+", told["imported"]["program"])
    assert told["imported"]["verification"].startswith(f"verified by {told['imported']['program']}: ")
    assert told["imported"]["scaling"] == "imagenet"
    assert told["nodes"][-1]["kind"] == "softmax"
    assert "adds a softmax" in told["imported"]["notes"][-1]
    assert live.client.get(f"/api/models/{told['id']}").json() == told
    assert told["id"] in [each["id"] for each in live.client.get("/api/models").json()]
    assert [path.suffix for path in kept(live)] == [".json", ".onnx"]


def test_it_computes_what_the_packaged_network_computes(live: Live, bring: Any) -> None:
    packaged = load_model("lenet5")
    image = upload(live, encoded(blocks())).json()["id"]
    told = bring(
        export_model(packaged.graph, packaged.parameters, labels=packaged.labels, spec=packaged.spec),
        verify="later",
    ).json()
    assert told["classes"] == list(packaged.labels)
    ours, theirs = (live.client.get(f"/api/traces/{each}/{image}").json() for each in (told["id"], "lenet5"))
    assert [each["label"] for each in ours["top"]] == [each["label"] for each in theirs["top"]]
    for mine, other in zip(ours["top"], theirs["top"], strict=True):
        assert mine["probability"] == pytest.approx(other["probability"], abs=1e-6)
    frames = live.client.get(f"/api/traces/{told['id']}/{image}/frames")
    assert frames.status_code == 200


def test_every_value_of_it_is_explained(live: Live, bring: Any) -> None:
    made = model(
        [
            node("Conv", "x w", "c", strides=[2, 2]),
            node("Add", "c shift", "s"),
            node("Split", "s", "first", axis=1),
            node("Concat", "second first", "swapped", axis=1),
            node("ConvTranspose", "swapped t", "u", strides=[2, 2]),
            node("ReduceMax", "u", "y", axes=[1], keepdims=1),
        ],
        [weights("w", 4, 3, 3, 3), weights("shift", 1, 4, 1, 1), weights("t", 4, 2, 2, 2)],
    )
    made.graph.node[2].output.append("second")
    image = upload(live, encoded(blocks())).json()["id"]
    told = bring(made).json()
    assert told["imported"]["output_kind"] == "maps"
    assert told["imported"]["verified"], told["imported"]["verification"]
    for each in told["nodes"][1:]:
        address = f"/api/traces/{told['id']}/{image}/explain/{each['name']}?channel=0&y=1&x=1"
        found = live.client.get(address)
        assert found.status_code == 200, (each["name"], found.text)


def test_the_same_file_is_the_same_model(live: Live, bring: Any) -> None:
    first, second = (bring(classifier(), name=name, verify="later").json() for name in ("one", "two"))
    assert first["id"] == second["id"]
    assert live.client.get(f"/api/models/{first['id']}").json()["title"] == "two"


def test_what_is_said_of_it_can_be_changed(live: Live, bring: Any) -> None:
    made = model(
        [node("Conv", "x w", "c"), node("GlobalAveragePool", "c", "y")],
        [weights("w", 2, 3, 3, 3)],
        inputs=[tensor("x", [1, 3, "h", "w"])],
    )
    told = bring(made).json()
    assert told["imported"]["free"] == {"height": 224, "width": 224}
    address = f"/api/models/{told['id']}"
    changed = live.client.patch(address, json={"labels": ["no", "yes"], "scaling": "caffe", "name": "n"})
    assert changed.status_code == 200
    assert changed.json()["input"]["order"] == "BGR"
    assert live.client.get(address).json() == changed.json()
    small = live.client.patch(address, json={"height": 32, "width": 40}).json()
    assert (small["input"]["height"], small["input"]["width"]) == (32, 40)
    assert small["classes"] == ["no", "yes"]
    assert small["imported"]["verified"]


def test_a_change_that_does_not_fit_changes_nothing(live: Live, bring: Any) -> None:
    told = bring(classifier(), verify="later").json()
    address = f"/api/models/{told['id']}"
    for wrong in (
        {"labels": ["one"]},
        {"scaling": "loud"},
        {"height": 9, "width": 9},
        {"height": 9},
        {"x": 1},
    ):
        answer = live.client.patch(address, json=wrong)
        assert answer.status_code == 422, wrong
        assert answer.json()["detail"]
    assert live.client.get(address).json() == told


def test_a_removed_model_is_gone(live: Live, bring: Any) -> None:
    told = bring(classifier(), verify="later").json()
    assert live.client.delete(f"/api/models/{told['id']}").status_code == 204
    assert live.client.get(f"/api/models/{told['id']}").status_code == 404
    assert kept(live) == []


@pytest.mark.parametrize("identity", ["tiny_vgg", "0123456789abcdef", "..%2F..%2Fetc"])
def test_only_what_was_brought_can_be_removed(live: Live, identity: str) -> None:
    assert live.client.delete(f"/api/models/{identity}").status_code == 404
    assert live.client.get("/api/models/tiny_vgg").status_code == 200


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("archive/data.pkl", bytes(1000))
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"", 422, "it is empty"),
        (b"not a model", 422, "damaged|no ONNX model"),
        (archive(), 422, "PyTorch file, and nothing is unpickled .*torch.onnx.export"),
        (bytes(500_000), 413, "CONVSCOPE_MODEL_FILE_BYTES"),
        (model([node("LSTM", "x", "y")]).SerializeToString(), 422, r"LSTM \(1\)"),
        (
            model([node("Relu", "x", "y")], inputs=[tensor("x", [1, 5, 8, 8])]).SerializeToString(),
            422,
            "1 or 3",
        ),
    ],
    ids=["empty", "text", "checkpoint", "large", "operator", "channels"],
)
def test_what_is_no_model_is_refused_and_nothing_is_kept(
    live: Live, bring: Any, data: bytes, status: int, said: str
) -> None:
    answer = bring(data)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert re.search(said, answer.json()["detail"]), answer.json()
    assert kept(live) == []
    assert live.client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"labels": "one\ntwo"},
        {"scaling": "loud"},
        {"height": "8"},
        {"height": "x", "width": "8"},
        {"verify": "never"},
        {"other": "1"},
    ],
)
def test_what_is_said_beside_it_must_fit(live: Live, bring: Any, fields: dict[str, str]) -> None:
    answer = bring(classifier(), **fields)
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert kept(live) == []


def test_a_form_must_be_a_form_with_one_file(live: Live) -> None:
    assert live.client.post("/api/models", content=b"x").status_code == 415
    assert live.client.post("/api/models", files={"other": b"x"}).status_code == 422
    two = [("file", b"x"), ("file", b"y")]
    assert live.client.post("/api/models", files=two).status_code == 422


def test_names_that_want_to_be_markup_come_out_as_text(bring: Any) -> None:
    made = model([onnx.helper.make_node("Relu", ["x"], ["y"], name="<img src=x onerror=alert(1)>")])
    told = bring(made, name="\x1b[31m<b>mine\n", verify="later").json()
    assert told["title"] == "[31m<b>mine"
    assert told["nodes"][1]["name"] == "img.src.x.onerror.alert.1"


def test_an_image_as_a_network_would_get_it(live: Live) -> None:
    pixels = blocks()
    image = upload(live, encoded(pixels)).json()["id"]
    answer = live.client.get(f"/api/images/{image}/seen?height=20&width=30&scaling=caffe")
    found = np.load(io.BytesIO(answer.content))
    spec = scaled_spec(InputSpec(3, 20, 30), "caffe")
    assert np.array_equal(found, to_tensor(np.asarray(pixels), spec)[0])
    assert replace(spec, order="RGB") != spec
    assert live.client.get(f"/api/images/{image}/seen?height=20&width=30&scaling=loud").status_code == 422


def test_the_folder_never_outgrows_its_limit(tmp_path: Path) -> None:
    data = classifier().SerializeToString()
    settings = SMALL.model_copy(update={"data_folder": tmp_path, "model_folder_bytes": 3 * len(data) + 8000})
    with served(settings) as live:
        for seed in range(6):
            made = classifier(metadata={"number": str(seed)}).SerializeToString()
            sent = {"files": {"file": made}, "data": {"verify": "later"}}
            assert live.client.post("/api/models", **sent).status_code == 201
        assert sum(path.stat().st_size for path in kept(live)) <= settings.model_folder_bytes
        assert kept(live)


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with served(SMALL.model_copy(update={"data_folder": blocked})) as live:
        answer = live.client.post("/api/models", files={"file": classifier().SerializeToString()})
        assert answer.status_code == 507
        assert "cannot be written to" in answer.json()["detail"]


def test_the_next_server_knows_it(tmp_path: Path) -> None:
    settings = SMALL.model_copy(update={"data_folder": tmp_path})
    with served(settings) as live:
        told = live.client.post("/api/models", files={"file": classifier().SerializeToString()}).json()
    with served(settings) as live:
        assert live.client.get(f"/api/models/{told['id']}").json() == told


def test_a_server_starts_without_loading_what_only_imports_need() -> None:
    lines = "import sys, app.main, app.cli; sys.exit('onnx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", lines], check=False).returncode == 0


def test_windows_that_are_no_rectangle_and_maps_a_pixel_wide_can_be_watched(live: Live, bring: Any) -> None:
    made = model(
        [
            node("Pad", "x pads", "padded", mode="reflect"),
            node("ConvTranspose", "padded t", "up", strides=[2, 2]),
            node("Reshape", "up tall", "y"),
        ],
        [numbers("pads", 0, 0, 1, 0, 0, 0, 1, 2), weights("t", 3, 2, 2, 2), numbers("tall", 1, 1, 800, 1)],
    )
    image = upload(live, encoded(blocks())).json()["id"]
    told = bring(made, verify="later").json()
    for name in ("padded_node", "up_node", "y_node"):
        answer = live.client.get(f"/api/traces/{told['id']}/{image}/slide/{name}?channel=0")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "image/webp"


def test_weights_come_in_files_of_their_own(live: Live, bring: Any) -> None:
    network, numbers_beside = apart()
    parts = [("file", ("my.onnx", network)), ("data", ("weights.data", numbers_beside))]
    answer = live.client.post("/api/models", files=parts, data={"verify": "later"})
    assert answer.status_code == 201, answer.text
    whole = as_one_file(network, Limits(), {"weights.data": numbers_beside})
    assert answer.json()["id"] == bring(whole).json()["id"]
    refused = live.client.post("/api/models", files=parts[:1])
    assert refused.status_code == 422
    assert "weights.data" in refused.json()["detail"]
