"""The shift lab for scripts: the numbers of the live socket over HTTP."""

from __future__ import annotations

import numpy as np
from fastapi import APIRouter, Request

from cnn_core.errors import CnnError

from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems
from ..intake import received_json
from ..lookups import Finder
from ..payloads.requests import json_body, validated
from ..payloads.shift_messages import crop_schema, invariance, node_equivariance, sweep_summary
from ..payloads.shift_schemas import EquivarianceRequest, EquivarianceSchema, SweepRequest, SweepSchema
from ..services.shift_answers import Invariance
from ..services.shift_checks import check_nodes, check_shift
from ..services.shift_service import ShiftService
from ..services.shift_views import Movement, View
from ..services.trace_service import Subject

__all__ = ["router"]

router = APIRouter(prefix="/api/equivariance", tags=["equivariance"])

_FAILURES = problems(404, 413, 422, 503)


@router.post(
    "",
    summary="What one shift does to every layer",
    responses=_FAILURES,
    openapi_extra=json_body(EquivarianceRequest),
)
async def measure_shift(request: Request, services: ServicesDep) -> EquivarianceSchema:
    """Shift then run, against run then shift, over all channels of every layer; and the classes."""
    asked = validated(EquivarianceRequest, await received_json(request))
    subject = await Finder(services).subject(asked.model, asked.image, asked.crop)
    return await while_connected(request, _measured(services.shifts, subject, asked))


@router.post(
    "/sweep",
    summary="Which class comes first after every small shift",
    responses=_FAILURES,
    openapi_extra=json_body(SweepRequest),
)
async def sweep_shifts(request: Request, services: ServicesDep) -> SweepSchema:
    """The first class for all shifts up to a largest one, and how often it changes."""
    asked = validated(SweepRequest, await received_json(request))
    subject = await Finder(services).subject(asked.model, asked.image, asked.crop)
    return await while_connected(request, _swept(services.shifts, subject, asked))


async def _measured(shifts: ShiftService, subject: Subject, asked: EquivarianceRequest) -> EquivarianceSchema:
    try:
        opened = await shifts.open(View(subject, asked.border, asked.pooling, asked.size))
        nodes = opened.lab.nodes if asked.nodes is None else tuple(dict.fromkeys(asked.nodes))
        check_nodes(opened, nodes)
        check_shift(opened, asked.dx, asked.dy)
        compared = await shifts.compare(opened, Movement(dx=asked.dx, dy=asked.dy), nodes)
    except CnnError as error:
        raise Problem(422, "This cannot be computed", f"{error}.") from error
    probabilities = None
    if opened.has_classes:
        before = await shifts.probabilities(opened, 0, 0)
        after = await shifts.probabilities(opened, asked.dx, asked.dy)
        labels = subject.loaded.model.labels
        probabilities = invariance(Invariance(labels, opened.view.fill, before, after))
    return EquivarianceSchema(
        model=asked.model,
        image=asked.image,
        crop=crop_schema(subject.crop),
        size=[opened.height, opened.width],
        dx=asked.dx,
        dy=asked.dy,
        border=asked.border,
        pooling=asked.pooling,
        changes=opened.changes,
        nodes=[node_equivariance(compared.layers[node]) for node in nodes],
        probabilities=probabilities,
    )


async def _swept(shifts: ShiftService, subject: Subject, asked: SweepRequest) -> SweepSchema:
    opened = await shifts.open(View(subject, asked.border, asked.pooling))
    opened.check_classes()
    check_shift(opened, asked.max_shift, asked.max_shift)
    sweep = shifts.sweep(opened, asked.max_shift)
    rows = [await shifts.sweep_row(sweep, index) for index in range(sweep.count)]
    labels = subject.loaded.model.labels
    return SweepSchema(
        model=asked.model,
        image=asked.image,
        crop=crop_schema(subject.crop),
        max_shift=asked.max_shift,
        fill=opened.view.fill,
        labels=list(labels),
        top=[row.top.tolist() for row in rows],
        probability=[row.probability.tolist() for row in rows],
        summary=sweep_summary(labels, np.stack([row.top for row in rows])),
    )
