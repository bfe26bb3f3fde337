"""The training lab: races begun, and ordered about."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from cnn_core.errors import CnnError, TrainingFailed
from cnn_core.training.race.settings import Settings

from ..container import ServicesDep
from ..errors import Problem, problems
from ..intake import received_json
from ..payloads.race_messages import race_told
from ..payloads.race_schemas import NewRace, RaceOrder, RaceSchema
from ..payloads.requests import json_body, validated
from ..services.races.run import OrderRefused, RaceRun
from .training_lookups import RunDep
from .training_tasks import find_task

__all__ = ["router"]

router = APIRouter(prefix="/api/training", tags=["training"])


@router.get("/runs", summary="Races", responses=problems(503))
async def list_runs(services: ServicesDep) -> list[str]:
    """Ids of all races on this server, the one used last first."""
    return await services.pool.run(services.races.ids)


@router.post(
    "/runs",
    summary="Begin a race",
    status_code=201,
    responses=problems(404, 413, 422, 503, 507),
    openapi_extra=json_body(NewRace),
)
async def create_run(request: Request, services: ServicesDep, response: Response) -> RaceSchema:
    """A new race, before its first step."""
    asked = validated(NewRace, await received_json(request))
    task = await find_task(services, asked.task, asked.classes)
    try:
        run = await services.races.create(task, Settings.from_config(asked.settings), asked.nets)
    except TrainingFailed as error:
        raise Problem(507, "The race cannot be kept", f"{error}.") from error
    except CnnError as error:
        raise Problem(422, "No such race", f"{error}.") from error
    response.headers["Location"] = f"/api/training/runs/{run.id}"
    return race_told(run)


@router.get("/runs/{run}", summary="A race", responses=problems(404, 422, 503))
async def get_run(services: ServicesDep, run: RunDep, response: Response) -> RaceSchema:
    """A race as it stands."""
    response.headers["Cache-Control"] = "no-store"
    return race_told(run)


@router.delete("/runs/{run}", summary="Remove a race", status_code=204, responses=problems(404, 422, 503))
async def remove_run(services: ServicesDep, run: RunDep) -> Response:
    """End a race and forget it."""
    await services.races.remove(run)
    return Response(status_code=204)


@router.post(
    "/runs/{run}/orders",
    summary="Tell a race what to do",
    responses=problems(404, 413, 422, 503),
    openapi_extra=json_body(RaceOrder),
)
async def order_run(request: Request, services: ServicesDep, run: RunDep, response: Response) -> RaceSchema:
    """Run or wait for a turn, pause, take one step, go back, change a setting, undo that, choose who runs."""
    asked = validated(RaceOrder, await received_json(request))
    response.headers["Cache-Control"] = "no-store"
    try:
        await _carry_out(services, run, asked)
    except OrderRefused as error:
        raise Problem(422, "The race cannot do that", f"{error}.") from error
    return race_told(run)


async def _carry_out(services: ServicesDep, run: RaceRun, asked: RaceOrder) -> None:
    races = services.races
    if asked.order == "go":
        await races.go(run)
    elif asked.order == "pause":
        await races.pause(run)
    elif asked.order == "alone":
        await races.stop_alone(run, bool(asked.stop))
    else:
        await races.order(run, asked.order, **_arguments(asked))


_MEMBERS = {
    "step": (),
    "pace": ("slow",),
    "back": ("step",),
    "change": ("name", "value"),
    "undo": ("change",),
    "enter": ("nets",),
}
"""What each order needs."""


def _arguments(asked: RaceOrder) -> dict[str, Any]:
    found = {name: getattr(asked, name) for name in _MEMBERS[asked.order]}
    if missing := [name for name, value in found.items() if value is None]:
        raise Problem(422, "Half an order", f"The order {asked.order} needs {' and '.join(missing)}.")
    return found
