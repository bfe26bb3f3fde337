"""Pictures made to excite a channel, told while they form."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse

from cnn_core.errors import CnnError

from ..container import Services, ServicesDep
from ..errors import Problem, problems
from ..lookups import ModelDep
from ..payloads import atlas_messages as messages
from ..payloads.frames import FRAMES_TYPE, error_frame
from ..services.model_store import LoadedModel

__all__ = ["router"]

router = APIRouter(tags=["atlases"])


@router.get(
    "/api/models/{model}/made/{node}",
    summary="A picture made to excite a channel, while it forms",
    response_class=Response,
    responses={
        200: {"description": "A sequence of frames.", "content": {FRAMES_TYPE: {}}},
        **problems(404, 422, 503),
    },
)
async def stream_made(
    loaded: ModelDep,
    services: ServicesDep,
    node: Annotated[str, Path(description="A layer.")],
    channel: Annotated[int, Query(ge=0, description="A channel of it.")],
    goal: Annotated[
        float | None, Query(description="A value to reach, that of the best photo.", allow_inf_nan=False)
    ] = None,
) -> Response:
    """One binary frame a few steps: bytes (S, S, 3), the value that the network gives them, the last `done`.

    From faint noise, without any photo; the same every time. Leaving ends the work.
    """
    try:
        await services.made.check(loaded, node, channel)
    except CnnError as error:
        raise Problem(422, "This cannot be made", f"{error}.") from error
    frames = _frames(services, loaded, node, channel, goal)
    return StreamingResponse(frames, headers={"Cache-Control": "no-store"}, media_type=FRAMES_TYPE)


async def _frames(
    services: Services, loaded: LoadedModel, node: str, channel: int, goal: float | None
) -> AsyncIterator[bytes]:
    try:
        async with aclosing(services.made.follow(loaded, node, channel, goal)) as pictures:
            async for forming in pictures:
                yield messages.forming_frame(forming)
    except Exception:
        # the answer has begun: its last frame is the only place left
        yield error_frame(500, "The server failed", "The picture could not be made; see the server's log.")
        raise
