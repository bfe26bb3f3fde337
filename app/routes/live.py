"""The live socket: the shift lab while somebody drags the photo."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from cnn_core.errors import CnnError

from ..container import Services, ServicesDep
from ..errors import Problem
from ..lookups import Finder
from ..payloads.live_frames import message_frame
from ..payloads.live_schemas import DoneMessage, Failure, FailureMessage, WaitingMessage
from ..payloads.requests import validated
from ..payloads.shift_messages import live_message, wish_of
from ..payloads.shift_schemas import LiveState
from ..services.compute import Busy
from ..services.live_messages import LiveMessage
from ..services.shift_answers import ShiftAnswers
from ..services.shift_service import ShiftService
from ..services.trace_service import Subject

__all__ = ["LabAnswers", "LiveSocket", "failure_of", "router", "told_place"]

router = APIRouter(prefix="/api", tags=["live"])

_log = logging.getLogger(__name__)


class LiveSocket:
    """A WebSocket as a session sees it; whoever has gone is no error."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def receive(self) -> str | bytes | None:
        """The next message; None when the client has gone."""
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        text: str | None = message.get("text")
        return text if text is not None else bytes(message.get("bytes") or b"")

    async def send(self, frame: bytes) -> None:
        """Hand a frame to the network."""
        try:
            await self._socket.send_bytes(frame)
        except RuntimeError:
            # The server has closed it already, for breaking the protocol below us; the news is on its way.
            raise WebSocketDisconnect from None

    async def close(self, code: int, reason: str) -> None:
        """Say why, and end it."""
        with suppress(RuntimeError):
            await self._socket.close(code, reason)


class LabAnswers:
    """The shift lab's answers on one socket, as frames."""

    def __init__(self, shifts: ShiftService, finder: Finder) -> None:
        self.shifts, self.finder = shifts, finder
        self._answers = ShiftAnswers(shifts, finder)

    async def frames(self, message: LiveMessage) -> AsyncGenerator[bytes, None]:
        """Everything there is to say about one message; what goes wrong is said, too."""
        seq = message.seq
        try:
            state = validated(LiveState, message.state)
            subject = await self.subject(message, state)
            async for part in self._answers.parts(wish_of(state, subject)):
                yield message_frame(live_message(part, seq, state))
            yield message_frame(DoneMessage(seq=seq))
        except Exception as error:
            yield message_frame(FailureMessage(seq=seq, error=failure_of(error)))

    async def subject(self, message: LiveMessage, state: LiveState) -> Subject:
        """What is moved: the part of an image that the state names.

        Raises:
            Problem: there is no such model or image, or the crop leaves it.
        """
        return await self.finder.subject(state.model, state.image, state.crop)


def failure_of(error: Exception) -> Failure:
    """What is said of an error on a live socket."""
    if isinstance(error, Problem):
        return Failure(status=error.status, title=error.title, detail=error.detail)
    if isinstance(error, CnnError):
        return Failure(status=422, title="This cannot be computed", detail=f"{error}.")
    if isinstance(error, Busy):
        return Failure(status=503, title="The server is busy", detail=f"{error.sentence}.")
    _log.error("unexpected error in a live answer", exc_info=error)
    detail = "Something went wrong here, not with your message. The server's log has the cause."
    return Failure(status=500, title="The server failed", detail=detail)


def told_place(services: Services) -> Callable[[int], bytes]:
    """How somebody who waits is told the place in the line."""
    return lambda place: message_frame(WaitingMessage(place=place, taken=services.live.limit))


@router.websocket("/live")
async def live(socket: WebSocket, services: ServicesDep) -> None:
    """Answer the newest state a client has sent, until it goes."""
    await socket.accept()
    answers = LabAnswers(services.shifts, Finder(services))
    with suppress(WebSocketDisconnect):
        await services.live.serve(LiveSocket(socket), answers.frames, told_place(services))
