"""Comparing a network with its file when it can be looked at already, and what happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import onnx
import pytest

from app.services import model_imports
from tests.api.live import SMALL, Live, served
from tests.api.pictures import blocks, encoded, upload
from tests.core.onnx_import.files import classifier, model, node, tensor


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """A server with a data folder of its own."""
    with served(SMALL.model_copy(update={"data_folder": tmp_path})) as running:
        yield running


def bring(live: Live, made: onnx.ModelProto, **fields: str) -> Any:
    """What is told of a model that was sent."""
    answer = live.client.post("/api/models", files={"file": made.SerializeToString()}, data=fields)
    assert answer.status_code == 201
    return answer.json()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Have something happen while the next network is compared."""

    def set_up(happens: Callable[[], object]) -> None:
        compare = model_imports.verify_onnx

        def verify(*arguments: Any) -> Any:
            monkeypatch.setattr(model_imports, "verify_onnx", compare)
            happens()
            return compare(*arguments)

        monkeypatch.setattr(model_imports, "verify_onnx", verify)

    return set_up


Meanwhile = Callable[[Callable[[], object]], None]


def test_it_can_be_looked_at_before_it_is_compared_and_its_numbers_stay_when_it_is(live: Live) -> None:
    told = bring(live, classifier(), verify="later")
    address = f"/api/models/{told['id']}"
    assert told["imported"]["pending"]
    assert told["imported"]["verification"].startswith("not compared yet")
    image = upload(live, encoded(blocks())).json()["id"]
    trace = f"/api/traces/{told['id']}/{image}"
    before = live.client.get(trace).headers["etag"]
    listed = {model["id"]: model["imported"] for model in live.client.get("/api/models").json()}
    assert listed[told["id"]]["pending"]
    found = live.client.post(f"{address}/verification").json()
    assert found["verified"]
    assert not found["pending"]
    assert live.client.get(address).json()["imported"] == found
    assert live.client.get(trace, headers={"If-None-Match": before}).status_code == 304
    assert live.client.post(f"{address}/verification").json() == found
    assert bring(live, classifier())["imported"] == found


def test_what_is_said_of_it_while_it_is_compared_stays(live: Live, meanwhile: Meanwhile) -> None:
    address = f"/api/models/{bring(live, classifier(), verify='later')['id']}"
    meanwhile(lambda: live.client.patch(address, json={"name": "another name"}).raise_for_status())
    assert live.client.post(f"{address}/verification").json()["verified"]
    now = live.client.get(address).json()
    assert now["title"] == "another name"
    assert now["imported"]["verified"]


def test_a_finding_of_another_size_is_not_kept(live: Live, meanwhile: Meanwhile) -> None:
    made = model([node("Relu", "x", "y")], inputs=[tensor("x", [1, 3, "h", "w"])])
    address = f"/api/models/{bring(live, made, verify='later', height='8', width='8')['id']}"
    meanwhile(lambda: live.client.patch(address, json={"height": 12, "width": 10}).raise_for_status())
    assert live.client.post(f"{address}/verification").json()["pending"]
    assert live.client.post(f"{address}/verification").json()["verified"]
    assert live.client.get(address).json()["input"]["height"] == 12


def test_one_that_goes_while_it_is_compared_stays_gone(live: Live, meanwhile: Meanwhile) -> None:
    address = f"/api/models/{bring(live, classifier(), verify='later')['id']}"
    meanwhile(lambda: live.client.delete(address).raise_for_status())
    assert live.client.post(f"{address}/verification").status_code == 422
    assert not list((live.services.settings.data_folder / "models").iterdir())
    assert live.client.post(f"{address}/verification").status_code == 404
