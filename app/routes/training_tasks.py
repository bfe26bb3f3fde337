"""What the training lab teaches: the tasks there are, and their pictures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from cnn_core.errors import BadDataset
from cnn_core.training.race.tasks import DRAWN_TASKS, Task, drawn_task

from ..container import ServicesDep
from ..dataset_form import received_files
from ..disconnects import while_connected
from ..errors import Problem, problems, shortened
from ..payloads.frames import FRAMES_TYPE
from ..payloads.live_frames import values_frame
from ..payloads.race_messages import drawn_told, pictures_told, task_told
from ..payloads.race_schemas import RaceTask
from ..payloads.requests import file_form
from .training_lookups import FRAME

__all__ = ["find_task", "router"]

router = APIRouter(prefix="/api/training", tags=["training"])

_TaskPath = Annotated[str, Path(max_length=40, description="One of /api/training/tasks.")]


@router.get("/tasks", summary="What can be learnt", responses=problems(503))
async def list_tasks(services: ServicesDep, response: Response) -> list[RaceTask]:
    """The tasks that are drawn from a seed, then what people brought, the one used last first."""
    response.headers["Cache-Control"] = "no-store"
    drawn = [drawn_told(name, title, classes) for name, title, classes in _drawn()]
    return [*drawn, *map(task_told, await services.decoders.run(services.tasks.all))]


@router.post(
    "/tasks",
    summary="Bring pictures to learn from",
    status_code=201,
    responses=problems(413, 415, 422, 503, 507),
    openapi_extra=file_form("A zip of class folders, an npz, or files with folders in their names."),
)
async def bring_task(request: Request, services: ServicesDep, response: Response) -> RaceTask:
    """Send class folders, an npz of images and labels, or the files of MNIST; they are kept."""
    async with received_files(request, services.settings.training_upload_bytes) as files:
        job = services.decoders.run(services.tasks.take, files.path, files.title)
        try:
            kept = await while_connected(request, job)
        except BadDataset as error:
            raise Problem(422, "Nothing to learn from", files.told(error)) from error
        except OSError as error:
            reason = f"The data folder cannot be written to: {error.strerror or error}."
            raise Problem(507, "The pictures cannot be kept", reason) from error
    response.headers["Location"] = f"/api/training/tasks/{kept.id}"
    response.headers["Cache-Control"] = "no-store"
    return task_told(kept)


@router.delete("/tasks/{task}", summary="Forget pictures", status_code=204, responses=problems(404, 422, 503))
async def remove_task(services: ServicesDep, task: _TaskPath) -> Response:
    """Forget pictures that somebody brought; races that learnt from them keep their own."""
    if task not in services.tasks:
        raise _unknown(task)
    await services.decoders.run(services.tasks.remove, task)
    return Response(status_code=204)


@router.get(
    "/tasks/{task}/pictures",
    summary="Pictures of a task",
    response_class=Response,
    responses={**FRAME, **problems(404, 422, 503)},
)
async def task_pictures(
    services: ServicesDep,
    task: _TaskPath,
    count: Annotated[int, Query(ge=1, le=100, description="How many.")] = 16,
) -> Response:
    """A few of its pictures."""
    if task in services.tasks:
        kept = await services.decoders.run(services.tasks.get, task)
        message = pictures_told(kept.brought.train.classes, *kept.preview(count))
    else:
        drawn = await find_task(services, task)
        message = pictures_told(drawn.classes, drawn.test[:count], drawn.test_labels[:count])
    return Response(values_frame(message), media_type=FRAMES_TYPE, headers={"Cache-Control": "max-age=3600"})


async def find_task(services: ServicesDep, name: str, classes: list[str] | None = None) -> Task:
    """The task of that id, with these classes; 404 where there is none, 422 where it has other classes."""
    if name in services.tasks:
        try:
            kept = await services.decoders.run(services.tasks.get, name)
            return await services.decoders.run(kept.task, classes)
        except BadDataset as error:
            raise Problem(422, "Not a task to learn", f"{error}.") from error
    if name not in DRAWN_TASKS:
        raise _unknown(name)
    return await services.pool.run_once(("task", name), drawn_task, name)


def _drawn() -> list[tuple[str, str, tuple[str, ...]]]:
    return [(name, made.title, made.classes) for name, made in DRAWN_TASKS.items()]


def _unknown(name: str) -> Problem:
    known = ", ".join(DRAWN_TASKS)
    brought = "and pictures that were brought and are still here"
    return Problem(404, "No such task", f"There is no task {shortened(name)}; tasks: {known}, {brought}.")
