"""What happens to every request on its way in and out."""

from __future__ import annotations

import asyncio
import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import Problem
from .services.fairness import visitor
from .services.metrics import Metrics

__all__ = ["AnswerFailures", "HeadAsGet", "MeasureRequests", "NameVisitor"]

_log = logging.getLogger(__name__)


class AnswerFailures:
    """Answer 500 where something unexpected was raised: the cause goes into the log, not to the client.

    And 503 where the server stops before there is an answer: who asks again finds the next server.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a failure after the answer has begun ends the connection instead."""
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except asyncio.CancelledError:
            if started or scope["type"] != "http":
                raise
            stopping = Problem(503, "The server stops", "Ask again when it is back.", {"Retry-After": "1"})
            await stopping.response()(scope, receive, send)
        except Exception:
            if started or scope["type"] != "http":
                raise
            _log.exception("unexpected error at %s", scope["path"])
            detail = "Something went wrong here, not with your request. The server's log has the cause."
            await Problem(500, "The server failed", detail).response()(scope, receive, send)


class NameVisitor:
    """Say whose work it is that a request or socket causes, so that threads are shared fairly."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on; a visitor is a connection, or an address where a balancer names no more."""
        if scope["type"] in ("http", "websocket"):
            visitor.set(scope.get("client"))
        await self._app(scope, receive, send)


class HeadAsGet:
    """Answer HEAD as GET would be answered, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass HEAD on as GET and drop what comes back as body."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, send_without_body)


class MeasureRequests:
    """Count every request by route and status, and time it until its last byte is sent."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            seconds = time.perf_counter() - started
            self._metrics.note_request(scope["method"], _route_of(scope), status, seconds)


def _route_of(scope: Scope) -> str:
    """The route's template: addresses themselves would make as many time series as there are clients."""
    if path := getattr(scope.get("route"), "path", None):
        return str(path)
    return "/static" if scope["path"].startswith("/static/") else "unmatched"
