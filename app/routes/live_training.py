"""The live socket of the training lab: what a race does, as it does it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import suppress

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from ..container import ServicesDep
from ..errors import Problem
from ..payloads.live_frames import message_frame, values_frame
from ..payloads.live_schemas import FailureMessage
from ..payloads.race_messages import race_news
from ..payloads.race_schemas import RaceFollow
from ..payloads.requests import validated
from ..services.live_messages import LiveMessage
from ..services.races.followers import Follower
from ..services.races.runs import RaceRuns, UnknownRace
from .live import LiveSocket, failure_of, told_place

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["live"])


class _RaceAnswers:
    """What is told of races on one socket, as frames."""

    def __init__(self, races: RaceRuns) -> None:
        self._races = races
        self.follower = Follower(races)

    async def frames(self, message: LiveMessage) -> AsyncGenerator[bytes, None]:
        """Everything new about the race that was asked for, as it comes; what goes wrong is said, too."""
        try:
            asked = validated(RaceFollow, message.state)
            run = await self._races.get(asked.run)
            async for part in self.follower.follow(run, asked.revision, asked.rows, asked.scores):
                yield values_frame(race_news(run, part, message.seq))
        except UnknownRace:
            gone = Problem(404, "No such race", "This race is not on this server any more; begin another.")
            yield message_frame(FailureMessage(seq=message.seq, error=failure_of(gone)))
        except Exception as error:
            yield message_frame(FailureMessage(seq=message.seq, error=failure_of(error)))


@router.websocket("/live/training")
async def live_training(socket: WebSocket, services: ServicesDep) -> None:
    """Tell what a race does, until the client goes."""
    await socket.accept()
    answers = _RaceAnswers(services.races)
    with suppress(WebSocketDisconnect):
        try:
            await services.live.serve(LiveSocket(socket), answers.frames, told_place(services))
        finally:
            answers.follower.leave()
