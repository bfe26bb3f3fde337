"""Comparing a network with its file when it can be looked at already, and what happens meanwhile."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import onnx
import pytest

from app.services import model_imports
from tests.api.live import SMALL, Live, served, until
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
        compare = model_imports.comparison_of

        def verify(*arguments: Any) -> Any:
            monkeypatch.setattr(model_imports, "comparison_of", compare)
            happens()
            return compare(*arguments)

        monkeypatch.setattr(model_imports, "comparison_of", verify)

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
    assert live.client.post(f"{address}/verification").status_code == 404
    assert not list((live.services.settings.data_folder / "models").iterdir())
    assert live.client.post(f"{address}/verification").status_code == 404


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Have comparisons that would take ten minutes; what has been begun."""
    begun: list[Any] = []
    compare = model_imports.comparison_of

    def sleeping(*arguments: Any) -> Any:
        program = (sys.executable, "-c", "import time; time.sleep(600)")
        begun.append(replace(compare(*arguments), program=program))
        return begun[-1]

    monkeypatch.setattr(model_imports, "comparison_of", sleeping)
    return begun


def running(begun: list[Any], count: int) -> bool:
    """Whether so many processes are at work."""
    return sum(job._process is not None and job._process.poll() is None for job in begun) == count


def test_it_ends_when_the_client_goes(live: Live, endless: list[Any]) -> None:
    address = f"/api/models/{bring(live, classifier(), verify='later')['id']}"
    with pytest.raises(httpx.ReadTimeout):
        live.client.post(f"{address}/verification", timeout=2)
    until(lambda: len(endless) == 1 and running(endless, 0))
    assert live.client.get(address).json()["imported"]["pending"]


def test_it_ends_when_the_network_is_removed(live: Live, endless: list[Any]) -> None:
    address = f"/api/models/{bring(live, classifier(), verify='later')['id']}"
    answers: list[httpx.Response] = []
    asks = threading.Thread(target=lambda: answers.append(live.client.post(f"{address}/verification")))
    asks.start()
    until(lambda: running(endless, 1))
    live.client.delete(address).raise_for_status()
    asks.join()
    assert running(endless, 0)
    assert answers[0].status_code == 404


def test_those_that_take_long_hold_back_no_photo_and_end_with_the_server(
    tmp_path: Path, endless: list[Any]
) -> None:
    with served(SMALL.model_copy(update={"data_folder": tmp_path})) as live:
        addresses = [
            f"/api/models/{bring(live, made, verify='later')['id']}/verification"
            for made in (classifier(), model([node("Relu", "x", "y")]))
        ]

        def ask(address: str) -> None:
            with pytest.raises(httpx.HTTPError):
                live.client.post(address, timeout=600).raise_for_status()

        threads = [threading.Thread(target=ask, args=(address,)) for address in addresses]
        for thread in threads:
            thread.start()
        until(lambda: running(endless, 2))
        assert upload(live, encoded(blocks())).status_code == 201
        assert running(endless, 2)
    for thread in threads:
        thread.join()
    assert running(endless, 0)
