"""For those who run the server: is it alive, and what is it doing."""

from __future__ import annotations

from fastapi import APIRouter, Response

from .. import __version__
from ..container import ServicesDep
from ..errors import problems
from ..payloads.schemas import Health
from ..services.metrics import METRICS_TYPE

__all__ = ["router"]

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Liveness", responses=problems())
async def check_health(response: Response) -> Health:
    """Answers as long as the server does."""
    response.headers["Cache-Control"] = "no-store"
    return Health(status="ok", version=__version__)


@router.get(
    "/metrics",
    summary="Metrics",
    response_class=Response,
    responses={200: {"description": "Prometheus text format.", "content": {"text/plain": {}}}, **problems()},
)
async def read_metrics(services: ServicesDep) -> Response:
    """Requests, durations, pool, caches, traces and uploads, for Prometheus."""
    headers = {"Cache-Control": "no-store", "Content-Type": METRICS_TYPE}
    return Response(services.metrics.exposition(), headers=headers)
