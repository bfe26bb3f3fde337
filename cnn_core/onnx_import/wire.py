"""How much of an ONNX file is structure, found without parsing it.

A protobuf message of two bytes becomes an object of a hundred, so a file must be measured before a parser
unfolds it. Only the places where tensors keep their numbers are free: those become arrays of their own size.

Reference: Protocol Buffers encoding, https://protobuf.dev/programming-guides/encoding/, and ``onnx.proto``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cnn_core.errors import BadModelFile, ModelLimit

__all__ = ["check_structure"]

EACH = 16
"""Bytes that a field counts for besides its content: that bounds how many there are."""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

TENSOR: Mapping[int, Any] = {4: None, 9: None, 10: None}
"""float_data, raw_data and double_data: numbers, not structure."""
NODE: Mapping[int, Any] = {5: {5: TENSOR}}
GRAPH: Mapping[int, Any] = {1: NODE, 5: TENSOR}
MODEL: Mapping[int, Any] = {7: GRAPH}
"""The fields that are looked into, by number; None: they hold numbers."""


def check_structure(data: bytes, limit: int) -> None:
    """Hold a serialized ModelProto against a bound on everything that is not numbers of tensors.

    Raises:
        BadModelFile: it is no protobuf message, or is cut off.
        ModelLimit: there is more structure.
    """
    whole, spent = memoryview(data), 0
    waiting: list[tuple[int, int, Mapping[int, Any]]] = [(0, len(data), MODEL)]
    while waiting:
        start, end, known = waiting.pop()
        for number, first, last in _fields(whole, start, end):
            inner = known.get(number, {})
            # an empty field, too, costs its parser something
            spent += EACH + (last - first if inner == {} else 0)
            if inner:
                waiting.append((first, last, inner))
            if spent > limit:
                raise ModelLimit(
                    f"ONNX file: all but the numbers may take {limit:,} bytes, this file has more: "
                    "it describes far more nodes than any image network has"
                )


def _fields(data: memoryview, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Every field of a message: its number, and where its content begins and ends."""
    while at < end:
        key, at = _varint(data, at, end)
        kind = key & 7
        if kind == BYTES:
            length, first = _varint(data, at, end)
            last = first + length
        elif kind == VARINT:
            first = at
            _, last = _varint(data, at, end)
        elif kind in (FIXED64, FIXED32):
            first, last = at, at + (8 if kind == FIXED64 else 4)
        else:
            raise BadModelFile("ONNX file: this is no ONNX model, or a damaged one (not a protobuf message)")
        if last > end or key < 8:
            raise BadModelFile(
                "ONNX file: it is damaged or cut off: a part of it is longer than what is there"
            )
        yield key >> 3, first, last
        at = last


def _varint(data: memoryview, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end and shift < 70:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
    raise BadModelFile("ONNX file: it is damaged or cut off: it ends within a number")
