"""The form that brings a network: one ONNX file, and what its sender says of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import BinaryIO

from fastapi import Request
from starlette.datastructures import UploadFile

from .errors import Problem
from .multipart import FormLimits

__all__ = ["FIELDS", "received_model"]

FIELDS = ("name", "labels", "scaling", "output", "reading", "height", "width", "verify")
"""What may be said beside the file; ``labels`` as text or as a file of its own."""

_BESIDE = "data"
"""The field of files that hold weights of the network, as many as there are."""

_MOST_BESIDE = 64

_FIELD_BYTES = 1024 * 1024
_FORM_OVERHEAD = 2 * _FIELD_BYTES
"""Bytes that labels, the other fields, boundaries and headers may take beside the file."""


@asynccontextmanager
async def received_model(
    request: Request, limit: int
) -> AsyncIterator[tuple[BinaryIO, dict[str, bytes], dict[str, BinaryIO]]]:
    """The file of a multipart form, field ``file``, spooled to disk while it arrives, and the other fields.

    Files of weights, field ``data``, come third, by their names.

    Raises:
        Problem: 415 no multipart form, 413 more than ``limit`` bytes, 422 a form of another make.
    """
    limits = FormLimits("model", limit, _FORM_OVERHEAD, _FIELD_BYTES, 2 + _MOST_BESIDE, _too_large(limit))
    async with limits.received(request) as form:
        beside = [each for each in form.getlist(_BESIDE) if isinstance(each, UploadFile)]
        names = [name for name, _ in form.multi_items() if name != _BESIDE]
        if names.count("file") != 1 or len(set(names)) < len(names) or not set(names) <= {"file", *FIELDS}:
            wanted = f"one file field named 'file', and may hold {', '.join(FIELDS)}, each once"
            raise limits.refused(names, f"The form must hold {wanted}")
        fields = {name: await _text(form[name]) for name in FIELDS if name in form}
        yield limits.file(form), fields, {each.filename or "": each.file for each in beside}


async def _text(value: UploadFile | str) -> bytes:
    if isinstance(value, str):
        return value.encode()
    data = await value.read(_FIELD_BYTES + 1)
    if len(data) > _FIELD_BYTES:
        raise Problem(413, "File too large", "A file of labels may have one megabyte.")
    return data


def _too_large(limit: int) -> Problem:
    return Problem(
        413,
        "File too large",
        f"This file is larger than {limit:,} bytes, the limit for models "
        "(the setting CONVSCOPE_MODEL_FILE_BYTES).",
    )
