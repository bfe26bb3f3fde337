"""Uploads: from an untrusted multipart body to decoded pixels or samples, or a sentence that says why not."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, BinaryIO

from fastapi import Request
from PIL import Image, UnidentifiedImageError

from cnn_core.errors import BadInput
from cnn_core.preprocess import Pixels, bits_of, flatten_image, image_formats
from cnn_core.sound import SOUND_FORMATS, Samples
from cnn_core.sound import read_sound as samples_of

from .errors import Problem
from .multipart import FormLimits

__all__ = ["accepted_formats", "decode_sound", "decode_upload", "received_file", "received_json"]

# Pillow's own limit cannot name the dimensions and comes after ours: decode_upload looks at the header first.
Image.MAX_IMAGE_PIXELS = None

_FORM_OVERHEAD = 16 * 1024
"""Bytes that boundaries, part headers and stray text fields may take beside the file."""

_JSON_BYTES = 64 * 1024
"""A longer JSON body is no question that can be asked here."""

_NAMES = {"WEBP": "WebP", "HEIF": "HEIC"}

_ADVICE = {
    "JPEG XL": "Save it as JPEG or PNG: its own program, or `djxl photo.jxl photo.png`, does that.",
    "SVG": "It has no pixels of its own: export it as PNG, in an image program or by a screenshot.",
    "PDF": "Export the page, or the picture in it, as PNG or JPEG, or take a screenshot of it.",
}
"""What to do with a file that is refused, by what it seems to be."""

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF", "a PDF document"),
    (4, b"ftyphei", "a damaged HEIC photo"),
    (4, b"ftyphev", "a damaged HEIC photo"),
    (4, b"ftypmif1", "a damaged HEIF photo"),
    (4, b"ftypmsf1", "a damaged HEIF photo"),
    (4, b"ftypavi", "an AVIF image"),
    (4, b"ftypcrx", "a camera raw file"),
    (4, b"ftypM4A", "an AAC sound (M4A)"),
    (4, b"ftyp", "a video"),
    (0, b"\x1aE\xdf\xa3", "a video"),
    (8, b"AVI ", "a video"),
    (8, b"AIFF", "an AIFF sound"),
    (8, b"AIFC", "an AIFF sound"),
    (0, b"#!AMR", "an AMR sound"),
    (0, b"\xff\x0a", "a JPEG XL image"),
    (4, b"JXL ", "a JPEG XL image"),
    (4, b"jP  ", "a JPEG 2000 image"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"\x00\x00\x01\x00", "an icon file"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"\xff\xd8\xff", "a damaged JPEG image"),
    (0, b"\x89PNG", "a damaged PNG image"),
    (0, b"GIF8", "a damaged GIF image"),
    (8, b"WEBP", "a damaged WebP image"),
    (0, b"BM", "a damaged BMP image"),
    (0, b"II*\x00", "a damaged TIFF image"),
    (0, b"MM\x00*", "a damaged TIFF image"),
)
"""Offset, bytes, and what a file with these bytes there seems to be; the first that fits counts."""


@asynccontextmanager
async def received_file(request: Request, limit: int) -> AsyncIterator[BinaryIO]:
    """The one file of a multipart form, field ``file``, spooled to a temporary file while it arrives.

    Raises:
        Problem: 415 no multipart form, 413 more than ``limit`` bytes, 422 not exactly one file field.
    """
    limits = FormLimits("image", limit, _FORM_OVERHEAD, _FORM_OVERHEAD, 1, _too_large(limit))
    async with limits.received(request) as form:
        names = [name for name, _ in form.multi_items()]
        if names != ["file"]:
            raise limits.refused(names, "The form must hold one file field named 'file' and no more")
        yield limits.file(form)


async def received_json(request: Request) -> Any:
    """The body of a request, read as JSON.

    Raises:
        Problem: 413 more than 64 kB, 422 no JSON.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _JSON_BYTES:
            raise Problem(413, "Too long", f"The body has more than {_JSON_BYTES} bytes.")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(422, "Not JSON", "The body cannot be read as JSON; send one JSON object.") from None


