"""A race looked at: any step, any weight, as arrays."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from ..container import ServicesDep
from ..errors import Problem, problems
from ..payloads.frames import FRAMES_TYPE
from ..payloads.live_frames import values_frame
from ..payloads.race_messages import pictures_told
from ..services.image_store import StoredImage, UnknownImage
from ..services.races.answers import Look
from ..services.races.views import SHIFTS, Weight
from .training_lookups import (
    FRAME,
    Channel,
    Column,
    Filter,
    Image,
    Layer,
    Net,
    Pixel,
    Row,
    RunDep,
    Shift,
    Step,
    Unit,
    answered,
)

__all__ = ["router"]

router = APIRouter(prefix="/api/training", tags=["training"])


@router.get(
    "/runs/{run}/pictures",
    summary="The test pictures of a race",
    response_class=Response,
    responses={**FRAME, **problems(404, 422, 503)},
)
async def run_pictures(run: RunDep) -> Response:
    """All test pictures as bytes, their labels, and the order in which shuffled networks see pixels."""
    assert run.task is not None
    message = pictures_told(run.task.classes, run.task.test, run.task.test_labels)
    message["order"] = run.task.order.tolist()
    return Response(values_frame(message), media_type=FRAMES_TYPE, headers={"Cache-Control": "max-age=3600"})


@router.get(
    "/runs/{run}/look",
    summary="A race at one step",
    response_class=Response,
    responses={**FRAME, **problems(404, 422, 503)},
)
async def look_at_run(
    request: Request,
    services: ServicesDep,
    run: RunDep,
    step: Step,
    net: Net = "cnn",
    layer: Layer = "conv_1",
    panel: Annotated[str, Query(max_length=40, description="The layer of `net` that is shown.")] = "",
    filter: Filter = 0,  # noqa: A002
    channel: Channel = 0,
    row: Row = 0,
    column: Column = 0,
    unit: Unit = 0,
    pixel: Pixel = 0,
    image: Image = 0,
    dx: Shift = 0,
    picture: Annotated[int | None, Query(ge=0, le=511, description="One picture of the batch.")] = None,
    drawn: Annotated[str, Query(max_length=40, description="An uploaded image in its place.")] = "",
) -> Response:
    """Weights, maps and answer of a network, and the products behind one weight's gradient at every place.

    `gradient` is that of the weight (`layer`, `filter`, `channel`, `row`, `column`) of the convolutional
    network that sees pixels as `net` does, `place` that of (`unit`, `pixel`) of the fully connected one.
    """
    pixels = (await _image(services, drawn)).pixels if drawn else None
    asked = Look(net, step, image, dx, picture, pixels)
    weight, dense = Weight(layer, filter, channel, row, column), Weight("dense_1", unit, pixel, 0, 0)
    shown = panel or ("conv_1" if net.startswith("cnn") else "dense_1")
    found = await answered(request, services.race_answers.look(run, asked, shown, weight, dense))
    return Response(values_frame(found), media_type=FRAMES_TYPE, headers={"Cache-Control": "no-store"})


@router.get(
    "/runs/{run}/film",
    summary="How a filter formed",
    response_class=Response,
    responses={**FRAME, **problems(404, 422, 503)},
)
async def film_of_run(
    request: Request,
    services: ServicesDep,
    run: RunDep,
    net: Net = "cnn",
    layer: Layer = "conv_1",
    filter: Filter = 0,  # noqa: A002
    channel: Channel = 0,
    frames: Annotated[int, Query(ge=2, le=64, description="At most so many steps.")] = 20,
) -> Response:
    """One filter at up to `frames` steps that are kept."""
    weight = Weight(layer, filter, channel, 0, 0)
    found = await answered(request, services.race_answers.film(run, net, weight, frames))
    return Response(values_frame(found), media_type=FRAMES_TYPE, headers={"Cache-Control": "no-store"})


@router.get(
    "/runs/{run}/scores",
    summary="Right and wrong on the test pictures",
    response_class=Response,
    responses={**FRAME, **problems(404, 422, 503)},
)
async def scores_of_run(
    request: Request, services: ServicesDep, run: RunDep, step: Step, net: Net = "cnn", dx: Shift = 0
) -> Response:
    """What each test picture is called, how surely, and which class is taken for which."""
    found = await answered(request, services.race_answers.scores(run, net, step, dx))
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
    request: Request, services: ServicesDep, run: RunDep, step: Step, net: Net = "cnn"
) -> dict[str, list[float]]:
    """The share of right answers with all test pictures moved by each number of pixels."""
    found = await answered(request, services.race_answers.curve(run, net, step))
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


async def _image(services: ServicesDep, drawn: str) -> StoredImage:
    try:
        return await services.images.get(drawn)
    except UnknownImage:
        detail = "The server no longer has this picture: draw it again."
        raise Problem(404, "Picture not here", detail) from None
