"""ETags: a client that has an answer already is told so instead of being sent it again."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import Request

from . import __version__
from .errors import NotModified

__all__ = ["NOT_MODIFIED", "immutable", "revalidated"]

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The copy whose ETag If-None-Match names is current."}
}
"""OpenAPI entry of every answer with an ETag."""


def immutable(request: Request, *parts: Any) -> dict[str, str]:
    """Headers of an answer that can never change, because its address names its content.

    It is for the one who asked alone: no proxy keeps what people upload.

    Raises:
        NotModified: the client has it already.
    """
    return _validated(request, "private, max-age=31536000, immutable", parts)


def revalidated(request: Request, *parts: Any) -> dict[str, str]:
    """Headers of an answer that stays the same until ``parts`` change, such as a model's fingerprint.

    Raises:
        NotModified: the client has it already.
    """
    return _validated(request, "no-cache", parts)


def _validated(request: Request, caching: str, parts: tuple[Any, ...]) -> dict[str, str]:
    digest = hashlib.sha256(repr((__version__, request.url.path, parts)).encode()).hexdigest()[:32]
    # Weak: a compressed answer has the same tag as a plain one.
    headers = {"ETag": f'W/"{digest}"', "Cache-Control": caching}
    held = request.headers.get("if-none-match", "")
    if held.strip() == "*" or f'"{digest}"' in [tag.strip().removeprefix("W/") for tag in held.split(",")]:
        raise NotModified(headers)
    return headers
