"""Why an answer is what it is: maps of the image with their checks, streamed; one map as a file."""

from __future__ import annotations

import dataclasses
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from cnn_core.attributions import METHODS, Method, method_from, stages
from cnn_core.errors import CnnError

from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, shortened
from ..lookups import SubjectDep
from ..payloads import explanation_frames as frames
from ..payloads.frames import FRAMES_TYPE, error_frame
from ..payloads.npy import NPY_TYPE, npy_bytes
from ..services.explanation_story import Blocked, Event, Explained, Played, Remembered, UnderWay
from ..services.questions import Asked, Inquiry, Opened
from .addressing import FAILURES

__all__ = ["router"]

router = APIRouter(prefix="/api/explanations/{model}/{image}", tags=["explanations"])

SHOWN = tuple(name for name in METHODS if name != "layer_cam")
"""What is made where no methods are named."""

MOST: Mapping[str, float] = {
    "copies": 1000,
    "steps": 6400,
    "masks": 10_000,
    "cells": 32,
    "size": 64,
    "stride": 64,
    "seed": 2**31,
    "gamma": 1e6,
    "epsilon": 1e6,
    "sigma": 10,
}
"""The largest number of each option: a request must end."""


def _asked(
    of: Annotated[str, Query(pattern="^(class|pair|channel)$", description="What is asked.")] = "class",
    a: Annotated[int | None, Query(ge=0, description="The class; without it the likeliest.")] = None,
    b: Annotated[int | None, Query(ge=0, description="Of a pair: the class that A is held against.")] = None,
    node: Annotated[str, Query(description="Of a channel: its node.")] = "",
    channel: Annotated[int, Query(ge=0, description="Of a channel: its number.")] = 0,
    place: Annotated[
        str, Query(description="Of a channel: mean, strongest, or row,column.", examples=["mean"])
    ] = "mean",
) -> Asked:
    if of == "pair" and b is None:
        raise Problem(422, "B is missing", "A rather than B wants both classes: say b=.")
    if of == "class":
        return Asked("class", a=a)
    if of == "pair":
        return Asked("pair", a=a, b=b)
    if place in ("mean", "strongest"):
        return Asked("channel", node=node, channel=channel, place="mean" if place == "mean" else "strongest")
    found = re.fullmatch(r"(\d{1,5}),(\d{1,5})", place, re.ASCII)
    if not found:
        raise Problem(
            422,
            "The place cannot be read",
            f"place must be mean, strongest or row,column; got {shortened(place)}.",
        )
    return Asked("channel", node=node, channel=channel, place=(int(found[1]), int(found[2])))


AskedDep = Annotated[Asked, Depends(_asked)]

OptionsQuery = Annotated[
    str,
    Query(
        max_length=2000,
        description="Options that differ from the usual, as JSON by method.",
        examples=['{"integrated_gradients": {"steps": 80}}'],
    ),
]


@router.get(
    "",
    summary="Why this answer: all methods, with their checks",
    response_class=Response,
    responses={200: {"description": "A sequence of frames.", "content": {FRAMES_TYPE: {}}}, **FAILURES},
)
async def stream_explanations(
    subject: SubjectDep,
    services: ServicesDep,
    asked: AskedDep,
    methods: Annotated[
        str | None, Query(description="Only these, their names joined by commas.", examples=["lrp,rise"])
    ] = None,
    options: OptionsQuery = "{}",
    films: Annotated[bool, Query(description="Also insertion and deletion of every map.")] = True,
    seeds: Annotated[
        int, Query(ge=0, le=10, description="Random networks that maps are held against; 0 for none.")
    ] = 3,
) -> Response:
    """One binary frame for everything that is finished, the cheap first; leaving ends the work.

    A frame is: uint32 little-endian length of the header; the header, JSON padded with spaces so that the
    payload begins at a multiple of four; a payload of `bytes` bytes. Its `kind` is `question` (the value, and
    the image as bytes, plain and blurred), `progress`, `blocked` (why a method has no map), `map` (float32,
    and its standard error if `spread`), `film` (insertion and deletion; also of `random` order), `memory`
    (rank correlation with the map of one random network) or `end`; or it has `error`.
    """
    services.explanations.check_room()
    inquiry = Inquiry(subject, asked, _methods(methods, options), films, seeds)
    opened = await _opened(services, inquiry)
    return StreamingResponse(
        _frames(services, inquiry, opened), headers={"Cache-Control": "no-store"}, media_type=FRAMES_TYPE
    )


