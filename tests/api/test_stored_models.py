"""What is kept on the disk is held against its name, and what a killed writer left is no burden."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.blobs import FolderBlobs
from app.services.uploaded_models import UploadedModels, content_id
from cnn_core.errors import BadModelFile
from tests.api.live import SMALL, Live, served
from tests.core.onnx_import.files import classifier, model, node

FILE: bytes = classifier().SerializeToString()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with served(SMALL.model_copy(update={"data_folder": tmp_path})) as running:
        yield running


def bring(live: Live, file: bytes = FILE) -> str:
    """The id of a network that was sent."""
    answer = live.client.post("/api/models", files={"file": file}, data={"verify": "later"})
    assert answer.status_code == 201, answer.text
    name: str = answer.json()["id"]
    return name


def flip(path: Path) -> None:
    """Turn one bit round, in the weights."""
    data = bytearray(path.read_bytes())
    data[-200] ^= 1
    path.write_bytes(data)


def test_a_network_that_was_damaged_on_the_disk_is_not_served_and_can_be_brought_again(
    tmp_path: Path,
) -> None:
    settings = SMALL.model_copy(update={"data_folder": tmp_path})
    with served(settings) as before:
        name = bring(before)
    path = tmp_path / "models" / f"{name}.onnx"
    flip(path)
    with served(settings) as after:
        for answer in (
            after.client.get(f"/api/models/{name}"),
            after.client.patch(f"/api/models/{name}", json={"name": "mine"}),
            after.client.post(f"/api/models/{name}/verification"),
        ):
            assert answer.status_code == 410, answer.text
            assert "bring it again" in answer.json()["detail"]
            assert str(tmp_path) not in answer.text
        assert bring(after) == name
        assert path.read_bytes() == FILE
        assert after.client.get(f"/api/models/{name}").status_code == 200


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    files = UploadedModels(FolderBlobs(tmp_path), 10**9)
    (tmp_path / f"{content_id(FILE)}.json").write_bytes(b"{}")
    (tmp_path / f"{content_id(FILE)}.onnx").write_bytes(FILE[:-1])
    with pytest.raises(BadModelFile, match="is damaged on the disk"):
        files.data(content_id(FILE))


def test_what_a_killed_writer_left_counts_for_nothing_and_goes(live: Live, tmp_path: Path) -> None:
    name = bring(live)
    folder = tmp_path / "models"
    old, new = folder / ".half-old", folder / ".half-new"
    for path in (old, new):
        path.write_bytes(b"x" * 10_000)
    os.utime(old, (time.time() - 3600,) * 2)
    before = live.services.imports.files.total_bytes()
    assert before < 10_000
    bring(live, model([node("Relu", "x", "y")]).SerializeToString())
    assert not old.exists()
    assert new.exists()
    assert name in live.services.imports.files
