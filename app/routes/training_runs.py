"""Runs of ``convscope train``: their rows as they come, and what the network had learnt at a step."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from cnn_core.errors import TrainingFailed

from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems, shortened
from ..payloads.frames import FRAMES_TYPE
from ..payloads.live_frames import values_frame
from ..payloads.race_schemas import TrainedModel
from ..payloads.training_run_schemas import (
    TrainingRunName,
    TrainingRunSchema,
    run_named,
    run_news,
    run_told,
)
from ..services.training_runs.run import TrainingRun
from ..services.training_runs.runs import UnknownRun
from ..services.training_runs.views import Spot, model_of_run, run_film, run_look
from .training_lookups import FRAME, Channel, Filter, Step, answered

__all__ = ["router"]

router = APIRouter(prefix="/api/training/trained", tags=["training"])


async def _run(
    services: ServicesDep, run: Annotated[str, Path(description="The name of its folder.", max_length=64)]
) -> TrainingRun:
    try:
        return await services.training_runs.get(run)
    except UnknownRun:
        detail = (
            f"There is no run {shortened(run)} in the folder of this server's runs; "
            "`convscope train` makes one there."
        )
        raise Problem(404, "No such run", detail) from None
    except TrainingFailed as error:
        raise Problem(422, "The run is damaged", f"{error}.") from error


TrainingRunDep = Annotated[TrainingRun, Depends(_run)]
Layer = Annotated[str, Query(max_length=200, description="A layer with weights.")]
Known = Annotated[int, Query(ge=0, le=10_000_000, description="How many such rows one has.")]


@router.get("", summary="Runs of convscope train", responses=problems(503))
async def list_training_runs(services: ServicesDep) -> list[TrainingRunName]:
    """The runs in this server's folder of runs, the one written last first."""
    return [run_named(run) for run in await services.pool.run(services.training_runs.listed)]


@router.get("/{run}", summary="A run", responses=problems(404, 422, 503))
async def get_training_run(
    services: ServicesDep, run: TrainingRunDep, response: Response
) -> TrainingRunSchema:
    """A run as it stands: nothing here changes it."""
    response.headers["Cache-Control"] = "no-store"
    return await services.pool.run(run_told, run)


@router.get(
    "/{run}/rows",
    summary="What is new in a run",
    response_class=Response,
    responses={**FRAME, **problems(404, 422, 503)},
)
async def rows_of_training_run(
    services: ServicesDep,
    run: TrainingRunDep,
    revision: Annotated[int, Query(description="That of the rows one has.")] = -1,
    steps: Known = 0,
    scores: Known = 0,
) -> Response:
    """How it stands, and rows of steps and tests behind those one has, up to 20,000 at once."""
    news = await services.pool.run(lambda: run_news(run, run.part(revision, steps, scores)))
    return _frame(news)


@router.get(
    "/{run}/look",
    summary="A layer of a run at a step",
    response_class=Response,
    responses={**FRAME, **problems(404, 422, 503)},
)
async def look_at_training_run(
    request: Request,
    services: ServicesDep,
    run: TrainingRunDep,
    step: Step,
    layer: Layer,
    filter: Filter = 0,  # noqa: A002
    channel: Channel = 0,
) -> Response:
    """Its filters and the kernels of one of them, after the nearest step before whose weights are kept."""
    job = services.pool.run(run_look, run, step, Spot(layer, filter, channel))
    return _frame(await answered(request, job))


@router.get(
    "/{run}/film",
    summary="How a filter of a run formed",
    response_class=Response,
    responses={**FRAME, **problems(404, 422, 503)},
)
async def film_of_training_run(
    request: Request,
    services: ServicesDep,
    run: TrainingRunDep,
    layer: Layer,
    filter: Filter = 0,  # noqa: A002
    channel: Channel = 0,
    frames: Annotated[int, Query(ge=2, le=64, description="At most so many steps.")] = 30,
) -> Response:
    """One filter at up to `frames` steps that are kept."""
    job = services.pool.run(run_film, run, Spot(layer, filter, channel), frames)
    return _frame(await answered(request, job))


@router.get(
    "/{run}/{table}.csv",
    summary="The rows of a run",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}, **problems(404, 422, 503)},
)
async def table_of_training_run(
    services: ServicesDep,
    run: TrainingRunDep,
    table: Annotated[Literal["steps", "scores", "metrics"], Path(description="Which rows.")],
) -> Response:
    """Every step, every test, or every epoch."""
    try:
        text = await services.pool.run((run.folder.path / f"{table}.csv").read_text)
    except OSError:
        raise Problem(404, "No such table", f"The run has no {table}.csv.") from None
    return Response(text, media_type="text/csv", headers={"Cache-Control": "no-store"})


@router.post(
    "/{run}/model",
    summary="Open the network of a run",
    status_code=201,
    responses=problems(404, 422, 503, 507),
)
async def open_training_run(
    request: Request, services: ServicesDep, run: TrainingRunDep, step: Step
) -> TrainedModel:
    """Put the network after a kept step among the models, with a card: every page can open it there."""
    data, choices = await answered(request, services.pool.run(model_of_run, run, step))
    try:
        kept = await while_connected(request, services.importers.run(services.imports.take, data, choices))
    except OSError as error:
        reason = f"The data folder cannot be written to: {error.strerror or error}."
        raise Problem(507, "The model cannot be kept", reason) from error
    return TrainedModel(id=kept.model.name, title=kept.model.title)


def _frame(message: dict[str, Any]) -> Response:
    return Response(values_frame(message), media_type=FRAMES_TYPE, headers={"Cache-Control": "no-store"})
