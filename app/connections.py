"""One connection of the server, held to limits: what is sent before it is understood, and how slowly.

uvicorn reads a request's headers to their end, however many there are, and waits for ever for a sender that
has stopped and for a reader that does not read.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from .config import Settings
from .errors import Problem

__all__ = ["limited_connections"]


def limited_connections(settings: Settings) -> type[asyncio.Protocol]:
    """What uvicorn makes for every connection, with these settings' limits."""
    return type("Connection", (_Connection,), {"limits": settings})


class _Connection(HttpToolsProtocol):
    limits: Settings

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._header_bytes = 0
        self._body_bytes = 0
        self._reading_headers = False
        self._sending = _Clock(self.loop)
        self._reading = _Clock(self.loop)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._sending.stop()
        self._reading.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._sending.running:
            self._await_headers()  # of the next request
        if self._reading_headers:
            self._header_bytes += len(data)
        self._body_bytes += len(data)
        super().data_received(data)
        if self._reading_headers and self._header_bytes > self.limits.header_bytes:
            self._refuse_headers()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self._reading_headers:
            self._await_headers()

    def on_headers_complete(self) -> None:
        length = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if length > self.limits.header_bytes:
            self._refuse_headers()
            return
        self._reading_headers = False
        self._await_body()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self.cycle is not None:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._sending.stop()
        if self.cycle is not None:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self._reading.start(self.limits.reader_seconds, self.transport.abort)

    def handle_websocket_upgrade(self) -> None:
        # from here on its own session watches it
        self._sending.stop()
        self._reading.stop()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reading.start(self.limits.reader_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reading.stop()

    def _await_headers(self) -> None:
        self._header_bytes, self._reading_headers = 0, True
        self._sending.start(self.limits.header_seconds, self._too_slow)

    def _await_body(self) -> None:
        self._body_bytes = 0
        self._sending.start(self.limits.body_seconds, self._judge_body)

    def _judge_body(self) -> None:
        """Whoever sends a body must get on with it, unless it is this server that does not take it."""
        enough = self.limits.body_bytes_a_second * self.limits.body_seconds
        if self.flow.read_paused or self._body_bytes >= enough:
            self._await_body()
        else:
            self._too_slow()

    def _too_slow(self) -> None:
        began = self._header_bytes > 0 or not self._reading_headers
        if began and (self.cycle is None or self.cycle.response_complete or not self.cycle.response_started):
            self._answer(
                Problem(408, "Too slow", "The request did not come to its end in time; send it again.")
            )
        self.transport.close()

    def _refuse_headers(self) -> None:
        detail = f"The headers of a request may take {self.limits.header_bytes} bytes; these are longer."
        self._answer(Problem(431, "Headers too long", detail))
        self.transport.close()

    def _answer(self, problem: Problem) -> None:
        """Answer without the application: nothing of the request has reached it, or never will."""
        if self.transport.is_closing():
            return
        response = problem.response()
        lines = [STATUS_LINE[problem.status], b"connection: close\r\n"]
        lines += [name + b": " + value + b"\r\n" for name, value in response.raw_headers]
        self.transport.write(b"".join([*lines, b"\r\n", bytes(response.body)]))


class _Clock:
    """One thing that happens after a while, unless it is stopped or started anew before."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None

    @property
    def running(self) -> bool:
        return self._timer is not None

    def start(self, seconds: float, action: Any) -> None:
        self.stop()
        self._timer = self._loop.call_later(seconds, self._ring, action)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self, action: Any) -> None:
        self._timer = None
        action()
