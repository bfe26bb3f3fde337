"""The live sockets of camera and microphone: the newest frame or second is looked at, and not kept."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import asdict, replace
from functools import partial
from typing import Final

import numpy as np
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from cnn_core.input_spec import InputSpec
from cnn_core.preprocess import Crop, Pixels
from cnn_core.sound import RATE, sound_pixels

from ..container import Services, ServicesDep
from ..errors import Problem, shortened
from ..lookups import Finder
from ..payloads.camera_schemas import FrameMessage, FrameState, PassingLayer
from ..payloads.describe import doubt_schema, probabilities
from ..payloads.live_frames import message_frame
from ..payloads.live_schemas import FailureMessage
from ..payloads.requests import validated
from ..payloads.shift_schemas import LiveState
from ..services.image_store import StoredImage
from ..services.live_messages import LiveMessage, parse_frame
from ..services.live_service import Answers
from ..services.model_store import LoadedModel
from ..services.passing_frames import Channels, SeenFrame, SeenLayer
from ..services.trace_service import Subject
from .addressing import channel_numbers
from .live import LabAnswers, LiveSocket, failure_of, told_place

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["live"])

_LIKELIEST: Final = 32


Read = Callable[[bytes, InputSpec], Callable[[], Pixels]]
"""What makes a picture of the bytes behind a message; ``Problem`` where they are none for the network."""


class _PassingAnswers:
    """What a network makes of what comes on one socket."""

    def __init__(self, services: Services, read: Read) -> None:
        self._frames, self._finder, self._read = services.passing, Finder(services), read

    async def frames(self, message: LiveMessage) -> AsyncGenerator[bytes, None]:
        """The answer to one frame; what goes wrong is said, too."""
        try:
            state = validated(FrameState, message.state)
            loaded = await self._finder.model(state.model)
            picture = self._read(message.payload, loaded.model.spec)
            seen = await self._frames.seen(loaded, picture, _wanted(loaded, state))
            if seen is not None:
                yield message_frame(_told(message.seq, loaded, seen))
        except Exception as error:
            yield message_frame(FailureMessage(seq=message.seq, error=failure_of(error)))


def _frame(payload: bytes, spec: InputSpec) -> Callable[[], Pixels]:
    if spec.takes == "sound":
        detail = "This network hears sounds; a camera shows it nothing that it knows."
        raise Problem(422, "No network for pictures", detail)
    wanted = spec.height * spec.width * 3
    if len(payload) != wanted:
        detail = (
            f"This network takes {spec.width} x {spec.height} pixels, {wanted} bytes of red, green and blue; "
            f"got {len(payload)} bytes."
        )
        raise Problem(422, "The frame does not fit the network", detail)
    pixels = np.frombuffer(payload, np.uint8).reshape(spec.height, spec.width, 3)
    return lambda: pixels


def _second(payload: bytes, spec: InputSpec) -> Callable[[], Pixels]:
    if spec.takes != "sound":
        detail = "This network looks at pictures; a microphone shows it nothing that it knows."
        raise Problem(422, "No network for sounds", detail)
    if len(payload) != 2 * RATE:
        detail = f"A second is {RATE} samples of 16 bits, {2 * RATE} bytes; got {len(payload)} bytes."
        raise Problem(422, "Not a second of sound", detail)
    return partial(sound_pixels, np.frombuffer(payload, "<i2").astype(np.int16))


def _wanted(loaded: LoadedModel, state: FrameState) -> dict[str, Channels]:
    shapes = loaded.model.graph.shapes
    wanted: dict[str, Channels] = {}
    for node, channels in state.maps.items():
        if node not in shapes:
            raise Problem(404, "No such node", f"There is no node {shortened(node)} in {loaded.model.title}.")
        count = shapes[node][1]
        wanted[node] = None if channels is None else channel_numbers(channels, count, node)
    return wanted


def _told(seq: int, loaded: LoadedModel, seen: SeenFrame) -> FrameMessage:
    labels = loaded.model.labels
    return FrameMessage(
        seq=seq,
        layers=[_layer(each) for each in seen.layers],
        top=probabilities(labels, seen.output)[:_LIKELIEST],
        doubt=doubt_schema(labels, seen.output, shares=loaded.shares),
        milliseconds=seen.milliseconds,
    )


def _layer(seen: SeenLayer) -> PassingLayer:
    channels = None if seen.channels is None else list(seen.channels)
    return PassingLayer(
        node=seen.node,
        kind=seen.kind,
        shape=list(seen.shape),
        channels=channels,
        values=seen.values,
        **asdict(seen.statistics),
    )


class _MovedFrames(LabAnswers):
    """The shift lab's answers about frames: the one behind a state takes the place of the image it names."""

    _moved: Subject | None = None

    async def frames(self, message: LiveMessage) -> AsyncGenerator[bytes, None]:
        """As of an image; of the frame nothing is kept."""
        try:
            async with aclosing(super().frames(message)) as parts:
                async for part in parts:
                    yield part
        finally:
            if self._moved is not None:
                self.shifts.forget(self._moved.image.id)

    async def subject(self, message: LiveMessage, state: LiveState) -> Subject:
        """All of the frame, in the size of the network's input or of the canvas.

        Raises:
            Problem: there is no such model, or the frame has another size.
        """
        loaded = await self.finder.model(state.model)
        spec = loaded.model.spec
        if state.size is not None:
            spec = replace(spec, height=state.size, width=state.size)
        image = StoredImage.of(_frame(message.payload, spec)())
        self._moved = Subject(loaded, image, Crop(0, 0, spec.width, spec.height))
        return self._moved


async def _serve(socket: WebSocket, services: Services, answers: Answers) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        await services.live.serve(LiveSocket(socket), answers, told_place(services), parse_frame)


@router.websocket("/live/camera")
async def live_camera(socket: WebSocket, services: ServicesDep) -> None:
    """Run the newest frame a client has sent, until it goes."""
    await _serve(socket, services, _PassingAnswers(services, _frame).frames)


@router.websocket("/live/microphone")
async def live_microphone(socket: WebSocket, services: ServicesDep) -> None:
    """Run the newest second a client has sent, 16-bit samples at 16 kHz, until it goes.

    Its spectrogram is that of the same second uploaded as a file, so the numbers are, bit for bit.
    """
    await _serve(socket, services, _PassingAnswers(services, _second).frames)


@router.websocket("/live/shift-camera")
async def live_shift_camera(socket: WebSocket, services: ServicesDep) -> None:
    """Move the newest frame a client has sent as the shift lab moves a photo, until the client goes."""
    await _serve(socket, services, _MovedFrames(services.shifts, Finder(services)).frames)
