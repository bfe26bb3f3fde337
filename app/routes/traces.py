"""Traces: one image through one model, every layer of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from cnn_core.layers.base import Array

from ..caching import revalidated
from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem
from ..lookups import SubjectDep
from ..payloads.describe import doubt_schema, probabilities, value_statistics
from ..payloads.frame_schemas import DoneHeader, Encoding
from ..payloads.frames import FRAMES_TYPE, closing_frame, error_frame, layer_frame
from ..payloads.schemas import CropSchema, DoubtSchema, Probability, TraceSummary
from ..services.second_opinions import Opinion
from ..services.trace_service import LayerOutput, Subject, TraceRun
from .addressing import FAILURES, check_node

__all__ = ["router"]

router = APIRouter(prefix="/api/traces/{model}/{image}", tags=["traces"])

# Below this, encoding takes less time than handing it to a thread.
_INLINE_ELEMENTS = 65_536


@router.get("", summary="A forward pass in short", responses=FAILURES)
async def summarise_trace(
    request: Request, subject: SubjectDep, services: ServicesDep, response: Response
) -> TraceSummary:
    """Every class with its probability, and every layer's output in a few numbers."""
    response.headers.update(revalidated(request, subject.key))
    run = await while_connected(request, services.traces.open(subject).finished())
    return TraceSummary(
        model=subject.loaded.model.name,
        image=subject.image.id,
        crop=CropSchema(**asdict(subject.crop)),
        top=_top(subject, run),
        doubt=_doubt(subject, run),
        nodes=[value_statistics(layer) for layer in run.layers],
        milliseconds=run.milliseconds,
    )


@router.get("/doubt", summary="How sure the answer is, by the best rule there is", responses=FAILURES)
async def tell_doubt(
    request: Request, subject: SubjectDep, services: ServicesDep, response: Response
) -> DoubtSchema:
    """As in the trace; and where a network that knows many things is here, with its opinion, which decides.

    That network runs for it, in the background: a trace never waits for it.
    """
    known = services.opinions.known(subject.loaded)
    response.headers.update(revalidated(request, subject.key, known))
    run = await while_connected(request, services.traces.open(subject).finished())
    named = int(_output(subject, run).argmax())
    opinion = await while_connected(request, services.opinions.of(subject, named))
    return _doubt(subject, run, opinion)


@router.get(
    "/frames",
    summary="Every layer as it is finished",
    response_class=Response,
    responses={200: {"description": "A sequence of frames.", "content": {FRAMES_TYPE: {}}}, **FAILURES},
)
async def stream_frames(
    request: Request,
    subject: SubjectDep,
    services: ServicesDep,
    encoding: Annotated[Encoding, Query(description="uint8: value = offset + scale * q.")] = "float32",
    nodes: Annotated[
        str | None,
        Query(
            description="Only these layers are sent, their names joined by commas; all are computed.",
            examples=["conv_1_1,relu_1_1"],
        ),
    ] = None,
) -> Response:
    """One binary frame a layer, sent as soon as it is computed, and a last one with the classes.

    A frame is: uint32 little-endian length of the header; the header, JSON padded with spaces so that the
    payload begins at a multiple of four; a payload of `bytes` bytes. The last header has `done`, or `error`
    if something failed under way.
    """
    wanted = _wanted(subject, nodes)
    headers = revalidated(request, subject.key, encoding, sorted(wanted))
    run = services.traces.open(subject)
    return StreamingResponse(_frames(subject, run, encoding, wanted), headers=headers, media_type=FRAMES_TYPE)


def _wanted(subject: Subject, nodes: str | None) -> frozenset[str]:
    """Names of the layers to send."""
    if nodes is None:
        return frozenset(node.name for node in subject.loaded.model.graph)
    for name in nodes.split(","):
        check_node(subject, name)
    return frozenset(nodes.split(","))


async def _frames(
    subject: Subject, run: TraceRun, encoding: Encoding, wanted: frozenset[str]
) -> AsyncIterator[bytes]:
    try:
        async for layer in run.follow():
            if layer.node in wanted:
                yield await _frame(layer, encoding)
        answer = DoneHeader(
            top=_top(subject, run),
            doubt=_doubt(subject, run),
            crop=CropSchema(**asdict(subject.crop)),
            milliseconds=run.milliseconds,
        )
        yield closing_frame(answer)
    except Problem as problem:
        yield error_frame(problem.status, problem.title, problem.detail)
    except (
        Exception
    ):  # the answer has begun: its last frame is the only place left; the service logs the cause
        yield error_frame(
            500, "The server failed", "This trace could not be computed; the server's log has the cause."
        )


async def _frame(layer: LayerOutput, encoding: Encoding) -> bytes:
    if layer.output.size <= _INLINE_ELEMENTS:
        return layer_frame(layer, encoding)
    return await to_thread.run_sync(layer_frame, layer, encoding)


def _top(subject: Subject, run: TraceRun) -> list[Probability]:
    return probabilities(subject.loaded.model.labels, _output(subject, run))


def _doubt(subject: Subject, run: TraceRun, opinion: Opinion | None = None) -> DoubtSchema:
    loaded = subject.loaded
    return doubt_schema(loaded.model.labels, _output(subject, run), opinion, loaded.shares)


def _output(subject: Subject, run: TraceRun) -> Array:
    return run.layer(subject.loaded.model.graph.output).output
