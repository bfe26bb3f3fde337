"""What can be taken away: pictures of what the page shows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from ..caching import revalidated
from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem
from ..lookups import SubjectDep
from ..pictures.slide import WEBP_TYPE, sliding_window
from .addressing import FAILURES, FROM_ZERO, NodeName, check_range, node_shape

__all__ = ["router"]

router = APIRouter(prefix="/api/traces/{model}/{image}", tags=["exports"])


@router.get(
    "/slide/{node:path}",
    summary="The window of a layer at work",
    response_class=Response,
    responses={200: {"description": "An animation.", "content": {WEBP_TYPE: {}}}, **FAILURES},
)
async def animate_window(
    request: Request,
    subject: SubjectDep,
    services: ServicesDep,
    node: NodeName,
    channel: Annotated[int, Query(description="The map that is filled.", json_schema_extra=FROM_ZERO)] = 0,
) -> Response:
    """An animated WebP: the window slides over the input and fills one map of the output."""
    shape = node_shape(subject, node)
    check_range("channel", channel, shape[0], node)
    graph, parameters = subject.loaded.model.graph, subject.loaded.model.parameters
    if len(shape) != 3 or not graph[node].inputs:
        raise Problem(
            422,
            "Nothing slides here",
            f"Node {node!r} has no window: it is the input, or no map comes of it.",
        )
    headers = revalidated(request, subject.key, channel)
    run = await while_connected(request, services.traces.open(subject).finished())
    job = services.pool.run_once(
        (subject.key, "slide", node, channel), sliding_window, graph, parameters, run.outputs, node, channel
    )
    return Response(await while_connected(request, job), headers=headers, media_type=WEBP_TYPE)
