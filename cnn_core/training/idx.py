"""The files of MNIST: arrays of bytes behind a header of their sizes, mostly packed with gzip.

A file begins with two zero bytes, the kind of its values (8: unsigned bytes), the number of axes, and the
length of each as a big-endian 32-bit number; the values follow.

Reference: LeCun, Cortes, Burges, the MNIST database.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Mapping

import numpy as np

from cnn_core.errors import BadDataset
from cnn_core.layers.base import Array

__all__ = ["MAX_IDX_BYTES", "is_idx", "pair_up", "read_idx"]

MAX_IDX_BYTES = 256 * 2**20
"""Unpacked; the largest of MNIST's files has 47 million."""

_GZIP = b"\x1f\x8b"
_UBYTE = b"\x00\x00\x08"


def is_idx(data: bytes) -> bool:
    """Whether these bytes begin an idx file of bytes, packed or not."""
    try:
        start = _unpacked(data, 4, "") if data.startswith(_GZIP) else data[:4]
    except BadDataset:
        return False
    return start[:3] == _UBYTE and len(start) == 4 and 1 <= start[3] <= 4


def read_idx(data: bytes, name: str) -> Array:
    """The array of an idx file, uint8; ``name`` is what messages call it.

    Raises:
        BadDataset: it is no idx file of bytes, claims more than ``MAX_IDX_BYTES``, or is cut short.
    """
    if not is_idx(data):
        raise BadDataset(f"data: {name} is no idx file of bytes, as those of MNIST are")
    packed = data.startswith(_GZIP)
    axes = (_unpacked(data, 4, name) if packed else data)[3]
    header = 4 + 4 * axes
    start = _unpacked(data, header, name) if packed else data[:header]
    if len(start) < header:
        raise BadDataset(f"data: {name} is cut short: it ends inside its header")
    shape = struct.unpack(f">{axes}I", start[4:])
    if (count := math.prod(shape)) > MAX_IDX_BYTES:
        raise BadDataset(f"data: {name} claims {count:,} bytes, the limit is {MAX_IDX_BYTES:,}")
    values = (_unpacked(data, header + count, name) if packed else data)[header : header + count]
    if len(values) < count:
        raise BadDataset(f"data: {name} is cut short: {len(values):,} of {count:,} bytes")
    return np.frombuffer(values, np.uint8).reshape(shape)


def pair_up(files: Mapping[str, bytes]) -> dict[str, tuple[Array, Array]]:
    """Pictures ``(N, H, W)`` and their labels ``(N,)``, under ``train`` and, where they are, ``test``.

    Raises:
        BadDataset: a file is damaged, or has nothing or another count beside it; the message names it.
    """
    parts: dict[str, dict[int, tuple[str, Array]]] = {"train": {}, "test": {}}
    for name, data in files.items():
        short = name.rpartition("/")[2]
        part = parts["test" if "t10k" in short or "test" in short else "train"]
        array = read_idx(data, short)
        if array.ndim not in (1, 3):
            raise BadDataset(f"data: {short} has {array.ndim} axes; pictures have 3, labels 1")
        if array.ndim in part:
            both = f"{part[array.ndim][0]} and {short}"
            raise BadDataset(f"data: {both} are of one kind; wanted pictures and labels")
        part[array.ndim] = short, array
    return {name: _pair(part) for name, part in parts.items() if part}


def _pair(part: Mapping[int, tuple[str, Array]]) -> tuple[Array, Array]:
    if len(part) < 2:
        ((axes, (name, _)),) = part.items()
        other = "labels (…-labels-idx1-ubyte.gz)" if axes == 3 else "pictures (…-images-idx3-ubyte.gz)"
        raise BadDataset(f"data: {name} came alone; bring the {other} with it")
    (images_name, images), (labels_name, labels) = part[3], part[1]
    if len(images) != len(labels):
        counts = f"{images_name} has {len(images):,} pictures, {labels_name} {len(labels):,} labels"
        raise BadDataset(f"data: {counts}; they do not belong together")
    return images, labels


def _unpacked(data: bytes, most: int, name: str) -> bytes:
    """At most so many of the bytes that are packed."""
    try:
        return zlib.decompressobj(wbits=31).decompress(data, most)
    except zlib.error as error:
        raise BadDataset(f"data: {name} cannot be unpacked ({error})") from error
