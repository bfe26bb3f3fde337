"""What is kept beside a model that was brought: read as it was written, whatever the messages look like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.services.blobs import FolderBlobs
from app.services.model_records import Choices, Finding, Imported, ModelRecord, entry_of
from app.services.uploaded_models import UploadedModels
from cnn_core.errors import BadModelFile
from cnn_core.models import load_model

IDENTITY = "0123456789abcdef"


def record() -> ModelRecord:
    finding = Finding(True, "verified: largest difference 1.0e-07 of a layer's largest value, in 9 layers")
    told = Imported(finding, ("It ends with scores.",), "imagenet", "classes", {"batch": 1}, 1234)
    chosen = Choices("mine", ("a", "b"), "imagenet", (32, 32))
    return ModelRecord(entry_of(load_model("tiny_vgg"), told), chosen)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    files = UploadedModels(FolderBlobs(tmp_path), 10**6)
    files.put(IDENTITY, b"onnx", record())
    assert files.record(IDENTITY) == record()
    assert files.records() == [record()]


@pytest.mark.parametrize(
    ("member", "value"), [("entry", None), ("entry", {}), ("choices", {"size": "large"})]
)
def test_one_that_is_damaged_is_named(tmp_path: Path, member: str, value: object) -> None:
    files = UploadedModels(FolderBlobs(tmp_path), 10**6)
    files.put(IDENTITY, b"onnx", record())
    path = tmp_path / f"{IDENTITY}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), member: value}))
    with pytest.raises(BadModelFile, match=r"0123456789abcdef.json: cannot be read; import the model again"):
        files.record(IDENTITY)
    assert files.records() == []


def test_a_record_whose_numbers_make_no_input_is_damaged(tmp_path: Path) -> None:
    files = UploadedModels(FolderBlobs(tmp_path), 10**6)
    files.put(IDENTITY, b"onnx", record())
    path = tmp_path / f"{IDENTITY}.json"
    path.write_text(path.read_text().replace('"divisor":', '"divisor": 0.0, "was":'))
    with pytest.raises(BadModelFile, match="cannot be read"):
        files.record(IDENTITY)
