"""What each channel of a layer is worth for an answer: muted in turn."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from math import isfinite
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from cnn_core.ablation import Asked, Muted, Mutes, Total, channel_mean, class_score
from cnn_core.errors import CnnError

from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems
from ..lookups import SubjectDep
from ..payloads.edit_schemas import MutesDone, MutesHeader, MutesSome
from ..payloads.frames import FRAMES_TYPE, error_frame, framed
from ..services.ablations import Ablations, likeliest
from ..services.trace_service import Subject, TraceRun
from .addressing import NodeName, check_node

__all__ = ["router"]

router = APIRouter(prefix="/api/traces/{model}/{image}", tags=["edits"])


@router.get(
    "/mutes/{node:path}",
    summary="Every channel of a layer muted in turn",
    response_class=Response,
    responses={
        200: {"description": "A sequence of frames.", "content": {FRAMES_TYPE: {}}},
        **problems(404, 422, 503),
    },
)
async def stream_mutes(
    request: Request,
    subject: SubjectDep,
    services: ServicesDep,
    node: NodeName,
    a: Annotated[int | None, Query(ge=0, description="The class; without it the likeliest.")] = None,
    target: Annotated[
        str | None, Query(description="Instead of a class: a node, whose channel's mean is asked for.")
    ] = None,
    channel: Annotated[int, Query(ge=0, description="Of `target`: its number.")] = 0,
) -> Response:
    """Binary frames without payload: what is asked, channels as they are done, what they come to.

    A value is that of the trace of the network whose channel is muted besides its edits, to the last bit.
    Leaving ends the work.
    """
    check_node(subject, node)
    services.ablations.check_room()
    run = await while_connected(request, services.traces.open(subject).finished())
    try:
        asked = _asked(subject, run, a, target, channel)
        mutes = await while_connected(request, services.ablations.opened(subject, run, node, asked))
    except CnnError as error:
        raise Problem(422, "This cannot be asked", f"{error}.") from error
    return StreamingResponse(
        _frames(services.ablations, subject, node, asked, mutes),
        headers={"Cache-Control": "no-store"},
        media_type=FRAMES_TYPE,
    )


def _asked(subject: Subject, run: TraceRun, a: int | None, target: str | None, channel: int) -> Asked:
    model = subject.loaded.model
    if target is not None:
        check_node(subject, target)
        return channel_mean(model.graph, target, channel)
    if not model.labels:
        raise Problem(
            422, "No classes", f"{model.title} has no classes to ask for: say target= and channel=."
        )
    return likeliest(subject, run) if a is None else class_score(model.graph, a)


async def _frames(
    ablations: Ablations, subject: Subject, node: str, asked: Asked, mutes: Mutes
) -> AsyncIterator[bytes]:
    started = time.perf_counter()
    yield framed(_header(subject, node, asked, mutes).model_dump())
    try:
        async with aclosing(ablations.sweep(mutes)) as turns:
            async for turn in turns:
                if isinstance(turn, Total):
                    yield framed(_done(turn, time.perf_counter() - started).model_dump())
                elif turn:
                    yield framed(_some(turn).model_dump())
    except Exception:
        # the answer has begun: its last frame is the only place left
        yield error_frame(500, "The server failed", "This sweep could not be computed; see the server's log.")
        raise


def _header(subject: Subject, node: str, asked: Asked, mutes: Mutes) -> MutesHeader:
    labels = subject.loaded.model.labels
    of_class = asked.of_class
    return MutesHeader(
        node=node,
        channels=mutes.channels,
        of="class" if of_class else "channel",
        a=asked.channel if of_class else None,
        label=labels[asked.channel] if of_class and asked.channel < len(labels) else None,
        target=asked.node,
        channel=asked.channel,
        value=mutes.value,
        probability=mutes.probability,
    )


def _some(turn: Sequence[Muted]) -> MutesSome:
    likely = [found.probability for found in turn]
    return MutesSome(
        first=turn[0].channel,
        values=[_defined(found.value) for found in turn],
        probabilities=None if likely[0] is None else [_defined(each) for each in likely],
    )


def _done(total: Total, seconds: float) -> MutesDone:
    return MutesDone(
        sum=_defined(total.sum),
        additive=total.constant is not None,
        constant=_defined(total.constant),
        adds_up=total.adds_up,
        milliseconds=seconds * 1e3,
    )


def _defined(value: float | None) -> float | None:
    """JSON has no infinity and no NaN."""
    return value if value is not None and isfinite(value) else None
