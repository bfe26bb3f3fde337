"""Where a trained network goes: to a file, or among the models, where every page opens it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response

from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems
from ..payloads.race_schemas import TrainedModel
from ..services.races.exports import onnx_bytes, safetensors_bytes
from .training_lookups import NetPath, RunDep, Step, answered

__all__ = ["router"]

router = APIRouter(prefix="/api/training", tags=["training"])

_FILES: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}


@router.get(
    "/runs/{run}/nets/{net}.{kind}",
    summary="A trained network as a file",
    response_class=Response,
    responses={**_FILES, **problems(404, 422, 503)},
)
async def export_net(
    request: Request,
    services: ServicesDep,
    run: RunDep,
    net: NetPath,
    kind: Annotated[Literal["safetensors", "onnx"], Path(description="Which kind of file.")],
    step: Step,
) -> Response:
    """The network after a step: weights as safetensors, or all of it as ONNX."""
    make = safetensors_bytes if kind == "safetensors" else onnx_bytes
    data = await answered(request, services.race_answers.file(run, net, step, make))
    name = f'attachment; filename="{net}-step-{step}.{kind}"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.post(
    "/runs/{run}/nets/{net}/model",
    summary="Open a trained network",
    status_code=201,
    responses=problems(404, 422, 503, 507),
)
async def open_net(
    request: Request,
    services: ServicesDep,
    run: RunDep,
    net: NetPath,
    step: Step,
) -> TrainedModel:
    """Put the network after a step among the models, with a card: every page can open it there."""
    data, choices = await answered(request, services.race_answers.model(run, net, step))
    try:
        job = services.importers.run(services.imports.take, data, choices)
        kept = await while_connected(request, job)
    except OSError as error:
        reason = f"The data folder cannot be written to: {error.strerror or error}."
        raise Problem(507, "The model cannot be kept", reason) from error
    return TrainedModel(id=kept.model.name, title=kept.model.title)
