"""The last seconds of a camera or a video as a file."""

from __future__ import annotations

import re
from typing import Annotated, Final

import numpy as np
from fastapi import APIRouter, Query, Request, Response

from ..container import ServicesDep
from ..errors import Problem, problems, shortened
from ..intake import received_file
from ..payloads.requests import file_form
from ..pictures.clip import ClipFormat, clip

__all__ = ["router"]

router = APIRouter(prefix="/api/clips", tags=["live"])

_MOST: Final = 400
"""Frames: five seconds of a fast camera, and room to spare."""

_TIMES: Final = r"^[0-9]{1,5}(,[0-9]{1,5})*$"


@router.post(
    "",
    summary="Frames as an animated WebP or GIF",
    response_class=Response,
    responses={
        200: {"description": "The film.", "content": {"image/webp": {}, "image/gif": {}}},
        **problems(413, 415, 422, 503),
    },
    openapi_extra=file_form("RGB bytes of all frames, row by row, frame by frame."),
)
async def make_clip(
    request: Request,
    services: ServicesDep,
    width: Annotated[int, Query(ge=1, le=512, description="Of a frame, pixels.")],
    height: Annotated[int, Query(ge=1, le=512, description="Of a frame, pixels.")],
    milliseconds: Annotated[
        str,
        Query(max_length=6 * _MOST, description="How long each frame is shown.", examples=["40,40,80"]),
    ],
    kind: Annotated[ClipFormat, Query(alias="format", description="gif has 256 colours a frame.")] = "webp",
) -> Response:
    """WebP keeps every value of every frame; nothing is kept here."""
    times = _times(milliseconds)
    async with received_file(request, services.settings.upload_bytes) as file:
        data = file.read()
    wanted = len(times) * height * width * 3
    if len(data) != wanted:
        detail = f"{len(times)} frames of {width} x {height} pixels are {wanted} bytes; got {len(data)}."
        raise Problem(422, "The frames do not fit", detail)
    frames = np.frombuffer(data, np.uint8).reshape(-1, height, width, 3)
    film = await services.decoders.run(clip, frames, times, kind)
    return Response(film, media_type=f"image/{kind}")


def _times(text: str) -> list[int]:
    if not re.fullmatch(_TIMES, text, re.ASCII):
        detail = f"milliseconds must be whole numbers joined by commas, one a frame; got {shortened(text)}."
        raise Problem(422, "The times cannot be read", detail)
    times = [int(part) for part in text.split(",")]
    if len(times) > _MOST:
        raise Problem(422, "Too many frames", f"At most {_MOST} frames make a clip; got {len(times)}.")
    return times