def decode_upload(file: BinaryIO, max_pixels: int) -> tuple[Pixels, str]:
    """Upright RGB pixels, uint8 ``(H, W, 3)``, and what was done to their range, in words.

    Only the formats listed are ever handed to a decoder.

    Raises:
        Problem: 413 too many pixels (by the header, before decoding), 415 no image of an accepted kind,
            422 empty or damaged.
    """
    data = file.read()
    if not data:
        raise Problem(422, "Empty file", "This file is empty (0 bytes). Choose another one.")
    try:
        with Image.open(io.BytesIO(data), formats=image_formats()) as picture:
            _check_size(picture.size, max_pixels)
            pixels, bits = flatten_image(picture), bits_of(picture)
    except Problem:
        raise
    except UnidentifiedImageError as error:
        raise _not_accepted(data) from error
    except BadInput as error:
        raise _damaged() from error
    except MemoryError:
        raise
    except Exception as error:  # a damaged header surfaces as whatever the format's reader tripped over
        raise _damaged() from error
    if bits is None or bits == 16:
        return pixels, ""
    return pixels, f"{bits} of its 16 bits are used: {(1 << bits) - 1} is white."


def decode_sound(file: BinaryIO) -> Samples:
    """The samples of a sound, 16 kHz, int16 ``(N,)``.

    Raises:
        Problem: 422 damaged, too long, empty, or with values that are no numbers.
    """
    try:
        return samples_of(file.read())
    except BadInput as error:
        words = str(error).removeprefix("sound: ")
        raise Problem(422, "Not a sound that can be taken", f"{words[:1].upper()}{words[1:]}.") from error


def accepted_formats() -> str:
    """The formats in words: 'JPEG, PNG and TIFF'."""
    *first, last = [_NAMES.get(name, name) for name in image_formats()]
    return f"{', '.join(first)} and {last}"


def _check_size(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise Problem(
            413,
            "Too many pixels",
            f"This file says it is {width:,} x {height:,} pixels; "
            f"the limit is {max_pixels / 1e6:g} megapixels. Make the image smaller and send it again.",
        )


def _too_large(limit: int) -> Problem:
    return Problem(
        413,
        "File too large",
        f"This file is larger than {_bytes_in_words(limit)}, the limit. "
        "Save it with fewer pixels or as JPEG and send it again.",
    )


def _bytes_in_words(count: int) -> str:
    mebibytes = count / 1024**2
    return f"{mebibytes:.3g} MB" if mebibytes >= 0.1 else f"{count:,} bytes"


def _not_accepted(data: bytes) -> Problem:
    looks = _looks_like(data)
    status = 422 if looks.startswith("a damaged") else 415
    advice = next((f"{told} " for name, told in _ADVICE.items() if name in looks), "")
    return Problem(
        status,
        "Not an image that can be read",
        f"This seems to be {looks}. {advice}Accepted are {accepted_formats()}; "
        f"of sounds {', '.join(SOUND_FORMATS)}.",
    )


def _damaged() -> Problem:
    return Problem(
        422,
        "Damaged image",
        "This image is damaged or cut short and cannot be decoded. "
        "Open it in an image program, save it again, and send that.",
    )


def _looks_like(data: bytes) -> str:
    for offset, signature, what in _SIGNATURES:
        if data.startswith(signature, offset):
            return what
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return "an SVG drawing"
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return "a web page (HTML)"
    if start.startswith(b"<?xml"):
        return "an XML document"
    return "text" if _is_text(data[:1024]) else "no image, or one of a kind unknown here"


def _is_text(start: bytes) -> bool:
    # A multi-byte character may be cut in two at the end.
    text = start.decode("utf-8", errors="ignore")
    return len(text.encode()) >= len(start) - 3 and all(c.isprintable() or c in "\t\r\n\f" for c in text)
