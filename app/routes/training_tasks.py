"""What the training lab teaches: the tasks there are, and their pictures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from cnn_core.training.race.tasks import DRAWN_TASKS, Task, drawn_task

from ..container import ServicesDep
from ..errors import Problem, problems, shortened
from ..payloads.frames import FRAMES_TYPE
from ..payloads.live_frames import values_frame
from ..payloads.race_messages import pictures_told
from ..payloads.race_schemas import RaceTask
from .training_lookups import FRAME

__all__ = ["find_task", "router"]

router = APIRouter(prefix="/api/training", tags=["training"])


@router.get("/tasks", summary="What can be learnt", responses=problems())
async def list_tasks() -> list[RaceTask]:
    """The tasks that are drawn from a seed, there without any download."""
    return [
        RaceTask(id=name, title=made.title, classes=list(made.classes), train=2000, test=500, drawn=True)
        for name, made in DRAWN_TASKS.items()
    ]


@router.get(
    "/tasks/{task}/pictures",
    summary="Pictures of a task",
    response_class=Response,
    responses={**FRAME, **problems(404, 422, 503)},
)
async def taskpictures_told(
    services: ServicesDep,
    task: Annotated[str, Path(max_length=40, description="One of /api/training/tasks.")],
    count: Annotated[int, Query(ge=1, le=100, description="How many.")] = 16,
) -> Response:
    """The first test pictures of a drawn task."""
    drawn = await find_task(services, task)
    message = pictures_told(drawn, drawn.test[:count], drawn.test_labels[:count])
    return Response(values_frame(message), media_type=FRAMES_TYPE, headers={"Cache-Control": "max-age=3600"})


async def find_task(services: ServicesDep, name: str) -> Task:
    """The task of that id; 404 where there is none."""
    if name not in DRAWN_TASKS:
        known = ", ".join(DRAWN_TASKS)
        raise Problem(404, "No such task", f"There is no task {shortened(name)}; tasks: {known}.")
    return await services.pool.run_once(("task", name), drawn_task, name)
