"""Errors on the wire: every one is a problem document (RFC 9457) a person can act on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

__all__ = ["NotModified", "Problem", "http_problem", "install_error_handlers", "problems", "shortened"]

PROBLEM_TYPE = "application/problem+json"

_MEANINGS = {
    400: "The request is no proper HTTP.",
    401: "A token is wanted; the detail says where it comes from.",
    403: "A page of another origin may change nothing here.",
    404: "It does not exist; the detail lists what does.",
    408: "The request came too slowly.",
    410: "It was here, and cannot be read any more; the detail says what to do.",
    413: "The file or image is too large; the detail names the limit.",
    415: "Not of a kind that is accepted; the detail says what it seems to be.",
    421: "It is not asked by a name of this server.",
    431: "The headers are too long; the detail names the limit.",
    422: "A value is missing or out of range; the detail says which and what was wanted.",
    500: "The server failed; nothing is wrong with the request.",
    503: "The server is busy; Retry-After says in how many seconds to ask again.",
    507: "There is no room to keep it; the detail says why.",
}


class Problem(Exception):
    """An answer with an error status: what happened, and what to do about it."""

    def __init__(
        self, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail
        self.headers = dict(headers or {})

    def document(self) -> dict[str, Any]:
        """The members of the problem document."""
        return {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}

    def response(self) -> Response:
        """The document as an answer."""
        return Response(
            json.dumps(self.document(), ensure_ascii=False),
            status_code=self.status,
            headers={"Cache-Control": "no-store", **self.headers},
            media_type=PROBLEM_TYPE,
        )


class NotModified(Exception):
    """The client already has the current answer (304)."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__("not modified")
        self.headers = dict(headers)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for the error statuses a route may answer; 500 always."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    # what can be missing can also be there and damaged
    gone = (410,) if 404 in statuses else ()
    entries: dict[int | str, dict[str, Any]] = {
        status: {"description": _MEANINGS[status], "content": {PROBLEM_TYPE: schema}}
        for status in (*statuses, *gone, 500)
    }
    if 503 in entries:
        entries[503]["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        }
    return entries


def shortened(text: str, length: int = 80) -> str:
    """What a client sent, quoted for a sentence and no longer than ``length`` characters."""
    return repr(text if len(text) <= length else text[: length - 1] + "…")


def install_error_handlers(app: FastAPI) -> None:
    """Make every error of ``app`` a problem document."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(NotModified, _not_modified)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, http_problem)
    app.add_exception_handler(ClientDisconnect, _gone)


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


def _not_modified(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotModified)
    return Response(status_code=304, headers=error.headers)


def _gone(request: Request, error: Exception) -> Response:
    # Nobody is left to read it; 499 is what access logs call this.
    return Response(status_code=499)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    detail = " ".join(map(_sentence, error.errors()))
    return Problem(422, "The request does not fit", detail).response()


def http_problem(request: Request, error: Exception) -> Response:
    """An error of the router as a problem document that says what there is instead."""
    assert isinstance(error, HTTPException)
    title, detail = HTTPStatus(error.status_code).phrase, str(error.detail)
    if error.status_code == 404:
        detail = f"There is nothing at {shortened(request.url.path)}; /openapi.json lists every address."
    elif error.status_code == 405:
        allowed = ", ".join(_methods(request))
        error.headers = {**(error.headers or {}), "Allow": allowed}
        detail = f"{request.method} is not possible at {shortened(request.url.path)}; allowed: {allowed}."
    return Problem(error.status_code, title, detail, error.headers).response()


def _methods(request: Request) -> list[str]:
    """Every method that is possible at an address, whichever route takes it."""
    found: set[str] = set()
    for route in request.app.state.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods
    found = found or {"GET"}
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _sentence(error: Mapping[str, Any]) -> str:
    place: Sequence[Any] = error["loc"]
    name = f"{place[0]} parameter {place[-1]!r}" if len(place) > 1 else str(place[0])
    message = str(error["msg"])
    message = message[:1].lower() + message[1:]
    got = "" if error["type"] == "missing" else f", got {shortened(str(error['input']))}"
    return f"{name[:1].upper()}{name[1:]}: {message}{got}."
