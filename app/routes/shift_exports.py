"""The shift lab to take away: the sweep as CSV and PNG, the shift as an animated GIF."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response

from cnn_core.equivariance import Border, FlipRow, Pooling
from cnn_core.preprocess import to_pixels

from ..caching import revalidated
from ..container import ServicesDep
from ..disconnects import while_connected
from ..lookups import SubjectDep
from ..payloads.sweep_table import CSV_TYPE, sweep_table
from ..pictures.shift import GIF_TYPE, shift_animation, sweep_heat
from ..services.shift_checks import check_channels, check_nodes, check_shift
from ..services.shift_service import ShiftService
from ..services.shift_views import Movement, View
from .addressing import FAILURES

__all__ = ["router"]

router = APIRouter(prefix="/api/traces/{model}/{image}", tags=["exports"])

_REACH: Final = 8
_FAR: Final[dict[str, Any]] = {"minimum": -4096, "maximum": 4096}
"""How far the animation shifts, in pixels of the network's input."""


def _view(
    subject: SubjectDep,
    border: Annotated[
        Border, Query(description="What stands beyond the border, in every layer.")
    ] = "trained",
    pooling: Annotated[Pooling, Query(description="What every pooling layer does.")] = "trained",
) -> View:
    return View(subject, border, pooling)


ViewDep = Annotated[View, Depends(_view)]
MaxShift = Annotated[int, Query(ge=1, le=_REACH, description="Pixels of the network's input, each way.")]


def _file(kind: str, what: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": what, "content": {kind: {}}}, **FAILURES}


@router.get(
    "/sweep.csv",
    summary="The first class after every shift, as a table",
    response_class=Response,
    responses=_file(CSV_TYPE, "One line a shift."),
)
async def export_sweep_table(
    request: Request, services: ServicesDep, view: ViewDep, max_shift: MaxShift = _REACH
) -> Response:
    """CSV: dx, dy, the first class, whether it is another than at rest, and the probability of that one."""
    headers = revalidated(request, view.key, max_shift)
    rows, labels, rest = await while_connected(request, _swept(services.shifts, view, max_shift))
    headers["Content-Disposition"] = 'attachment; filename="sweep.csv"'
    return Response(sweep_table(rows, labels, rest), headers=headers, media_type=CSV_TYPE)


@router.get(
    "/sweep.png",
    summary="The first class after every shift, as a picture",
    response_class=Response,
    responses=_file("image/png", "A heat map."),
)
async def export_sweep_heat(
    request: Request, services: ServicesDep, view: ViewDep, max_shift: MaxShift = _REACH
) -> Response:
    """The probability of the class that comes first at rest, with crosses where another one does."""
    headers = revalidated(request, view.key, max_shift)

    async def made() -> bytes:
        swept = await _swept(services.shifts, view, max_shift)
        return await services.pool.run(sweep_heat, *swept)

    picture = await while_connected(request, made())
    return Response(picture, headers=headers, media_type="image/png")


@router.get(
    "/shift.gif",
    summary="A shift, animated",
    response_class=Response,
    responses=_file(GIF_TYPE, "An animation."),
)
async def animate_shift(
    request: Request,
    services: ServicesDep,
    view: ViewDep,
    node: Annotated[str, Query(description="A layer that has a map.", max_length=200)],
    channel: Annotated[int, Query(ge=0, description="The map that is shown.")] = 0,
    dy: Annotated[int, Query(description="Pixels of the network's input, down.", json_schema_extra=_FAR)] = 0,
) -> Response:
    """The photo, one map of f(Tx) and its difference from T f(x), for dx from -8 to 8 and back."""
    headers = revalidated(request, view.key, node, channel, dy)
    key = ("gif", view.key, node, channel, dy)
    making = services.shifts.kept(key, partial(_animated, services, view, node, channel, dy))
    picture = await while_connected(request, making)
    return Response(picture, headers=headers, media_type=GIF_TYPE)


async def _swept(
    shifts: ShiftService, view: View, max_shift: int
) -> tuple[list[FlipRow], tuple[str, ...], int]:
    """All rows, the classes, and the number of the one that comes first at rest."""
    opened = await shifts.open(view)
    opened.check_classes()
    check_shift(opened, max_shift, max_shift)
    sweep = shifts.sweep(opened, max_shift)
    rows = [await shifts.sweep_row(sweep, index) for index in range(sweep.count)]
    return rows, view.subject.loaded.model.labels, int(rows[max_shift].top[max_shift])


async def _animated(services: ServicesDep, view: View, node: str, channel: int, dy: int) -> bytes:
    shifts = services.shifts
    opened = await shifts.open(view)
    check_nodes(opened, [node])
    check_channels(opened, [(node, channel)])
    reach = min(_REACH, opened.width - 1)
    check_shift(opened, reach, dy)
    places = range(-reach, reach + 1)
    photos, maps, differences = [], [], []
    for dx in places:
        compared = await shifts.compare(opened, Movement(dx=dx, dy=dy), [node])
        photos.append(to_pixels(compared.image, view.spec))
        maps.append(compared.layers[node].first[channel])
        differences.append(compared.layers[node].difference(channel))
    titles = ("The photo", f"{node}, channel {channel}", "Difference, 4 times as strong")
    return await services.pool.run(
        shift_animation, places, np.stack(photos), np.stack(maps), np.stack(differences), titles
    )
