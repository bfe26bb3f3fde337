"""The form that brings a network: one ONNX file, and what its sender says of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import BinaryIO

from fastapi import Request
from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from app.errors import Problem, shortened

__all__ = ["FIELDS", "received_model"]

FIELDS = ("name", "labels", "scaling", "height", "width", "verify")
"""What may be said beside the file; ``labels`` as text or as a file of its own."""

_FIELD_BYTES = 1024 * 1024
_FORM_OVERHEAD = 2 * _FIELD_BYTES
"""Bytes that labels, the other fields, boundaries and headers may take beside the file."""


@asynccontextmanager
async def received_model(request: Request, limit: int) -> AsyncIterator[tuple[BinaryIO, dict[str, bytes]]]:
    """The file of a multipart form, field ``file``, spooled to disk while it arrives, and the other fields.

    Raises:
        Problem: 415 no multipart form, 413 more than ``limit`` bytes, 422 a form of another make.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise Problem(
            415, "Not a form", "Send the model as multipart/form-data, in a file field named 'file'."
        )
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > limit + _FORM_OVERHEAD:
        raise _too_large(limit)
    body = _at_most(request.stream(), limit)
    parser = MultiPartParser(request.headers, body, max_files=2, max_fields=8, max_part_size=_FIELD_BYTES)
    try:
        form = await parser.parse()
        yield _file(form, limit), {name: await _text(form[name]) for name in FIELDS if name in form}
    except (MultiPartException, FormParserError) as error:
        raise Problem(422, "The form cannot be read", f"It is no well-formed form: {error}") from error
    finally:
        # Not form.close(): a form that ends inside a file does not hold that file.
        for file in parser._files_to_close_on_error:
            file.close()


async def _at_most(stream: AsyncGenerator[bytes, None], limit: int) -> AsyncGenerator[bytes, None]:
    received = 0
    async for chunk in stream:
        received += len(chunk)
        if received > limit + _FORM_OVERHEAD:
            raise _too_large(limit)
        yield chunk


def _file(form: FormData, limit: int) -> BinaryIO:
    names = [name for name, _ in form.multi_items()]
    known = ("file", *FIELDS)
    if names.count("file") != 1 or len(set(names)) < len(names) or not set(names) <= set(known):
        came = ", ".join(map(shortened, names[:8])) or "nothing"
        wanted = (
            f"The form must hold one file field named 'file', and may hold {', '.join(FIELDS)}, each once"
        )
        raise Problem(422, "Not one model", f"{wanted}; it holds {came}.")
    upload = form["file"]
    if not isinstance(upload, UploadFile):
        raise Problem(422, "Not a file", "The field 'file' holds text; send the model itself, as a file.")
    if (upload.size or 0) > limit:
        raise _too_large(limit)
    return upload.file


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
