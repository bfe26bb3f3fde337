"""Models: what there is, and their weights."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from cnn_core.graph.graph import Graph
from cnn_core.graph.reach import projective_field

from ..caching import NOT_MODIFIED, revalidated
from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems, shortened
from ..lookups import ModelDep
from ..payloads.describe import model_detail, model_summary
from ..payloads.npy import NPY_TYPE, npy_bytes
from ..payloads.reach import reach_schema
from ..payloads.schemas import ModelDetail, ModelSummary, ReachSchema
from ..services.second_opinions import SECOND
from .addressing import FROM_ZERO

__all__ = ["router"]

router = APIRouter(prefix="/api/models", tags=["models"])


@router.get(
    "", summary="Every model", response_model=list[ModelSummary], responses={**NOT_MODIFIED, **problems(503)}
)
async def list_models(request: Request, services: ServicesDep, response: Response) -> list[ModelSummary]:
    """The models this server can run, in short: told by their cards, so that none is loaded for the list."""
    entries = await while_connected(request, services.models.summaries())
    told = [model_summary(entry) for entry in entries]
    response.headers.update(revalidated(request, *(model.model_dump_json() for model in told)))
    return told


@router.get(
    "/{model}",
    summary="One model",
    response_model=ModelDetail,
    responses={**NOT_MODIFIED, **problems(404, 422, 503)},
)
async def describe_model(
    request: Request, loaded: ModelDep, services: ServicesDep, response: Response
) -> ModelDetail:
    """A model with every layer, its shapes, costs and receptive field, and the card of its weights."""
    model = loaded.model
    second = SECOND if services.opinions.known(loaded) else None
    told = (model.title, model.card, loaded.imported, second)
    response.headers.update(revalidated(request, loaded.fingerprint, told))
    key = ("detail", loaded.fingerprint, repr(told))
    job = services.pool.run_once(key, model_detail, model, loaded.imported, second)
    return await while_connected(request, job)


@router.get(
    "/{model}/reach",
    summary="What a pixel can change",
    responses={**NOT_MODIFIED, **problems(404, 422, 503)},
)
async def find_reach(
    request: Request,
    loaded: ModelDep,
    services: ServicesDep,
    response: Response,
    y: Annotated[int, Query(description="Row of the network's input.", json_schema_extra=FROM_ZERO)],
    x: Annotated[int, Query(description="Column of the network's input.", json_schema_extra=FROM_ZERO)],
) -> ReachSchema:
    """The projective field: of every layer the places whose values one pixel of the input can reach."""
    spec = loaded.model.spec
    for name, value, size in (("y", y, spec.height), ("x", x, spec.width)):
        if not 0 <= value < size:
            raise Problem(
                422, "Out of range", f"{name} must be 0 to {size - 1} in the model's input, got {value}."
            )
    response.headers.update(revalidated(request, loaded.fingerprint, y, x))
    key = (loaded.fingerprint, "reach", y, x)
    return await while_connected(request, services.pool.run_once(key, _reach, loaded.model.graph, y, x))


@router.get(
    "/{model}/parameters/{name:path}",
    summary="One parameter",
    response_class=Response,
    responses={
        200: {"description": "The array, float32.", "content": {NPY_TYPE: {}}},
        **NOT_MODIFIED,
        **problems(404, 422, 503),
    },
)
async def read_parameter(
    request: Request,
    loaded: ModelDep,
    name: Annotated[str, Path(description="As in PyTorch: conv_1_1.weight, conv_1_1.bias.")],
) -> Response:
    """A parameter as a .npy file: kernels (out, in, height, width), biases (out,)."""
    parameters = loaded.model.parameters
    if name not in parameters:
        known = ", ".join(parameters)
        raise Problem(
            404, "No such parameter", f"There is no parameter {shortened(name)}; parameters: {known}."
        )
    headers = revalidated(request, loaded.fingerprint)
    return Response(npy_bytes(parameters[name]), headers=headers, media_type=NPY_TYPE)


def _reach(graph: Graph, y: int, x: int) -> ReachSchema:
    return reach_schema(y, x, projective_field(graph, y, x))
