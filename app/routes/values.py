"""One value of a trace: the arithmetic behind it, and what of the picture it listens to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from cnn_core.graph.effective import effective_field
from cnn_core.graph.explain import explain
from cnn_core.graph.field import field_box

from ..caching import revalidated
from ..container import ServicesDep
from ..disconnects import while_connected
from ..lookups import SubjectDep
from ..payloads.describe import Page, TermOrder, value_explanation
from ..payloads.npy import NPY_TYPE, npy_bytes
from ..payloads.schemas import ExplanationSchema
from ..services.trace_service import Subject, TraceRun
from .addressing import FAILURES, Place, PlaceDep

__all__ = ["router"]

router = APIRouter(prefix="/api/traces/{model}/{image}", tags=["traces"])


@router.get("/explain/{node:path}", summary="The arithmetic of one value", responses=FAILURES)
async def explain_value(
    request: Request,
    subject: SubjectDep,
    services: ServicesDep,
    response: Response,
    place: PlaceDep,
    order: Annotated[
        TermOrder, Query(description="layer: as the layer reads them; size: the largest |sum| first.")
    ] = "layer",
    offset: Annotated[int, Query(ge=0, description="Terms to leave out at the beginning.")] = 0,
    limit: Annotated[int, Query(ge=1, le=4096, description="Terms to send at most.")] = 512,
) -> ExplanationSchema:
    """The terms that add up to one output value: every patch, kernel and product.

    A value of very many terms is told page by page; `term_count` and `term_sum` are those of all of them.
    """
    page = Page(order, offset, limit)
    response.headers.update(revalidated(request, subject.key, place, page))
    run = await while_connected(request, services.traces.open(subject).finished())
    job = services.pool.run_once((subject.key, "explain", place, page), _explained, subject, run, place, page)
    return await while_connected(request, job)


@router.get(
    "/gradient/{node:path}",
    summary="What one value listens to",
    response_class=Response,
    responses={200: {"description": "The gradient, float32.", "content": {NPY_TYPE: {}}}, **FAILURES},
)
async def read_gradient(
    request: Request, subject: SubjectDep, services: ServicesDep, place: PlaceDep
) -> Response:
    """The effective receptive field as a .npy file: the value's gradient by the network's input, (C, H, W).

    Exactly zero outside of the value's `field`.
    """
    headers = revalidated(request, subject.key, place)
    run = await while_connected(request, services.traces.open(subject).finished())
    job = services.pool.run_once((subject.key, "gradient", place), _gradient, subject, run, place)
    return Response(await while_connected(request, job), headers=headers, media_type=NPY_TYPE)


def _explained(subject: Subject, run: TraceRun, place: Place, page: Page) -> ExplanationSchema:
    model = subject.loaded.model
    found = explain(model.graph, model.parameters, run.outputs, place.node, place.index)
    box = field_box(model.graph, place.node, place.index)
    return value_explanation(found, (place.channel, place.y, place.x), box, page)


def _gradient(subject: Subject, run: TraceRun, place: Place) -> bytes:
    model = subject.loaded.model
    return npy_bytes(effective_field(model.graph, model.parameters, run.outputs, place.node, place.index))
