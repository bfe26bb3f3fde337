"""What addresses of the training lab name: a race, and where in it one looks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Request

from cnn_core.errors import CnnError, TrainingFailed

from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, shortened
from ..payloads.frames import FRAMES_TYPE
from ..services.races.run import RaceRun
from ..services.races.runs import UnknownRace

__all__ = [
    "FRAME",
    "Channel",
    "Column",
    "Filter",
    "Image",
    "Layer",
    "Net",
    "NetPath",
    "Pixel",
    "Row",
    "RunDep",
    "Shift",
    "Step",
    "Unit",
    "answered",
]

FRAME: dict[int | str, dict[str, Any]] = {
    200: {"description": "JSON with arrays behind it, in one frame.", "content": {FRAMES_TYPE: {}}}
}


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
Net = Annotated[Literal["cnn", "mlp", "cnn-shuffled", "mlp-shuffled"], Query(description="Which network.")]
Step = Annotated[int, Query(ge=0, le=1_000_000, description="After which step; 0: before the first.")]
Shift = Annotated[int, Query(ge=-8, le=8, description="By how many pixels test pictures are moved.")]
Layer = Annotated[str, Query(max_length=40, description="A layer with weights.")]
Filter = Annotated[int, Query(ge=0, le=10_000, description="A filter of the layer, from 0.")]
Channel = Annotated[int, Query(ge=0, le=10_000, description="Which of the filter's kernels.")]
Row = Annotated[int, Query(ge=0, le=100, description="Row of the kernel.")]
Column = Annotated[int, Query(ge=0, le=100, description="Column of the kernel.")]
Unit = Annotated[int, Query(ge=0, le=10_000, description="A unit of the fully connected net.")]
Pixel = Annotated[int, Query(ge=0, le=1_000_000, description="A value of the picture, in C order.")]
Image = Annotated[int, Query(ge=0, le=100_000, description="A test picture; they count on from the first.")]
NetPath = Annotated[str, Path(max_length=20, description="A network of the race.")]


async def answered(request: Request, work: Any) -> Any:
    """The result of work about a race; what cannot be is a problem of the question."""
    try:
        return await while_connected(request, work)
    except CnnError as error:
        raise Problem(422, "Nothing to see there", f"{error}.") from error
