"""Multipart forms from strangers: a file and a few fields, spooled while they arrive, within limits."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import Request
from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from .errors import Problem, shortened

__all__ = ["FormLimits"]


@dataclass(frozen=True, slots=True)
class FormLimits:
    """How much a form may hold: one file of ``file_bytes`` that is a ``thing``, and other parts beside it.

    ``other_bytes`` is what boundaries, part headers and fields may take in all, ``part_bytes`` each field;
    ``too_large`` is raised beyond.
    """

    thing: str
    file_bytes: int
    other_bytes: int
    part_bytes: int
    max_files: int
    too_large: Problem

    @asynccontextmanager
    async def received(self, request: Request) -> AsyncIterator[FormData]:
        """The form of a request, its files open to the end of the block.

        Raises:
            Problem: 415 no multipart form, 413 too many bytes, 422 it cannot be read.
        """
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "multipart/form-data":
            detail = f"Send the {self.thing} as multipart/form-data, in a file field named 'file'."
            raise Problem(415, "Not a form", detail)
        declared = request.headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > self.file_bytes + self.other_bytes:
            raise self.too_large
        limits = {"max_files": self.max_files, "max_fields": 8, "max_part_size": self.part_bytes}
        parser = MultiPartParser(request.headers, self._at_most(request.stream()), **limits)
        try:
            yield await parser.parse()
        except (MultiPartException, FormParserError) as error:
            raise Problem(422, "The form cannot be read", self._sentence(error)) from error
        finally:
            # Not form.close(): a form that ends inside a file does not hold that file.
            for file in parser._files_to_close_on_error:
                file.close()

    def file(self, form: FormData) -> BinaryIO:
        """The field ``file``.

        Raises:
            Problem: 422 it is text, 413 it is too large.
        """
        upload = form["file"]
        if not isinstance(upload, UploadFile):
            detail = f"The field 'file' holds text; send the {self.thing} itself, as a file."
            raise Problem(422, "Not a file", detail)
        if (upload.size or 0) > self.file_bytes:
            raise self.too_large
        return upload.file

    def refused(self, names: list[str], wanted: str) -> Problem:
        """What is said of a form with other fields."""
        came = ", ".join(map(shortened, names[:8])) or "nothing"
        return Problem(422, f"Not one {self.thing}", f"{wanted}; it holds {came}.")

    async def _at_most(self, stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        received = 0
        async for chunk in stream:
            received += len(chunk)
            if received > self.file_bytes + self.other_bytes:
                raise self.too_large
            yield chunk

    def _sentence(self, error: Exception) -> str:
        if "Too many files" in str(error):
            return f"The form holds more than one file; send one {self.thing} at a time."
        return f"The body is no well-formed multipart form: {error}"