@router.get(
    "/{method}",
    summary="One map as a file",
    response_class=Response,
    responses={200: {"description": "The map, float32 (H, W).", "content": {NPY_TYPE: {}}}, **FAILURES},
)
async def read_map(
    request: Request,
    subject: SubjectDep,
    services: ServicesDep,
    asked: AskedDep,
    method: Annotated[str, Path(description="A method's name.")],
    options: OptionsQuery = "{}",
) -> Response:
    """A method's map as a .npy file, the very numbers that the page shows."""
    services.explanations.check_room()
    inquiry = Inquiry(subject, asked, _methods(method, options), films=False, seeds=0)
    opened = await _opened(services, inquiry)
    found = await while_connected(request, _one(services, inquiry, opened))
    return Response(npy_bytes(found.attribution.map), media_type=NPY_TYPE)


async def _opened(services: ServicesDep, inquiry: Inquiry) -> Opened:
    model = inquiry.subject.loaded.model
    if inquiry.asked.of != "channel" and not model.labels:
        raise Problem(
            422, "No classes", f"{model.title} has no classes to ask for: ask for a channel, of=channel."
        )
    try:
        return await services.explanations.opened(inquiry)
    except CnnError as error:
        raise Problem(422, "This cannot be asked", f"{error}.") from error


async def _one(services: ServicesDep, inquiry: Inquiry, opened: Opened) -> Explained:
    async with aclosing(services.explanations.follow(inquiry, opened)) as events:
        async for event in events:
            if isinstance(event, Blocked):
                raise Problem(422, "No map", event.reason)
            if isinstance(event, Explained):
                return event
    raise AssertionError("a method gives a map or says why not")


async def _frames(services: ServicesDep, inquiry: Inquiry, opened: Opened) -> AsyncIterator[bytes]:
    started = time.perf_counter()
    try:
        async with aclosing(services.explanations.follow(inquiry, opened)) as events:
            async for event in events:
                yield _frame(inquiry, opened, event)
        yield frames.end_frame(time.perf_counter() - started)
    except Problem as problem:
        yield error_frame(problem.status, problem.title, problem.detail)
    except Exception:
        # the answer has begun: its last frame is the only place left
        detail = "This explanation could not be computed; the server's log has the cause."
        yield error_frame(500, "The server failed", detail)
        raise


def _frame(inquiry: Inquiry, opened: Opened, event: Event) -> bytes:
    case = opened.case
    match event:
        case Opened():
            asked: dict[str, Any] = {"of": event.asked.of, "a": event.asked.a, "b": event.asked.b}
            asked |= {"channel": event.asked.channel, "place": event.asked.place}
            return frames.question_frame(case, asked, event.seen, event.blurred)
        case UnderWay():
            return frames.progress_frame(event.method, event.progress)
        case Blocked():
            return frames.blocked_frame(event.method, event.reason)
        case Explained():
            return frames.map_frame(case, event.method, event.attribution, event.seconds)
        case Played():
            return frames.film_frame(event.method, event.film)
        case Remembered():
            lowest = [group[-1] for group in stages(case.graph)]
            return frames.memory_frame(event.memory, inquiry.seeds, lowest)


def _methods(names: str | None, options: str) -> tuple[Method, ...]:
    chosen = SHOWN if names is None else tuple(dict.fromkeys(names.split(",")))
    try:
        told = json.loads(options)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not all(isinstance(part, dict) for part in told.values()):
        raise Problem(
            422,
            "The options cannot be read",
            f"options must be a JSON object of objects by method; got {shortened(options)}.",
        )
    for name in told:
        if name not in METHODS:
            raise _unknown(422, name)
    return tuple(_method(name, told.get(name, {})) for name in chosen)


def _method(name: str, options: dict[str, Any]) -> Method:
    if name not in METHODS:
        raise _unknown(404, name)
    usual = {f.name: f.default for f in dataclasses.fields(METHODS[name])}
    for key, value in options.items():
        if key in usual:
            _check_option(name, key, value, usual[key])
    try:
        return method_from(name, options)
    except CnnError as error:
        raise Problem(422, "The options do not fit", f"{error}.") from error


def _check_option(method: str, key: str, value: Any, usual: Any) -> None:
    """Answer 422 if an option has another type than the usual value, or is larger than allowed."""
    kinds = (
        (str, type(None)) if usual is None else (int, float) if isinstance(usual, float) else (type(usual),)
    )
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise Problem(
            422,
            "The options do not fit",
            f"{method}: {shortened(key)} must be like {usual!r}, got {shortened(str(value))}.",
        )
    if isinstance(value, int | float) and not value <= MOST.get(key, 1):
        raise Problem(422, "Too much", f"{method}: {key} may be at most {MOST.get(key, 1):g}, got {value}.")


def _unknown(status: int, name: str) -> Problem:
    detail = f"There is no method {shortened(name)}; methods: {', '.join(METHODS)}."
    return Problem(status, "No such method", detail)
