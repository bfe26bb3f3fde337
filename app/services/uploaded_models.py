"""Models that people brought: two files each, named by the hash of the ONNX file.

The files are the truth, and are read each time: several processes may share them. The record is written last
and removed first, so that what has a record is whole. What was used longest ago goes first once there are too
many bytes.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from typing import Final

from pydantic import TypeAdapter, ValidationError

from cnn_core.errors import BadModelFile, CnnError

from .blobs import Blobs
from .model_records import ModelRecord

__all__ = ["Unreadable", "UploadedModels", "content_id", "is_content_id"]

_log = logging.getLogger(__name__)

_ID: Final = re.compile(r"[0-9a-f]{16}")

_RECORD = TypeAdapter(ModelRecord)
"""How records are written: as JSON, member by member."""


def content_id(data: bytes) -> str:
    """The name of a file's content in addresses: 64 bits of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def is_content_id(name: str) -> bool:
    """Whether a name could be that of a file's content."""
    return _ID.fullmatch(name) is not None


class Unreadable(BadModelFile):
    """What was kept of a model is gone or damaged."""


class UploadedModels:
    """Files ``<id>.onnx`` and ``<id>.json``, of ``capacity`` bytes together."""

    def __init__(self, blobs: Blobs, capacity: int) -> None:
        self.blobs = blobs
        self.capacity = capacity

    def ids(self) -> tuple[str, ...]:
        """Every model, the one used last at the end."""
        names = (entry.name.removesuffix(".json") for entry in self.blobs.entries())
        return tuple(filter(is_content_id, names))

    def __contains__(self, identity: str) -> bool:
        """Whether there is a model of that id."""
        return is_content_id(identity) and self.stamp(identity) != ""

    def record(self, identity: str) -> ModelRecord:
        """What is kept of a model.

        Raises:
            Unreadable: nothing is, or it is damaged.
        """
        name = _record_name(identity)
        try:
            return _RECORD.validate_json(self.blobs.read(name))
        except (OSError, ValidationError, CnnError) as error:
            raise Unreadable(f"{self.blobs.where(name)}: cannot be read; import the model again") from error

    def records(self) -> list[ModelRecord]:
        """Every model; one whose record is damaged is left out and logged."""
        found = []
        for identity in self.ids():
            try:
                found.append(self.record(identity))
            except Unreadable:
                _log.exception("model %s cannot be told of", identity)
        return found

    def stamp(self, identity: str) -> str:
        """Another text whenever the record is another; none where there is no record."""
        try:
            return hashlib.sha256(self.blobs.read(_record_name(identity))).hexdigest()
        except OSError:
            return ""

    def data(self, identity: str) -> bytes:
        """The ONNX file, now the one used last.

        Raises:
            Unreadable: it is gone, or is not what its name says.
        """
        name = _file_name(identity)
        try:
            data = self.blobs.read(name)
        except OSError as error:
            raise Unreadable(f"{self.blobs.where(name)}: is gone; import the model again") from error
        if content_id(data) != identity:
            raise Unreadable(f"{self.blobs.where(name)}: is damaged on the disk; import the model again")
        self.blobs.touch(_record_name(identity))
        return data

    def put(self, identity: str, data: bytes, record: ModelRecord) -> None:
        """Keep a model, in place of a damaged one of its name, and let others go until all fit.

        Raises:
            OSError: it cannot be written.
        """
        with self.blobs.alone():
            if not self._holds(identity, data):
                self.blobs.write(_file_name(identity), data)
            self._write(identity, record)
            self._make_room(identity)

    def change(self, identity: str, told: Callable[[ModelRecord], ModelRecord]) -> ModelRecord:
        """Keep something else of a model that is here; what is said depends on what is kept now.

        Raises:
            Unreadable: it is gone.
            OSError: it cannot be written.
        """
        with self.blobs.alone():
            record = told(self.record(identity))
            self._write(identity, record)
        return record

    def remove(self, identity: str) -> None:
        """Forget a model; one that is not here is forgotten already."""
        with self.blobs.alone():
            self._remove(identity)

    def total_bytes(self) -> int:
        """What all models take together."""
        return sum(entry.size for entry in self.blobs.entries())

    def _write(self, identity: str, record: ModelRecord) -> None:
        self.blobs.write(_record_name(identity), _RECORD.dump_json(record, indent=1))

    def _remove(self, identity: str) -> None:
        self.blobs.remove(_record_name(identity))
        self.blobs.remove(_file_name(identity))

    def _holds(self, identity: str, data: bytes) -> bool:
        try:
            return self.blobs.read(_file_name(identity)) == data
        except OSError:
            return False

    def _make_room(self, newest: str) -> None:
        for identity in self.ids():
            if self.total_bytes() <= self.capacity:
                return
            if identity != newest:
                self._remove(identity)


def _file_name(identity: str) -> str:
    return f"{identity}.onnx"


def _record_name(identity: str) -> str:
    return f"{identity}.json"
