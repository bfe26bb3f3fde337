"""Models that people brought, in the data folder: two files each, named by the hash of the ONNX file.

The folder is the truth, and is read each time: several processes may share it. What was used longest ago goes
first once there are too many bytes.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
import time
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from cnn_core.errors import BadModelFile, CnnError

from .model_records import ModelRecord

__all__ = ["UploadedModels", "content_id"]

_log = logging.getLogger(__name__)

_ID = re.compile(r"[0-9a-f]{16}")

_HALF = ".half-"
"""How the name of a file begins while it is written."""

_STALE_NANOSECONDS = 600 * 10**9

_RECORD = TypeAdapter(ModelRecord)
"""How records are written: as JSON, member by member."""


def content_id(data: bytes) -> str:
    """The name of a file's content in addresses: 64 bits of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


class UploadedModels:
    """Files ``<id>.onnx`` and ``<id>.json`` in a folder, made when the first model comes."""

    def __init__(self, folder: Path, capacity: int) -> None:
        self.folder = folder
        self.capacity = capacity

    def ids(self) -> tuple[str, ...]:
        """Every model, the one used last at the end."""
        found = [path for path in self.folder.glob("*.json") if _ID.fullmatch(path.stem)]
        return tuple(path.stem for path in sorted(found, key=_used))

    def __contains__(self, identity: str) -> bool:
        """Whether there is a model of that id."""
        return _ID.fullmatch(identity) is not None and self._record_path(identity).is_file()

    def record(self, identity: str) -> ModelRecord:
        """What is kept of a model.

        Raises:
            BadModelFile: nothing is, or it is damaged.
        """
        try:
            return _RECORD.validate_json(self._record_path(identity).read_bytes())
        except (OSError, ValidationError, CnnError) as error:
            raise BadModelFile(
                f"{self._record_path(identity)}: cannot be read; import the model again"
            ) from error

    def records(self) -> list[ModelRecord]:
        """Every model; one whose record is damaged is left out and logged."""
        found = []
        for identity in self.ids():
            try:
                found.append(self.record(identity))
            except BadModelFile:
                _log.exception("model %s cannot be told of", identity)
        return found

    def stamp(self, identity: str) -> str:
        """Another text whenever the record is another."""
        try:
            return hashlib.sha256(self._record_path(identity).read_bytes()).hexdigest()
        except OSError:
            return ""

    def data(self, identity: str) -> bytes:
        """The ONNX file, now the one used last.

        Raises:
            BadModelFile: it is gone, or is not what its name says.
        """
        try:
            data = self._file_path(identity).read_bytes()
            os.utime(self._record_path(identity))
        except OSError as error:
            raise BadModelFile(f"{self._file_path(identity)}: is gone; import the model again") from error
        if content_id(data) != identity:
            raise BadModelFile(f"{self._file_path(identity)}: is damaged on the disk; import the model again")
        return data

    def put(self, identity: str, data: bytes, record: ModelRecord) -> None:
        """Keep a model, in place of a damaged one of its name, and let others go until all fit.

        Raises:
            OSError: the folder cannot be written to.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._tidy()
        if not self._holds(identity, data):
            _write(self._file_path(identity), data)
        self.change(identity, record)
        self._make_room(identity)

    def change(self, identity: str, record: ModelRecord) -> None:
        """Keep something else of a model that is here."""
        _write(self._record_path(identity), _RECORD.dump_json(record, indent=1))

    def remove(self, identity: str) -> None:
        """Forget a model; one that is not here is forgotten already."""
        self._record_path(identity).unlink(missing_ok=True)
        self._file_path(identity).unlink(missing_ok=True)

    def total_bytes(self) -> int:
        """What all models take together."""
        return sum(map(_size, self.folder.glob("[!.]*")))

    def _holds(self, identity: str, data: bytes) -> bool:
        try:
            return self._file_path(identity).read_bytes() == data
        except OSError:
            return False

    def _tidy(self) -> None:
        """Remove what writers that were killed have left: nobody writes one file for so long."""
        for path in self.folder.glob(f"{_HALF}*"):
            if _used(path) < time.time_ns() - _STALE_NANOSECONDS:
                path.unlink(missing_ok=True)

    def _make_room(self, newest: str) -> None:
        for identity in self.ids():
            if self.total_bytes() <= self.capacity:
                return
            if identity != newest:
                self.remove(identity)

    def _file_path(self, identity: str) -> Path:
        return self.folder / f"{identity}.onnx"

    def _record_path(self, identity: str) -> Path:
        return self.folder / f"{identity}.json"


def _used(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # another process has removed it meanwhile
        return 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _write(path: Path, data: bytes) -> None:
    """Write beside the target and rename, so that nobody reads half of it."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_HALF, delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
