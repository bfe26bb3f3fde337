"""One layer of a trace: all of it, some of its maps, or its maps in numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from cnn_core.graph.statistics import channel_statistics

from ..caching import revalidated
from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem
from ..lookups import SubjectDep
from ..payloads.npy import NPY_TYPE, npy_bytes
from ..payloads.schemas import ChannelStatistics
from .addressing import FAILURES, FROM_ZERO, NodeName, channel_numbers, check_range, node_shape

__all__ = ["router"]

router = APIRouter(prefix="/api/traces/{model}/{image}", tags=["traces"])


@router.get(
    "/nodes/{node:path}",
    summary="One layer's output",
    response_class=Response,
    responses={200: {"description": "The array, float32.", "content": {NPY_TYPE: {}}}, **FAILURES},
)
async def read_node(
    request: Request,
    subject: SubjectDep,
    services: ServicesDep,
    node: NodeName,
    channel: Annotated[
        int | None, Query(description="One map alone: (H, W).", json_schema_extra=FROM_ZERO)
    ] = None,
    channels: Annotated[
        str | None,
        Query(
            description="Some maps, in the order named, each once: (k, H, W). Numbers and ranges, ends "
            "included.",
            examples=["0-31", "5,2,40-47"],
        ),
    ] = None,
) -> Response:
    """The output of a node as a .npy file: (C, H, W) or (F,)."""
    chosen = _chosen(channel, channels, node_shape(subject, node)[0], node)
    headers = revalidated(request, subject.key, chosen)
    run = await while_connected(request, services.traces.open(subject).finished())
    output = run.layer(node).output[0]
    return Response(
        npy_bytes(output if chosen is None else output[chosen]), headers=headers, media_type=NPY_TYPE
    )


@router.get("/channels/{node:path}", summary="One layer's channels in numbers", responses=FAILURES)
async def compare_channels(
    request: Request, subject: SubjectDep, services: ServicesDep, node: NodeName, response: Response
) -> ChannelStatistics:
    """Extremes, mean, variance and share of zeros of every channel, to sort maps without fetching them."""
    node_shape(subject, node)
    response.headers.update(revalidated(request, subject.key))
    run = await while_connected(request, services.traces.open(subject).finished())
    output = run.layer(node).output[0]
    job = services.pool.run_once((subject.key, "channels", node), channel_statistics, output)
    return ChannelStatistics(node=node, **asdict(await while_connected(request, job)))


def _chosen(channel: int | None, channels: str | None, count: int, node: str) -> int | list[int] | None:
    if channel is not None and channels is not None:
        raise Problem(422, "Too much asked", "channel and channels cannot both be given; leave one out.")
    if channels is not None:
        return channel_numbers(channels, count, node)
    if channel is not None:
        check_range("channel", channel, count, node)
    return channel
