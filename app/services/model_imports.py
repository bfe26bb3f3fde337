"""Taking in networks that people bring: read within limits, compared with their file, kept in a folder."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from cnn_core.errors import BadModelFile
from cnn_core.models.base import Model
from cnn_core.onnx_import.limits import Limits

from ..config import Settings
from .model_records import Choices, Finding, Imported, ModelRecord, entry_of
from .onnx_models import OnnxModel, open_onnx, verify_onnx
from .uploaded_models import UploadedModels, content_id

__all__ = ["KeptModel", "ModelImports", "limits_of"]

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
class KeptModel:
    """A network that is kept, and where it comes from."""

    model: Model
    imported: Imported


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

    def take(self, data: bytes, choices: Choices, *, later: bool = False) -> KeptModel:
        """Import a file, verify it and keep it; of one that is refused nothing is kept.

        ``later`` leaves the comparison to ``verify``: it can take many times as long as all the rest.

        Raises:
            CnnError: it cannot be used; the message says why.
            OSError: the data folder cannot be written to.
        """
        identity = content_id(data)
        opened = open_onnx(data, identity, choices, self.limits)
        finding = Finding(pending=True) if later else self._compare(data, opened)
        kept = KeptModel(opened.model, opened.told(finding, len(data)))
        self.files.put(identity, data, _record(kept, choices))
        return kept

    def verify(self, identity: str) -> Imported:
        """Compare a network with its file, if that has not been done, and keep what was found.

        Raises:
            CnnError: it is gone or damaged.
            OSError: the data folder cannot be written to.
        """
        record = self.files.record(identity)
        if not _imported(record).finding.pending:
            return _imported(record)
        data = self.files.data(identity)
        found = self._compare(data, open_onnx(data, identity, record.choices, self.limits))
        with self._writing:
            now = self.files.record(identity)
            if (
                now.choices.size != record.choices.size
            ):  # of another size meanwhile: that one is still to be compared
                return _imported(now)
            told = replace(_imported(now), finding=found)
            self.files.change(identity, replace(now, entry=replace(now.entry, imported=told)))
        return told

    def change(self, identity: str, choices: Choices) -> KeptModel:
        """Say something else of a network that is here; another size has it verified anew.

        Raises:
            CnnError: it does not fit, or the network is gone.
            OSError: the data folder cannot be written to.
        """
        record = self.files.record(identity)
        before = record.choices
        after = Choices(
            name=before.name if choices.name is None else choices.name,
            labels=before.labels if choices.labels is None else choices.labels,
            scaling=before.scaling if choices.scaling is None else choices.scaling,
            size=before.size if choices.size is None else choices.size,
        )
        data = self.files.data(identity)
        if after.size != before.size:
            return self.take(data, after, later=_imported(record).finding.pending)
        opened = open_onnx(data, identity, after, self.limits)
        with self._writing:
            finding = _imported(self.files.record(identity)).finding
            kept = KeptModel(opened.model, opened.told(finding, len(data)))
            self.files.change(identity, _record(kept, after))
        return kept

    def load(self, identity: str) -> KeptModel:
        """A network that is here.

        Raises:
            CnnError: it is gone or damaged.
        """
        record = self.files.record(identity)
        data = self.files.data(identity)
        opened = open_onnx(data, identity, record.choices, self.limits)
        return KeptModel(opened.model, opened.told(_imported(record).finding, len(data)))

    def _compare(self, data: bytes, opened: OnnxModel) -> Finding:
        found = verify_onnx(data, opened, self.verify_seconds)
        return Finding(found.verified, found.sentence)


def _imported(record: ModelRecord) -> Imported:
    told = record.entry.imported
    if told is None:
        raise BadModelFile(f"model {record.entry.name}: its record is damaged; import it again")
    return told


def _record(kept: KeptModel, choices: Choices) -> ModelRecord:
    return ModelRecord(entry_of(kept.model, kept.imported), choices)
