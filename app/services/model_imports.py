"""Taking in networks that people bring: read within limits, compared with their file, kept in a folder."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from cnn_core.errors import BadModelFile
from cnn_core.models.base import Model
from cnn_core.onnx_import.limits import Limits

from ..config import Settings
from ..payloads.describe import model_detail
from ..payloads.model_schemas import ImportedSchema
from ..payloads.schemas import ModelDetail, ModelSummary
from .onnx_models import Choices, Finding, OnnxModel, open_onnx, verify_onnx
from .uploaded_models import ModelRecord, UploadedModels, content_id

__all__ = ["ModelImports", "limits_of"]

_FOLDER = "models"
"""Inside the data folder."""


def limits_of(settings: Settings) -> Limits:
    """How large an imported network may be."""
    return Limits(
        max_bytes=settings.model_file_bytes,
        max_structure_bytes=settings.model_structure_bytes,
        max_constant_bytes=settings.model_constant_bytes,
        max_nodes=settings.model_nodes,
        max_parameters=settings.model_parameters,
        max_activation_bytes=settings.model_activation_bytes,
        max_macs=settings.model_macs,
        max_name_length=settings.model_name_length,
        max_side=settings.model_side,
    )


@dataclass(frozen=True, slots=True)
class ModelImports:
    """The folder of imported networks, and how they get there; every method computes or reads files."""

    files: UploadedModels
    limits: Limits
    verify_seconds: float
    _writing: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, settings: Settings) -> ModelImports:
        """Those of a server or a command line with these settings."""
        folder = Path(settings.data_folder) / _FOLDER
        files = UploadedModels(folder, settings.model_folder_bytes)
        return cls(files, limits_of(settings), settings.model_verify_seconds)

    def take(self, data: bytes, choices: Choices, *, later: bool = False) -> ModelDetail:
        """Import a file, verify it and keep it; of one that is refused nothing is kept.

        ``later`` leaves the comparison to ``verify``: it can take many times as long as all the rest.

        Raises:
            CnnError: it cannot be used; the message says why.
            OSError: the data folder cannot be written to.
        """
        identity = content_id(data)
        opened = open_onnx(data, identity, choices, self.limits)
        finding = Finding(pending=True) if later else self._compare(data, opened)
        detail = model_detail(opened.model, opened.told(finding, len(data)))
        self.files.put(identity, data, _record(detail, choices))
        return detail

    def verify(self, identity: str) -> ImportedSchema:
        """Compare a network with its file, if that has not been done, and keep what was found.

        Raises:
            CnnError: it is gone or damaged.
            OSError: the data folder cannot be written to.
        """
        record = self.files.record(identity)
        if not _finding(record).pending:
            return _imported(record)
        data = self.files.data(identity)
        found = self._compare(data, open_onnx(data, identity, _choices(record), self.limits))
        with self._writing:
            now = self.files.record(identity)
            if now.size != record.size:  # of another size meanwhile: that one is still to be compared
                return _imported(now)
            news = {"verified": found.verified, "verification": found.sentence, "pending": False}
            told = _imported(now).model_copy(update=news)
            summary = now.summary.model_copy(update={"imported": told})
            self.files.change(identity, now.model_copy(update={"summary": summary}))
        return told

    def change(self, identity: str, choices: Choices) -> ModelDetail:
        """Say something else of a network that is here; another size has it verified anew.

        Raises:
            CnnError: it does not fit, or the network is gone.
            OSError: the data folder cannot be written to.
        """
        record = self.files.record(identity)
        before = _choices(record)
        after = Choices(
            name=before.name if choices.name is None else choices.name,
            labels=before.labels if choices.labels is None else choices.labels,
            scaling=before.scaling if choices.scaling is None else choices.scaling,
            size=before.size if choices.size is None else choices.size,
        )
        data = self.files.data(identity)
        if after.size != before.size:
            return self.take(data, after, later=_finding(record).pending)
        opened = open_onnx(data, identity, after, self.limits)
        with self._writing:
            finding = _finding(self.files.record(identity))
            detail = model_detail(opened.model, opened.told(finding, len(data)))
            self.files.change(identity, _record(detail, after))
        return detail

    def load(self, identity: str) -> tuple[Model, ImportedSchema]:
        """A network that is here, and what is told of it.

        Raises:
            CnnError: it is gone or damaged.
        """
        record = self.files.record(identity)
        data = self.files.data(identity)
        opened = open_onnx(data, identity, _choices(record), self.limits)
        return opened.model, opened.told(_finding(record), len(data))

    def _compare(self, data: bytes, opened: OnnxModel) -> Finding:
        found = verify_onnx(data, opened, self.verify_seconds)
        return Finding(found.verified, found.sentence)


def _imported(record: ModelRecord) -> ImportedSchema:
    told = record.summary.imported
    if told is None:
        raise BadModelFile(f"model {record.summary.id}: its record is damaged; import it again")
    return told


def _finding(record: ModelRecord) -> Finding:
    """What is known of how the network compares with its file."""
    told = _imported(record)
    return Finding(told.verified, told.verification, told.pending)


def _record(detail: ModelDetail, choices: Choices) -> ModelRecord:
    summary = ModelSummary.model_validate(detail.model_dump(include=set(ModelSummary.model_fields)))
    labels = None if choices.labels is None else list(choices.labels)
    return ModelRecord(
        summary=summary, name=choices.name, labels=labels, scaling=choices.scaling, size=choices.size
    )


def _choices(record: ModelRecord) -> Choices:
    labels = None if record.labels is None else tuple(record.labels)
    return Choices(record.name, labels, record.scaling, record.size)
