"""The training lab: races begun, ordered about, and looked at step by step."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from cnn_core.errors import CnnError, TrainingFailed
from cnn_core.training.race.nets import RUNNERS
from cnn_core.training.race.settings import Settings
from cnn_core.training.race.tasks import DRAWN_TASKS, Task, drawn_task

from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems, shortened
from ..intake import received_json
from ..payloads.frames import FRAMES_TYPE
from ..payloads.live_frames import values_frame
from ..payloads.race_messages import race_told
from ..payloads.race_schemas import NewRace, RaceOrder, RaceSchema, RaceTask, TrainedModel
from ..payloads.requests import json_body, validated
from ..services.races.answers import Look
from ..services.races.exports import onnx_bytes, safetensors_bytes, trained_choices
from ..services.races.runs import OrderRefused, RaceRun, UnknownRace
from ..services.races.views import SHIFTS, Weight

__all__ = ["router"]

router = APIRouter(prefix="/api/training", tags=["training"])

_FRAME: dict[int | str, dict[str, Any]] = {
    200: {"description": "JSON with arrays behind it, in one frame.", "content": {FRAMES_TYPE: {}}}
}
_FILES: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}


async def _run(
    services: ServicesDep, run: Annotated[str, Path(description="Id of a race.", max_length=40)]
) -> RaceRun:
    try:
        return await services.races.get(run)
    except UnknownRace:
        detail = f"There is no race {shortened(run)} on this server: it was removed, or never was; begin one."
        raise Problem(404, "No such race", detail) from None
    except TrainingFailed as error:
        raise Problem(422, "The race is damaged", f"{error}.") from error


RunDep = Annotated[RaceRun, Depends(_run)]
_Net = Annotated[Literal["cnn", "mlp", "cnn-shuffled", "mlp-shuffled"], Query(description="Which network.")]
_Step = Annotated[int, Query(ge=0, le=1_000_000, description="After which step; 0: before the first.")]
_Shift = Annotated[int, Query(ge=-8, le=8, description="By how many pixels test pictures are moved.")]
_Layer = Annotated[str, Query(max_length=40, description="A layer with weights.")]
_Filter = Annotated[int, Query(ge=0, le=10_000, description="A filter of the layer, from 0.")]
_Channel = Annotated[int, Query(ge=0, le=10_000, description="Which of the filter's kernels.")]
_Row = Annotated[int, Query(ge=0, le=100, description="Row of the kernel.")]
_Column = Annotated[int, Query(ge=0, le=100, description="Column of the kernel.")]
_Unit = Annotated[int, Query(ge=0, le=10_000, description="A unit of the fully connected net.")]
_Pixel = Annotated[int, Query(ge=0, le=1_000_000, description="A value of the picture, in C order.")]
_Image = Annotated[int, Query(ge=0, le=100_000, description="A test picture; they count on from the first.")]
_NetPath = Annotated[str, Path(max_length=20, description="A network of the race.")]


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
    responses={**_FRAME, **problems(404, 422, 503)},
)
async def task_pictures(
    services: ServicesDep,
    task: Annotated[str, Path(max_length=40, description="One of /api/training/tasks.")],
    count: Annotated[int, Query(ge=1, le=100, description="How many.")] = 16,
) -> Response:
    """The first test pictures of a drawn task."""
    drawn = await _task(services, task)
    message = _pictures(drawn, drawn.test[:count], drawn.test_labels[:count])
    return Response(values_frame(message), media_type=FRAMES_TYPE, headers={"Cache-Control": "max-age=3600"})


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
    task = await _task(services, asked.task)
    try:
        run = await services.races.create(task, Settings.from_config(asked.settings), asked.nets)
    except TrainingFailed as error:
        raise Problem(507, "The race cannot be kept", f"{error}.") from error
    except CnnError as error:
        raise Problem(422, "No such race", f"{error}.") from error
    response.headers["Location"] = f"/api/training/runs/{run.id}"
    return race_told(services.races, run)


@router.get("/runs/{run}", summary="A race", responses=problems(404, 422, 503))
async def get_run(services: ServicesDep, run: RunDep, response: Response) -> RaceSchema:
    """A race as it stands."""
    response.headers["Cache-Control"] = "no-store"
    return race_told(services.races, run)


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
    return race_told(services.races, run)


@router.get(
    "/runs/{run}/pictures",
    summary="The test pictures of a race",
    response_class=Response,
    responses={**_FRAME, **problems(404, 422, 503)},
)
async def run_pictures(run: RunDep) -> Response:
    """All test pictures as bytes, their labels, and the order in which shuffled networks see pixels."""
    assert run.task is not None
    message = _pictures(run.task, run.task.test, run.task.test_labels)
    message["order"] = run.task.order.tolist()
    return Response(values_frame(message), media_type=FRAMES_TYPE, headers={"Cache-Control": "max-age=3600"})


@router.get(
    "/runs/{run}/look",
    summary="A race at one step",
    response_class=Response,
    responses={**_FRAME, **problems(404, 422, 503)},
)
async def look_at_run(
    request: Request,
    services: ServicesDep,
    run: RunDep,
    step: _Step,
    net: _Net = "cnn",
    layer: _Layer = "conv_1",
    panel: Annotated[str, Query(max_length=40, description="The layer of `net` that is shown.")] = "",
    filter: _Filter = 0,  # noqa: A002
    channel: _Channel = 0,
    row: _Row = 0,
    column: _Column = 0,
    unit: _Unit = 0,
    pixel: _Pixel = 0,
    image: _Image = 0,
    dx: _Shift = 0,
    picture: Annotated[int | None, Query(ge=0, le=511, description="One picture of the batch.")] = None,
) -> Response:
    """Weights, maps and answer of a network, and the products behind one weight's gradient at every place.

    `gradient` is that of the weight (`layer`, `filter`, `channel`, `row`, `column`) of the convolutional
    network that sees pixels as `net` does, `place` that of (`unit`, `pixel`) of the fully connected one.
    """
    asked = Look(net, step, image, dx, picture)
    weight, dense = Weight(layer, filter, channel, row, column), Weight("dense_1", unit, pixel, 0, 0)
    shown = panel or ("conv_1" if net.startswith("cnn") else "dense_1")
    found = await _answer(request, services.race_answers.look(run, asked, shown, weight, dense))
    return Response(values_frame(found), media_type=FRAMES_TYPE, headers={"Cache-Control": "no-store"})


@router.get(
    "/runs/{run}/film",
    summary="How a filter formed",
    response_class=Response,
    responses={**_FRAME, **problems(404, 422, 503)},
)
async def film_of_run(
    request: Request,
    services: ServicesDep,
    run: RunDep,
    net: _Net = "cnn",
    layer: _Layer = "conv_1",
    filter: _Filter = 0,  # noqa: A002
    channel: _Channel = 0,
    frames: Annotated[int, Query(ge=2, le=64, description="At most so many steps.")] = 20,
) -> Response:
    """One filter at up to `frames` steps that are kept."""
    weight = Weight(layer, filter, channel, 0, 0)
    found = await _answer(request, services.race_answers.film(run, net, weight, frames))
    return Response(values_frame(found), media_type=FRAMES_TYPE, headers={"Cache-Control": "no-store"})


@router.get(
    "/runs/{run}/scores",
    summary="Right and wrong on the test pictures",
    response_class=Response,
    responses={**_FRAME, **problems(404, 422, 503)},
)
async def scores_of_run(
    request: Request, services: ServicesDep, run: RunDep, step: _Step, net: _Net = "cnn", dx: _Shift = 0
) -> Response:
    """What each test picture is called, how surely, and which class is taken for which."""
    found = await _answer(request, services.race_answers.scores(run, net, step, dx))
    message = {
        "net": net,
        "step": step,
        "right": found.right,
        "confusion": found.confusion.tolist(),
        "said": found.said.astype("uint8"),
        "sure": found.sure,
    }
    return Response(values_frame(message), media_type=FRAMES_TYPE, headers={"Cache-Control": "no-store"})


@router.get("/runs/{run}/shifts", summary="Accuracy under shift", responses=problems(404, 422, 503))
async def shifts_of_run(
    request: Request, services: ServicesDep, run: RunDep, step: _Step, net: _Net = "cnn"
) -> dict[str, list[float]]:
    """The share of right answers with all test pictures moved by each number of pixels."""
    found = await _answer(request, services.race_answers.curve(run, net, step))
    return {"dx": SHIFTS.tolist(), "right": found.tolist()}


@router.get(
    "/runs/{run}/{table}.csv",
    summary="The rows of a race",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}, **problems(404, 422, 503)},
)
async def table_of_run(
    run: RunDep, table: Annotated[Literal["steps", "scores"], Path(description="Which rows.")]
) -> Response:
    """Every step, or every test, of every network."""
    text = (run.folder.path / f"{table}.csv").read_text()
    return Response(text, media_type="text/csv", headers={"Cache-Control": "no-store"})


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
    net: _NetPath,
    kind: Annotated[Literal["safetensors", "onnx"], Path(description="Which kind of file.")],
    step: _Step,
) -> Response:
    """The network after a step: weights as safetensors, or all of it as ONNX."""
    make = safetensors_bytes if kind == "safetensors" else onnx_bytes
    data = await _answer(request, services.race_answers.file(run, net, step, make))
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
    net: _NetPath,
    step: _Step,
) -> TrainedModel:
    """Put the network after a step among the models, where every page can open it."""
    assert run.task is not None
    if any(runner.id == net and runner.shuffled for runner in RUNNERS):
        detail = f"{net} learnt from shuffled pixels; a picture on another page is not shuffled."
        raise Problem(422, "Not a network for pictures", detail)
    data = await _answer(request, services.race_answers.file(run, net, step, onnx_bytes))
    choices = trained_choices(run, net, step)
    try:
        job = services.importers.run(services.imports.take, data, choices)
        kept = await while_connected(request, job)
    except OSError as error:
        reason = f"The data folder cannot be written to: {error.strerror or error}."
        raise Problem(507, "The model cannot be kept", reason) from error
    return TrainedModel(id=kept.model.name, title=kept.model.title)


async def _carry_out(services: ServicesDep, run: RaceRun, asked: RaceOrder) -> None:
    races = services.races
    if asked.order == "go":
        await races.go(run)
    elif asked.order == "pause":
        await races.pause(run)
    elif asked.order == "alone":
        run.stop_alone = bool(asked.stop)
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


async def _task(services: ServicesDep, name: str) -> Task:
    if name not in DRAWN_TASKS:
        known = ", ".join(DRAWN_TASKS)
        raise Problem(404, "No such task", f"There is no task {shortened(name)}; tasks: {known}.")
    return await services.pool.run_once(("task", name), drawn_task, name)


async def _answer(request: Request, work: Any) -> Any:
    """The result of work about a race; what cannot be is a problem of the question."""
    try:
        return await while_connected(request, work)
    except CnnError as error:
        raise Problem(422, "Nothing to see there", f"{error}.") from error


def _pictures(task: Task, images: Any, labels: Any) -> dict[str, Any]:
    return {
        "classes": list(task.classes),
        "shape": list(images.shape),
        "pixels": (images * 255).round().astype("uint8"),
        "labels": labels.astype("uint8"),
    }
