"""Traces: one image through one model, every layer of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.deps import NOT_MODIFIED, ServicesDep, SubjectDep, revalidated, while_connected
from app.errors import Problem, problems, shortened
from app.payloads.describe import probabilities, value_explanation, value_statistics
from app.payloads.frames import FRAMES_TYPE, Encoding, LayerOutput, closing_frame, error_frame, layer_frame
from app.payloads.npy import NPY_TYPE, npy_bytes
from app.payloads.schemas import CropSchema, ExplanationSchema, Probability, TraceSummary
from app.services.trace_service import Subject, TraceRun
from cnn_core.graph.explain import explain
from cnn_core.graph.field import field_box
from cnn_core.graph.graph import Node
from cnn_core.layers.base import Shape

__all__ = ["router"]

router = APIRouter(prefix="/api/traces/{model}/{image}", tags=["traces"])

# Below this, encoding takes less time than handing it to a thread.
_INLINE_ELEMENTS = 65_536

NodeName = Annotated[str, Path(description="A node of the model.")]
_OTHERS = {**NOT_MODIFIED, **problems(404, 422, 503)}


@router.get("", summary="A forward pass in short", responses=_OTHERS)
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
        nodes=[value_statistics(layer) for layer in run.layers],
        milliseconds=run.milliseconds,
    )


@router.get(
    "/nodes/{node:path}",
    summary="One layer's output",
    response_class=Response,
    responses={200: {"description": "The array, float32.", "content": {NPY_TYPE: {}}}, **_OTHERS},
)
async def read_node(
    request: Request,
    subject: SubjectDep,
    services: ServicesDep,
    node: NodeName,
    channel: Annotated[int | None, Query(description="One map alone: (H, W).")] = None,
) -> Response:
    """The output of a node as a .npy file: (C, H, W) or (F,)."""
    shape = _shape(subject, _node(subject, node))
    if channel is not None:
        _check_range("channel", channel, shape[0], node)
    headers = revalidated(request, subject.key, channel)
    run = await while_connected(request, services.traces.open(subject).finished())
    output = run.layer(node).output[0]
    body = npy_bytes(output if channel is None else output[channel])
    return Response(body, headers=headers, media_type=NPY_TYPE)


@router.get(
    "/frames",
    summary="Every layer as it is finished",
    response_class=Response,
    responses={200: {"description": "A sequence of frames.", "content": {FRAMES_TYPE: {}}}, **_OTHERS},
)
async def stream_frames(
    request: Request,
    subject: SubjectDep,
    services: ServicesDep,
    encoding: Annotated[Encoding, Query(description="uint8: value = offset + scale * q.")] = "float32",
) -> Response:
    """One binary frame a layer, sent as soon as it is computed, and a last one with the classes.

    A frame is: uint32 little-endian length of the header; the header, JSON padded with spaces so that the
    payload begins at a multiple of four; a payload of `bytes` bytes. The last header has `done`, or `error`
    if something failed under way.
    """
    headers = revalidated(request, subject.key, encoding)
    run = services.traces.open(subject)
    return StreamingResponse(_frames(subject, run, encoding), headers=headers, media_type=FRAMES_TYPE)


@router.get("/explain/{node:path}", summary="The arithmetic of one value", responses=_OTHERS)
async def explain_value(
    request: Request,
    subject: SubjectDep,
    services: ServicesDep,
    response: Response,
    node: NodeName,
    channel: Annotated[int, Query(description="The map, or the place in a vector.")] = 0,
    y: Annotated[int, Query(description="Row; 0 in a vector.")] = 0,
    x: Annotated[int, Query(description="Column; 0 in a vector.")] = 0,
) -> ExplanationSchema:
    """The terms that add up to one output value: every patch, kernel and product."""
    shape = (*_shape(subject, _node(subject, node)), 1, 1)[:3]
    position = (channel, y, x)
    for name, value, size in zip(("channel", "y", "x"), position, shape, strict=True):
        _check_range(name, value, size, node)
    response.headers.update(revalidated(request, subject.key, position))
    run = await while_connected(request, services.traces.open(subject).finished())
    job = services.pool.run_once((subject.key, node, position), _explained, subject, run, node, position)
    return await while_connected(request, job)


def _explained(
    subject: Subject, run: TraceRun, node: str, position: tuple[int, int, int]
) -> ExplanationSchema:
    model = subject.loaded.model
    index = position[: len(_shape(subject, model.graph[node]))]
    found = explain(model.graph, model.parameters, run.outputs, node, index)
    return value_explanation(found, position, field_box(model.graph, node, index))


async def _frames(subject: Subject, run: TraceRun, encoding: Encoding) -> AsyncIterator[bytes]:
    try:
        async for layer in run.follow():
            yield await _frame(layer, encoding)
        top = [entry.model_dump() for entry in _top(subject, run)]
        yield closing_frame(top, asdict(subject.crop), run.milliseconds)
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
    model = subject.loaded.model
    return probabilities(model.labels, run.layer(model.graph.output).output)


def _node(subject: Subject, name: str) -> Node:
    graph = subject.loaded.model.graph
    if name not in graph:
        known = ", ".join(node.name for node in graph.nodes)
        raise Problem(404, "No such node", f"There is no node {shortened(name)}; nodes: {known}.")
    return graph[name]


def _shape(subject: Subject, node: Node) -> Shape:
    """Without the batch axis."""
    return subject.loaded.model.graph.shapes[node.name][1:]


def _check_range(name: str, value: int, size: int, node: str) -> None:
    if not 0 <= value < size:
        raise Problem(422, "Out of range", f"{name} must be 0 to {size - 1} at node {node!r}, got {value}.")
