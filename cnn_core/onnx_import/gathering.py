"""One file of a network that came as several: its weights from beside it, out of a folder or a zip archive.

Where a weight lies is told by a stranger's file, so it may only lie beside that file or below.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from google.protobuf.message import DecodeError
from onnx import GraphProto, ModelProto, TensorProto

from cnn_core.errors import BadModelFile, ModelLimit
from cnn_core.onnx_import.limits import Limits
from cnn_core.onnx_import.wire import check_structure

__all__ = ["as_one_file", "from_folder", "from_zip"]

Beside = Callable[[str], bytes]
"""From a place beside the file to what lies there; raises BadModelFile where nothing does."""

_ZIP = b"PK\x03\x04"


def as_one_file(data: bytes, limits: Limits, beside: Mapping[str, bytes] | None = None) -> bytes:
    """A network with its weights in it: as it is, out of a zip archive, or from the files ``beside`` it.

    Raises:
        BadModelFile: a file is missing, too short, or not beside it.
        ModelLimit: together they are too large.
    """
    if data.startswith(_ZIP):
        return from_zip(data, limits)
    files = beside or {}

    def find(place: str) -> bytes:
        # a browser hands over names alone, without their folders
        found = files.get(place, files.get(posixpath.basename(place)))
        if found is None:
            raise _missing(place)
        return found

    return _whole(data, limits, find)


def from_folder(path: Path, limits: Limits) -> bytes:
    """The network in a file on disk, or the only one of a folder, with what lies beside it.

    Raises:
        BadModelFile, ModelLimit: as ``as_one_file``.
        OSError: a file cannot be read.
    """
    if path.is_dir():
        path = path / _only([each.name for each in path.iterdir() if each.suffix == ".onnx"], "folder")
    if path.stat().st_size > limits.max_bytes:
        raise _too_large(limits)
    data, folder = path.read_bytes(), path.parent.resolve()
    if data.startswith(_ZIP):
        return from_zip(data, limits)

    def find(place: str) -> bytes:
        wanted = (folder / place).resolve()
        if not wanted.is_relative_to(folder):
            raise _outside(place)
        if not wanted.is_file():
            raise _missing(place)
        if wanted.stat().st_size > limits.max_bytes:
            raise _too_large(limits)
        return wanted.read_bytes()

    return _whole(data, limits, find)


def from_zip(data: bytes, limits: Limits) -> bytes:
    """The only network in a zip archive, with what lies beside it there; other archives stay as they are.

    Raises:
        BadModelFile, ModelLimit: as ``as_one_file``.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BadModelFile("ONNX file: this zip archive is damaged or cut off") from error
    names = [name for name in archive.namelist() if not name.startswith("__MACOSX/")]
    networks = [name for name in names if name.endswith(".onnx")]
    if not networks:
        return data
    name = _only(networks, "archive")
    left = limits.max_bytes

    def read(wanted: str) -> bytes:
        nonlocal left
        try:
            with archive.open(wanted) as file:
                found = file.read(left + 1)
        except KeyError:
            raise _missing(wanted) from None
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
            raise BadModelFile("ONNX file: this zip archive is damaged, locked or of a rare kind") from error
        left -= len(found)
        if left < 0:
            raise _too_large(limits)
        return found

    folder = posixpath.dirname(name)
    return _whole(read(name), limits, lambda place: read(posixpath.join(folder, place)))


def _whole(data: bytes, limits: Limits, find: Beside) -> bytes:
    """The file with the numbers of other files in it; the same bytes where there are none."""
    if b"location" not in data:
        return data
    check_structure(data, limits.max_structure_bytes)
    model = ModelProto()
    try:
        model.ParseFromString(data)
    except DecodeError:
        return data  # whoever reads it says what is wrong
    files: dict[str, bytes] = {}
    total = len(data)
    apart = [each for each in _tensors(model.graph) if each.data_location == TensorProto.EXTERNAL]
    for tensor in apart:
        told = {entry.key: entry.value for entry in tensor.external_data}
        place = _inside(told.get("location", ""))
        if place not in files:
            files[place] = find(place)
        start = _number(told.get("offset", "0"))
        length = _number(told["length"]) if "length" in told else len(files[place]) - start
        total += length
        if total > limits.max_bytes:
            raise _too_large(limits)
        if start + length > len(files[place]) or length < 0:
            raise BadModelFile(f"ONNX file: {place[:60]!r} is too short: a weight lies behind its end")
        tensor.raw_data = files[place][start : start + length]
        tensor.data_location = TensorProto.DEFAULT
        del tensor.external_data[:]
    return model.SerializeToString() if apart else data


def _tensors(graph: GraphProto) -> Iterator[TensorProto]:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def _inside(place: str) -> str:
    """A place beside the file or below."""
    normal = posixpath.normpath(place)
    if not place or place.startswith("/") or "\\" in place or ":" in place or "\0" in place:
        raise _outside(place)
    if normal == ".." or normal.startswith("../"):
        raise _outside(place)
    return normal


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise BadModelFile("ONNX file: where its weights lie in the other file is no number")
    return int(text)


def _only(names: list[str], where: str) -> str:
    if len(names) != 1:
        listed = ", ".join(repr(name[-60:]) for name in sorted(names)[:5]) or "none"
        raise BadModelFile(f"ONNX file: wanted one .onnx file in the {where}, got {len(names)}: {listed}")
    return names[0]


def _missing(place: str) -> BadModelFile:
    name = posixpath.basename(place)[:60]
    return BadModelFile(
        f"ONNX file: its weights lie in another file, {name!r}, which did not come with it; "
        "bring both together, in a zip archive or beside each other, or save all in one: "
        "onnx.save(onnx.load(path), out, save_as_external_data=False)"
    )


def _outside(place: str) -> BadModelFile:
    return BadModelFile(f"ONNX file: its weights may only lie beside it, not at {place[:60]!r}")


def _too_large(limits: Limits) -> ModelLimit:
    return ModelLimit(f"ONNX file: with its weights at most {limits.max_bytes >> 20} MiB")
