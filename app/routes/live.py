"""The live socket: the shift lab while somebody drags the photo."""

from __future__ import annotations

from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from ..container import ServicesDep
from ..lookups import Finder
from ..services.shift_answers import ShiftAnswers

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["live"])

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class _Socket:
    """A WebSocket as a session sees it; whoever has gone is no error."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def receive(self) -> str | bytes | None:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        text: str | None = message.get("text")
        return text if text is not None else bytes(message.get("bytes") or b"")

    async def send(self, frame: bytes) -> None:
        try:
            await self._socket.send_bytes(frame)
        except RuntimeError:
            # The server has closed it already, for breaking the protocol below us; the news is on its way.
            raise WebSocketDisconnect from None

    async def close(self, code: int, reason: str) -> None:
        with suppress(RuntimeError):
            await self._socket.close(code, reason)


@router.websocket("/live")
async def live(socket: WebSocket, services: ServicesDep) -> None:
    """Answer the newest state a client has sent, until it goes."""
    if not _same_site(socket):
        # Before it is accepted, a close is answered with HTTP 403.
        await socket.close()
        return
    await socket.accept()
    answers = ShiftAnswers(services.shifts, Finder(services))
    with suppress(WebSocketDisconnect):
        await services.live.serve(_Socket(socket), answers.frames)


def _same_site(socket: WebSocket) -> bool:
    """Whether the page that opens the socket is one of ours; a script sends no origin.

    Browsers let any page open a socket to anywhere and leave it to the server to look at the origin
    (RFC 6455, section 10.2).
    """
    origin = socket.headers.get("origin")
    if origin is None:
        return True
    try:
        page, here = urlsplit(origin), urlsplit(f"//{socket.headers.get('host', '')}")
        default = _DEFAULT_PORTS.get(page.scheme)
        return (
            default is not None
            and page.hostname is not None
            and (page.hostname, page.port or default) == (here.hostname, here.port or default)
        )
    except ValueError:
        return False
