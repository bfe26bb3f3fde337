"""A folder of photos before and after edits: how often a network is right."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from cnn_core.errors import BadDataset
from cnn_core.training.class_photos import ClassPhotos

from ..container import Services, ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems
from ..lookups import Finder, ModelDep, before_edits
from ..payloads.edit_schemas import FolderClass, FolderDone, FolderHeader, FolderSome
from ..payloads.frames import FRAMES_TYPE, error_frame, framed
from ..services.folders import Counts, Folder
from ..services.model_store import LoadedModel
from ..services.photo_sets import UnknownPhotoSet
from .photo_sets import no_such_set

__all__ = ["router"]

router = APIRouter(prefix="/api/models/{model}/folder", tags=["edits"])


@router.get(
    "",
    summary="Accuracy over a folder, before and after edits",
    response_class=Response,
    responses={
        200: {"description": "A sequence of frames.", "content": {FRAMES_TYPE: {}}},
        **problems(404, 422, 503),
    },
)
async def stream_folder(
    request: Request,
    loaded: ModelDep,
    services: ServicesDep,
    photos: Annotated[str, Query(description="Id of a set of photos in class folders, /api/photos.")],
    against: Annotated[
        str | None, Query(description="Network A; without it the same network without its edits.")
    ] = None,
) -> Response:
    """Binary frames without payload: what is seen, counts as they grow, and those of all photos.

    Every photo is run by itself, as a page shows it. Leaving ends the work.
    """
    services.ablations.check_room()
    a = before_edits(loaded) if against is None else await Finder(services).model(against)
    _check_classes(a, loaded)
    sent = services.pool.run(_sent, services, photos, loaded)
    found, unknown = await while_connected(request, sent)
    folder = Folder(found, a, loaded)
    return StreamingResponse(
        _frames(services, folder, unknown), headers={"Cache-Control": "no-store"}, media_type=FRAMES_TYPE
    )


def _check_classes(a: LoadedModel, b: LoadedModel) -> None:
    if not b.model.labels:
        raise Problem(422, "No classes", f"{b.model.title} gives no classes, so it cannot be right or wrong.")
    if a.model.labels != b.model.labels:
        detail = f"{a.model.title} and {b.model.title} tell different classes apart."
        raise Problem(422, "Other classes", detail)


def _sent(services: Services, name: str, loaded: LoadedModel) -> tuple[ClassPhotos, tuple[str, ...]]:
    try:
        place = services.photos.place(name)
        return ClassPhotos.at(place).known_as(loaded.model.labels)
    except UnknownPhotoSet as error:
        raise no_such_set(error) from error
    except BadDataset as error:
        words = str(error).removeprefix("data: ").replace(f"{services.photos.folder}/", "")
        raise Problem(422, "No such photos", f"{words}.") from error


async def _frames(services: Services, folder: Folder, unknown: tuple[str, ...]) -> AsyncIterator[bytes]:
    started = time.perf_counter()
    counted = np.bincount(folder.photos.labels, minlength=len(folder.photos.classes))
    classes = np.flatnonzero(counted).tolist()
    yield framed(_header(folder, classes, counted.tolist(), unknown).model_dump())
    try:
        last: Counts | None = None
        async with aclosing(services.ablations.folder(folder)) as turns:
            async for last in turns:
                yield framed(_some(folder, last, classes, time.perf_counter() - started).model_dump())
        if last is not None:
            yield framed(_done(last, classes, time.perf_counter() - started).model_dump())
    except Exception:
        # the answer has begun: its last frame is the only place left
        detail = "This folder could not be counted; the server's log has the cause."
        yield error_frame(500, "The server failed", detail)
        raise


def _header(folder: Folder, classes: list[int], counted: list[int], unknown: tuple[str, ...]) -> FolderHeader:
    labels = folder.b.model.labels
    return FolderHeader(
        a=folder.a.model.name,
        b=folder.b.model.name,
        total=len(folder.photos),
        classes=[FolderClass(index=each, label=labels[each], photos=counted[each]) for each in classes],
        unknown=list(unknown),
    )


def _some(folder: Folder, counts: Counts, classes: list[int], seconds: float) -> FolderSome:
    left = seconds / max(1, counts.files) * (len(folder.photos) - counts.files)
    return FolderSome(**_counts(counts, classes), seconds=seconds, left=left)


def _done(counts: Counts, classes: list[int], seconds: float) -> FolderDone:
    return FolderDone(**_counts(counts, classes), seconds=seconds, unreadable=counts.unreadable)


def _counts(counts: Counts, classes: list[int]) -> dict[str, Any]:
    return {
        "files": counts.files,
        "seen": counts.seen[classes].tolist(),
        "before": counts.before[classes].tolist(),
        "after": counts.after[classes].tolist(),
        "other": counts.other,
        "skipped": counts.skipped,
    }
