"""The shift lab on a network whose picture is smaller than its largest shifts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.services.compute import WorkerPool
from app.services.shift_service import Sweep
from cnn_core.errors import CnnError
from cnn_core.models import load_model
from cnn_core.preprocess import to_tensor
from tests.api.live import SMALL, Live, served
from tests.api.pictures import blocks, encoded, upload
from tests.api.sockets import answers, ask, socket
from tests.core.onnx_import.files import classifier


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, dict[str, Any]]]:
    """A server with a network of 8 x 8 pixels, and a subject."""
    with served(SMALL.model_copy(update={"data_folder": Path(tmp_path_factory.mktemp("data"))})) as live:
        file = classifier().SerializeToString()
        sent = live.client.post("/api/models", files={"file": file}, data={"verify": "later"}).json()
        yield live, {"model": sent["id"], "image": upload(live, encoded(blocks())).json()["id"]}


def test_a_sweep_goes_as_far_as_there_is_picture_left_and_again(small: tuple[Live, dict[str, Any]]) -> None:
    live, subject = small
    with socket(live) as connection:
        for seq in (1, 2):
            border = ("trained", "reflect")[seq - 1]
            ask(connection, seq, **subject, dx=7, border=border, sweep=8, curve=32)
            found = answers(connection, seq)
            assert found[-1]["type"] == "done"
            rows = [message for message in found if message["type"] == "sweep"]
            assert [row["dy"] for row in rows] == list(range(-7, 8))
            assert {row["max_shift"] for row in rows} == {7}
            assert {len(row["top"]) for row in rows} == {15}


def test_a_shift_as_large_as_the_picture_is_refused_over_http(small: tuple[Live, dict[str, Any]]) -> None:
    live, subject = small
    for _ in range(2):
        answer = live.client.post("/api/equivariance/sweep", json={**subject, "max_shift": 8})
        assert answer.status_code == 422
        assert "-7 to 7" in answer.json()["detail"]
    address = f"/api/traces/{subject['model']}/{subject['image']}/sweep.csv"
    assert live.client.get(address, params={"max_shift": 8}).status_code == 422
    assert live.client.post("/api/equivariance/sweep", json={**subject, "max_shift": 7}).status_code == 200


def test_a_sweep_that_fails_fails_for_everyone_who_asks() -> None:
    model = load_model("lenet5")
    x = to_tensor(blocks(), model.spec)
    sweep = Sweep(model.graph, model.parameters, x, 1000, "zeros")
    for _ in range(3):
        with pytest.raises(CnnError, match="shift"):
            sweep.advance(1)
    assert sweep.broken


def test_a_job_that_ends_an_iteration_fails_like_any_other() -> None:
    pool = WorkerPool("test", 1, 1)
    with pytest.raises(RuntimeError, match="StopIteration"):
        pool.submit(next, iter(())).result(20)
    pool.close()
